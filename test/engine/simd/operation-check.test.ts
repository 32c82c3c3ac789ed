/** The check of WAGE's operators, on fillers that are right but for one thing. */
import { expect, test } from 'vitest';
import { at } from '#built/base/at.js';
import { operate, raiseLargest } from '#built/domain/operators/operation.js';
import { largestMagnitude } from '#built/domain/operators/wage-operators.js';
import type { Filler } from '#built/engine/fillers/filler.js';
import { findOperationDifference } from '#built/engine/simd/operation-check.js';

type Operate = Filler['operate'];

/** The specification, with another way to measure, and one more step after each operation. */
const fillerThat = (
  measure: (values: Float32Array) => number,
  spoil: (...given: Parameters<Operate>) => void = () => undefined,
): Filler => {
  const own: Operate = (operation, start, elementCount, memory, byteOffset) => {
    const buffer = 'buffer' in memory ? memory.buffer : memory;
    const values = new Float32Array(buffer, byteOffset, elementCount);
    if (operation.kind === 'measure') raiseLargest(operation.largest, measure(values));
    else operate(operation, start, values);
    spoil(operation, start, elementCount, memory, byteOffset);
  };
  return { operate: own } as Partial<Filler> as Filler;
};

test('finds nothing in the specification itself', () => {
  expect(findOperationDifference(fillerThat(largestMagnitude))).toBe(undefined);
});

test.each([0, 35, 70])('notices a largest magnitude that misses element %d', (missed) => {
  const filler = fillerThat((values) => largestMagnitude(values.filter((_, i) => i !== missed)));
  expect(findOperationDifference(filler)).toContain('the largest magnitude differs');
});

test.each(['clip', 'quantize', 'shift'] as const)('notices a bit of one element after %s', (kind) => {
  const filler = fillerThat(largestMagnitude, (operation, _, elementCount, memory, byteOffset) => {
    if (operation.kind !== kind) return;
    const buffer = 'buffer' in memory ? memory.buffer : memory;
    const bits = new Int32Array(buffer, byteOffset, elementCount);
    bits[elementCount - 1] = at(bits, elementCount - 1) ^ 1;
  });
  expect(findOperationDifference(filler)).toMatch(new RegExp(`^element \\d+ of a ${kind} differs`));
});
