import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/errors.js';
import { compilePattern } from '../../src/domain/match.js';

test.each<[pattern: string, name: string, matches: boolean]>([
  ['*', 'a.b.weight', true],
  ['*.weight', 'a.b.weight', true],
  ['*.weight', 'weight', false],
  ['*.weight', 'a.weight.x', false],
  ['weight', 'a.weight', false],
  ['a.?.b', 'a.1.b', true],
  ['a.?.b', 'a.12.b', false],
  ['a*b*c', 'aXbbYbc', true],
  ['a*b*c', 'acb', false],
  ['**', 'x', true],
  ['*?', 'x', true],
  ['a*', 'a', true],
  ['a?', 'a', false],
  ['a.b', 'aXb', false],
  ['[ab]', 'a', false],
  ['[ab]', '[ab]', true],
  ['a+(b)\\', 'a+(b)\\', true],
  ['?', '😀', true],
  ['??', '😀', false],
  ['*??', '😀', false],
  ['*😀?', 'x😀😀y', true],
  ['re:.*\\.(bias|ln_\\d)', 'h.0.bias', true],
  ['re:bias', 'h.0.bias', false],
  ['re:a|b', 'ab', false],
  ['re:a|b', 'b', true],
  ['re:.', '😀', true],
  ['re:', 'x', false],
  ['re:', '', true],
  ['re:a{2,3}', 'aa', true],
  ['re:a{2,3}', 'aaaa', false],
  ['re:a{2,}', 'aaaa', true],
  ['re:(?:ab){2}', 'abab', true],
  ['re:(?:){1000000000}x', 'x', true],
  ['re:(?<layer>\\d+)\\.w', '12.w', true],
  ['re:\\bw\\b.*', 'w.x', true],
  ['re:a\\Bb', 'ab', true],
  ['re:[^a-c\\]]+', 'xyz', true],
  ['re:[^a-c\\]]+', 'x]', false],
  ['re:[]', 'a', false],
  ['re:[^]', '\n', true],
  ['re:.', '\r', false],
  ['re:\\s', '\u2003', true],
  ['re:\\p{Script=Greek}+', 'αβ', true],
  ['re:\\ud83d\\ude00\\u{61}\\x62\\cI', '😀ab\t', true],
  ['re:a$|^b', 'b', true],
  ['re:a$b', 'ab', false],
  ['re:.*?(?:norm|ln)_?\\d??\\.weight', 'h.0.ln_2.weight', true],
])('%s on %s: %s', (pattern, name, matches) => {
  expect(compilePattern(pattern)(name)).toBe(matches);
});

const anyPiece = fc.constantFrom('a', 'b', '.', '😀', '*', '?', '[', '\\', '$');
const anyText = fc.array(anyPiece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** The same glob as a regular expression. */
const asRegExp = (glob: string): string =>
  Array.from(glob, (c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.[\\$]/, '\\$&'))).join('');

test('a glob matches as the regular expression that says the same', () => {
  const law = fc.property(anyText.filter(Boolean), anyText, (glob, name) => {
    expect(compilePattern(glob)(name)).toBe(compilePattern(`re:${asRegExp(glob)}`)(name));
  });
  fc.assert(law, { numRuns: 2000 });
});

/** Expressions, of all that the syntax has; small, because JavaScript's matcher is compared with. */
const anyExpression = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      '😀',
      '.',
      '\\.',
      '\\w',
      '\\S',
      '[ab]',
      '[^a😀]',
      '[\\d.]',
      '\\p{L}',
      '\\u{1f600}',
    ),
    fc.constantFrom('^', '$', '\\b', '\\B', '(?:)'),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => items.join('')),
    fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((items) => `(${items.join('|')})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('*', '+', '?', '{2}', '{0}', '{1,}', '{0,2}', '{1,3}', '*?', '+?'),
      )
      .map(([item, repeat]) => `(?:${item})${repeat}`),
  ),
})).expression;
const anyName = fc
  .array(fc.constantFrom('a', 'b', '.', '1', ' ', '\n', '😀', 'é'), { maxLength: 6 })
  .map((pieces) => pieces.join(''));

test('a regular expression matches what JavaScript says that it matches', () => {
  const law = fc.property(anyExpression, fc.array(anyName, { maxLength: 8 }), (source, names) => {
    const matches = compilePattern(`re:${source}`);
    const whole = new RegExp(`^(?:${source})$`, 'u');
    for (const name of names) expect(matches(name), name).toBe(whole.test(name));
  });
  fc.assert(law, { numRuns: 5000 });
});

test('a name of more different characters than are remembered matches all the same', () => {
  const name = Array.from({ length: 100_000 }, (_, i) => String.fromCodePoint(0x20000 + i)).join('');
  const matches = compilePattern('re:(.*x)*.{3}|[^x]+');
  expect([matches(name), matches(`${name}x`), matches(`${name}xabc`)]).toEqual([true, false, true]);
});

describe('a pattern that a backtracking matcher would take ages for is quick, on names of any length:', () => {
  const long = 'a'.repeat(100_000);
  test.each([
    [`${'*a'.repeat(100)}b`, 'a'.repeat(10_000), false],
    ['re:(a+)+', `${'a'.repeat(40)}!`, false],
    ['re:(a+)+', `${long}!`, false],
    ['re:(a+)+', long, true],
    ['re:((a+)+)+b', long, false],
    ['re:(a|aa)+b', long, false],
    ['re:(.*)*x', long, false],
    ['re:(a?){50}a{50}', 'a'.repeat(1000), false],
    ['re:(a?){50}a{50}', 'a'.repeat(100), true],
    ['re:(a*)*(b*)*(\\w+\\s?)+:', long, false],
    ['re:(x+x+)+y\\b', 'x'.repeat(100_000), false],
    ['re:([a-z]+\\.?)*!', 'transformer.'.repeat(10_000), false],
  ])('%s', (pattern, name, matches) => {
    expect(compilePattern(pattern)(name)).toBe(matches);
  });
});

describe('refused are', () => {
  test.each([
    ['', /^The pattern is empty/],
    [
      're:(',
      /^The pattern "re:\(" is no regular expression: Unterminated group\. Correct it, or leave out "re:"/,
    ],
    ['re:a)|(b', /^The pattern "re:a\)\|\(b" is no regular expression/],
    ['re:\\_', /is no regular expression/],
    [
      're:(a)\\1',
      /^The pattern "re:\(a\)\\\\1" has a back-reference, "\\\\1"\. Patterns are matched in linear time/,
    ],
    ['re:(?<n>a)\\k<n>', /has a back-reference, "\\\\k<n>"/],
    ['re:.*(?=\\.weight)', /has a lookaround, "\(\?="/],
    ['re:(?!x).*', /has a lookaround, "\(\?!"/],
    ['re:.*(?<=a)', /has a lookaround, "\(\?<="/],
    ['re:.*(?<!a)', /has a lookaround, "\(\?<!"/],
    [
      're:(?i:a)',
      /^The pattern "re:\(\?i:a\)" (?:has flags of a group, "\(\?i"|is no regular expression: Invalid group)/,
    ],
    ['re:((a{100}){100}){100}', /has more than 20000 steps once its repetitions are written out/],
    ['re:a{1000000000}', /has more than 20000 steps/],
    [`re:${'a'.repeat(10_001)}`, /has 10001 characters, more than 10000\. Make several rules/],
    [`re:${'('.repeat(201)}a${')'.repeat(201)}`, /nests groups more than 200 deep/],
    [`re:${'('.repeat(3000)}`, /is no regular expression: [^(]*\. Correct/],
  ])('%j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(ValueError);
    expect(() => compilePattern(pattern)).toThrow(message);
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }));
  });
});
