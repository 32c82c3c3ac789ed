/** Warnings about tensors that differ only in the name share a line, and no tensor is lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupWarnings } from '../../../src/domain/tensors/warnings.js';

test.each([
  [['a'], 'Tensor "a": it is.'],
  [['a', 'b'], '2 tensors ("a", "b"): it is.'],
  [['a', 'b', 'c'], '3 tensors ("a", "b", "c"): it is.'],
  [Array.from('abcdefghij'), '10 tensors ("a", "b", "c" and 7 more): it is.'],
])('%j share a line', (names, line) => {
  expect(groupWarnings(names.map((name) => ({ name, text: 'it is.' })))).toEqual([line]);
});

test('each text has one line, in the order of their first tensors, and every tensor is counted', () => {
  const anyWarning = fc.record({
    name: fc.string({ maxLength: 3 }),
    text: fc.constantFrom('x.', 'y.', 'z.'),
  });
  const law = fc.property(fc.array(anyWarning), (warnings) => {
    const lines = groupWarnings(warnings);
    const texts = [...new Set(warnings.map(({ text }) => text))];
    expect(lines.map((line) => line.slice(-2))).toEqual(texts);
    const counts = lines.map((line) => Number(/^(\d+) tensors \(/.exec(line)?.[1] ?? 1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(warnings.length);
  });
  fc.assert(law);
});
