import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkKeys, shorten, shortenPath, show, suggest } from '../../src/base/wording.js';

const layers = Array.from({ length: 700 }, (_, i) => `model.layers.${i}.self_attn.q_proj.weight`);

test('suggest lists the known names, or the first of many', () => {
  expect(suggest('x', ['alpha', 'beta'])).toBe('Known: alpha, beta.');
  const listed = suggest('x', layers);
  expect(listed).toMatch(
    /^Known: model\.layers\.0\.self.*model\.layers\.29\.self_attn\.q_proj\.weight and 670 more\.$/,
  );
});

test('suggest shows plain names as they are, others as JSON, and cuts long ones', () => {
  expect(suggest('x', ['a\u001b[31m', 'b, c', 'd'.repeat(100)])).toMatch(
    /^Known: "a\\u001b\[31m", "b, c", "d{56}\.\.\.\.$/,
  );
  expect(suggest('abd\n', ['abc\n'])).toMatch(/^Did you mean "abc\\n"\? /);
});

test('suggest also finds the nearest name among those that it does not list, even a long one', () => {
  expect(suggest('model.layers.650.self_atn.q_proj.weight', layers)).toMatch(
    /^Did you mean "model\.layers\.650\.self_attn\.q_proj\.weight"\? Known: /,
  );
});

test('suggest counts two swapped letters as one mistake, and does not guess another number or a single letter', () => {
  expect(suggest('sdt', ['mean', 'std'])).toMatch(/^Did you mean "std"\?/);
  expect(suggest('Leaky-ReLU', ['relu', 'leaky_relu'])).toMatch(/^Did you mean "leaky_relu"\?/);
  for (const word of ['h.12.w', 'h', '', 'int4', 'a'])
    expect(suggest(word, ['h.11.w', 'int8', 'b']), word).toBe('Known: h.11.w, int8, b.');
});

test('a shortened text keeps its beginning, fits the limit and is well-formed Unicode', () => {
  const law = fc.property(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.integer({ min: 10, max: 80 }),
    (text, most) => {
      const short = shorten(text, most);
      expect(short.length).toBeLessThanOrEqual(most);
      expect(text.startsWith(short.replace(/\.\.\.$/, '')) || short === text).toBe(true);
      expect(short.isWellFormed()).toBe(text.isWellFormed());
      if (text.length <= most) expect(short).toBe(text);
    },
  );
  fc.assert(law);
});

test('a value of any type is shown in at most 60 characters', () => {
  const huge = 10n ** 100_000n;
  for (const value of ['x'.repeat(1e6), huge, -huge, [huge], { a: 'x'.repeat(1e6) }, ['😀'.repeat(1e5)]])
    expect(show(value).length).toBeLessThanOrEqual(60);
  expect(show(42n)).toBe('42n');
  expect(show({ toJSON: () => undefined })).toBe('[object Object]');
});

test('a long path is shown by both of its ends', () => {
  const path = `/begin/${'😀/'.repeat(10_000)}end.safetensors`;
  expect(shortenPath(path)).toMatch(/^\/begin\/.*\.\.\..*end\.safetensors$/u);
  expect(shortenPath(path).length).toBeLessThanOrEqual(400);
  expect(shortenPath(path).isWellFormed()).toBe(true);
  expect(shortenPath('/a/b')).toBe('/a/b');
});

test("an unknown option is shown short, and other libraries' names lead to ours", () => {
  const check = (key: string): void => {
    checkKeys({ [key]: 1 }, ['mean', 'std'], 'normal_', 'BAD_OPTION');
  };
  expect(() => {
    check('stddev');
  }).toThrow('normal_: unknown option "stddev". Did you mean "std"? Known: mean, std.');
  expect(() => {
    check('x'.repeat(1e6));
  }).toThrow(/^normal_: unknown option "x{56}\.\.\.\. Known: mean, std\.$/);
});
