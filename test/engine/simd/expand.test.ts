/** The short form of the SIMD sources expands as workers/simd/expand.mjs promises, and everything else stays as it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const { expand } = (await import(new URL('../../../workers/simd/expand.mjs', import.meta.url).href)) as {
  readonly expand: (source: string) => string;
};

describe('a statement', () => {
  test.each([
    [
      'for the four vectors',
      'const s$ = f(x$);',
      'const sa = f(xa); const sb = f(xb); const sc = f(xc); const sd = f(xd);',
    ],
    ['with their offsets', 'load($offset);', 'load(0); load(16); load(32); load(48);'],
    ['for some degrees', 'let p$k = 0; // $k: 2..0', 'let p2 = 0; let p1 = 0; let p0 = 0;'],
    ['in a list', '  p$k: f32, // $k: 1..0', '  p1: f32,   p0: f32,'],
    [
      'for both',
      'p$ = g(c$k); // $k: 1..0',
      'pa = g(c1); pb = g(c1); pc = g(c1); pd = g(c1); pa = g(c0); pb = g(c0); pc = g(c0); pd = g(c0);',
    ],
    [
      'beside another one',
      'p$ = 1; q = 2; r$ = 3;',
      'pa = 1; pb = 1; pc = 1; pd = 1; q = 2; ra = 3;  rb = 3;  rc = 3;  rd = 3;',
    ],
  ])('%s', (_, short, long) => {
    expect(expand(short).replace(/ +/g, ' ')).toBe(long.replace(/ +/g, ' '));
  });

  test('without a dollar sign stays as it is, and so does a comment with one', () => {
    const source = '// p$ is p\n  /** x$k */\n  * $offset\nlet a = 1, b = 2;\n';
    expect(expand(source)).toBe(source);
  });
});

const sources = readdirSync('workers/simd')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [file, expand(readFileSync(`workers/simd/${file}`, 'utf8'))] as const);

test.each(sources)('%s is expanded completely, and line by line', (file, text) => {
  const code = text.split('\n').filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line));
  expect(code.filter((line) => line.includes('$'))).toEqual([]);
  expect(text.split('\n').length).toBe(readFileSync(`workers/simd/${file}`, 'utf8').split('\n').length);
});
