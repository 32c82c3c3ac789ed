import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doubleBits, doubleOfBits } from '../../../src/domain/arithmetic/bits.js';
import { fma64 } from '../../../src/domain/arithmetic/fma.js';

/** The exponent of the last bit of the product of two of the smallest doubles. */
const LEAST_EXPONENT = -2148n;

/** A finite double as a whole multiple of 2^(least exponent). */
function exact(x: number, leastExponent = LEAST_EXPONENT): bigint {
  const bits = doubleBits(x);
  const biased = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const significand = biased === 0n ? fraction : fraction | (1n << 52n);
  const magnitude = significand << ((biased || 1n) - 1075n - leastExponent);
  return bits < 0n ? -magnitude : magnitude;
}

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);

/** The doubles on both sides, across powers of two too. */
const neighboursOf = (x: number): number[] =>
  x === 0
    ? [Number.MIN_VALUE, -Number.MIN_VALUE]
    : [doubleOfBits(doubleBits(x) - 1n), doubleOfBits(doubleBits(x) + 1n)];

/** Expects the double nearest to a * b + c, the even one of two. */
function expectRoundedOnce(a: number, b: number, c: number): void {
  const value = fma64(a, b, c);
  const factorExponent = LEAST_EXPONENT / 2n;
  const sum = exact(a, factorExponent) * exact(b, factorExponent) + exact(c);
  const own = distance(exact(value), sum);
  const isNearest = neighboursOf(value).every((other) => {
    const theirs = distance(exact(other), sum);
    return own < theirs || (own === theirs && (doubleBits(value) & 1n) === 0n);
  });
  expect(isNearest, `fma64(${a}, ${b}, ${c}) = ${value}`).toBe(true);
}

const withExponent = (least: number, most: number): fc.Arbitrary<number> =>
  fc
    .tuple(
      fc.oneof(
        fc.double({ min: 1, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 64 }).map((k) => 1 + k * Number.EPSILON),
        fc.integer({ min: 1, max: 64 }).map((k) => 2 - k * Number.EPSILON),
      ),
      fc.integer({ min: least, max: most }),
      fc.boolean(),
    )
    .map(([significand, exponent, negative]) => (negative ? -significand : significand) * 2 ** exponent);

/** Addends that cancel the product, lie on its midpoints or decide them. */
const addendsOf = (product: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: -4, max: 4 }).map((k) => -product * (1 + k * Number.EPSILON)),
    fc.integer({ min: -120, max: 120 }).map((exponent) => product * 2 ** exponent),
    fc
      .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 50, max: 56 }))
      .map(([k, places]) => k * product * 2 ** -places),
    withExponent(-110, 110).map((factor) => factor * product),
  );

const anyTriple = (least: number, most: number): fc.Arbitrary<[number, number, number]> =>
  fc
    .tuple(withExponent(least, most), withExponent(least, most))
    .chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), addendsOf(a * b)));

test('fma64 rounds a * b + c once', () => {
  fc.assert(
    fc.property(anyTriple(-40, 40), (abc) => {
      expectRoundedOnce(...abc);
    }),
    { numRuns: 20_000 },
  );
});

test('fma64 rounds once among the smallest and the largest doubles', () => {
  for (const [least, most] of [
    [-560, -440],
    [-1070, -900],
    [380, 440],
  ] as const) {
    fc.assert(
      fc.property(anyTriple(least, most), (abc) => {
        expectRoundedOnce(...abc);
      }),
      { numRuns: 1000 },
    );
  }
  expectRoundedOnce(2 ** 1000, 2 ** -1074, -(2 ** -74) * (1 - 2 ** -53));
  expectRoundedOnce(2 ** -1074, 0.5, 2 ** -1074);
  expectRoundedOnce(2 ** -1074, -0.5, 2 ** -1022);
});

test('a midpoint is decided by bits far below it', () => {
  const factor = 1 + 2 ** -52;
  expect(fma64(2 ** -53, 1, 1)).toBe(1);
  expect(fma64(2 ** -53, factor, 1)).toBe(factor);
  expect(fma64(2 ** -53, 1 - 2 ** -53, 1)).toBe(1);
  expect(fma64(2 ** -53, -1, factor)).toBe(1);
  expect(fma64(factor, factor, -(1 + 2 ** -51))).toBe(2 ** -104);
});

test('zeros, infinities and NaN are those of IEEE 754', () => {
  expect(fma64(0, -1, 0)).toBe(0);
  expect(fma64(0, -1, -0)).toBe(-0);
  expect(fma64(3, -1, 3)).toBe(0);
  expect(fma64(0, 5, -7)).toBe(-7);
  expect(fma64(2, 3, 0)).toBe(6);
  expect(fma64(1e300, 1e300, -Infinity)).toBe(-Infinity);
  expect(fma64(1e300, 1e300, -Number.MAX_VALUE)).toBe(Infinity);
  expect(fma64(2 ** 1023, 2, -Number.MAX_VALUE)).toBe(2 ** 971);
  expect(fma64(-1e-300, 1e-300, 0)).toBe(-0);
  expect(fma64(Infinity, 1, 1)).toBe(Infinity);
  for (const [a, b, c] of [
    [Infinity, 0, 1],
    [Infinity, 1, -Infinity],
    [NaN, 1, 1],
    [1, 1, NaN],
  ] as const) {
    expect(fma64(a, b, c)).toBeNaN();
  }
});
