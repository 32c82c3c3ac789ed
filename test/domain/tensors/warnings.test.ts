/** Warnings about tensors: what differs in the name alone is one line, and nothing is lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupWarnings } from '../../../src/domain/tensors/warnings.js';

test.each([
  [['a'], 'Tensor "a": it is.'],
  [['a', 'b'], '2 tensors ("a", "b"): it is.'],
  [['a', 'b', 'c'], '3 tensors ("a", "b", "c"): it is.'],
  [Array.from('abcdefghij'), '10 tensors ("a", "b", "c" and 7 more): it is.'],
])('%j are told of in one line', (names, line) => {
  expect(groupWarnings(names.map((name) => ({ name, told: 'it is.' })))).toEqual([line]);
});

test('there is a line for each thing that is said, in the order of their first tensors, and every tensor counts', () => {
  const anyWarning = fc.record({
    name: fc.string({ maxLength: 3 }),
    told: fc.constantFrom('x.', 'y.', 'z.'),
  });
  const law = fc.property(fc.array(anyWarning), (warnings) => {
    const lines = groupWarnings(warnings);
    const told = [...new Set(warnings.map((warning) => warning.told))];
    expect(lines.map((line) => line.slice(-2))).toEqual(told);
    const counts = lines.map((line) => Number(/^(\d+) tensors \(/.exec(line)?.[1] ?? 1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(warnings.length);
  });
  fc.assert(law);
});
