import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import {
  ceilScaled,
  ceilSum,
  floorScaled,
  floorSum,
  roundScaled,
} from '../../../src/domain/arithmetic/float64.js';

/** Every finite double is a whole multiple of 2^-1074. */
const exact = (x: number): bigint => {
  const bits = at(new BigInt64Array(Float64Array.of(x).buffer), 0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits < 0n ? -magnitude : magnitude;
};

const anyTerm = fc.oneof(
  fc.double({ min: -1e300, max: 1e300, noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 2 ** -53, -(2 ** -53), Number.MIN_VALUE),
);

test('the directed sums enclose the exact one, and are equal to it or its neighbours', () => {
  const law = fc.property(anyTerm, anyTerm, (a, b) => {
    const sum = exact(a) + exact(b);
    const [below, above] = [floorSum(a, b), ceilSum(a, b)];
    expect(exact(below) <= sum && sum <= exact(above)).toBe(true);
    expect([below, above]).toContain(a + b);
    expect(below === above).toBe(exact(a + b) === sum);
    // No double lies between them: their mean rounds to one of the two.
    expect([below, above]).toContain(below + (above - below) / 2);
  });
  fc.assert(law, { numRuns: 2000 });
});

test('a sum beyond the doubles is cut to the outermost one on the inner side', () => {
  expect(floorSum(1.7e308, 1.7e308)).toBe(Number.MAX_VALUE);
  expect(ceilSum(-1.7e308, -1.7e308)).toBe(-Number.MAX_VALUE);
});

/** The unit in the last place. */
const isEven = (x: number): boolean => at(new BigInt64Array(Float64Array.of(x).buffer), 0) % 2n === 0n;

/** In units of 2^-2148: every product of two doubles is a whole multiple of that. */
const exactScaled = (offset: number, scale: number, x: number): bigint =>
  (exact(offset) << 1074n) + exact(scale) * exact(x);

test('the scaled sums enclose the exact one as neighbours, and the rounded one is the nearer of them', () => {
  const anyFactor = fc.oneof(
    fc.double({ min: -1e150, max: 1e150, noNaN: true }),
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.constantFrom(0, 1, -1, 0.1, 3, 2 ** -60, 2 ** -600, Number.MIN_VALUE),
  );
  const law = fc.property(anyTerm, anyFactor, anyFactor, fc.boolean(), (a, scale, x, cancels) => {
    const offset = cancels ? -(scale * x) : a;
    const sum = exactScaled(offset, scale, x);
    const found = [floorScaled, ceilScaled, roundScaled].map((round) => round(offset, scale, x));
    const [below = NaN, above = NaN, nearest = NaN] = found;
    const [down, up] = [sum - (exact(below) << 1074n), (exact(above) << 1074n) - sum];
    expect(down >= 0n && up >= 0n).toBe(true);
    expect(below === above).toBe(down === 0n);
    expect([below, above]).toContain(below + (above - below) / 2);
    expect(nearest).toBe(down < up || (down === up && isEven(below)) ? below : above);
  });
  fc.assert(law, { numRuns: 2000 });
});

test('scaled sums: ties, the smallest and the largest double', () => {
  expect(roundScaled(1, 2 ** -53, 1)).toBe(1);
  expect(roundScaled(1, 3 * 2 ** -53, 1)).toBe(1 + 2 ** -51);
  expect(roundScaled(-0.3, 0.1, 3)).toBe(2.7755575615628914e-17);
  expect(ceilScaled(0, 2 ** -600, 2 ** -600)).toBe(Number.MIN_VALUE);
  expect(floorScaled(0, 2 ** -600, 2 ** -600)).toBe(0);
  expect(ceilScaled(-0, -0, 5)).toBe(0);
  expect(floorScaled(0, 1e200, 1e200)).toBe(Number.MAX_VALUE);
  expect(ceilScaled(0, -1e200, 1e200)).toBe(-Number.MAX_VALUE);
  expect(ceilScaled(0, 1e200, 1e200)).toBe(Infinity);
  // Rounding up carries into the exponent.
  expect(ceilScaled(2 - 2 ** -52, 2 ** -60, 1)).toBe(2);
});
