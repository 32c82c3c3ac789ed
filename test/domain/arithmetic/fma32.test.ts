import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatBits, floatOfBits } from '../../../src/domain/arithmetic/bits.js';
import { fma32 } from '../../../src/domain/arithmetic/fma.js';

/** The exponents of the last bits of the smallest float32, and of a product of two of them. */
const LEAST_EXPONENT = -149;
const PRODUCT_EXPONENT = 2 * LEAST_EXPONENT;

/** A finite float32 as a whole multiple of 2^exponent. */
function exact(x: number, exponent: number): bigint {
  const bits = floatBits(x);
  const biased = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  const significand = BigInt(biased === 0 ? fraction : fraction | 0x800000);
  const magnitude = significand << BigInt(Math.max(biased, 1) - 1 + LEAST_EXPONENT - exponent);
  return bits < 0 ? -magnitude : magnitude;
}

/** integer * 2^PRODUCT_EXPONENT as a float32: to nearest, ties to even. */
function rounded(integer: bigint): number {
  const magnitude = integer < 0n ? -integer : integer;
  const surplus = BigInt(Math.max(magnitude.toString(2).length - 24, LEAST_EXPONENT - PRODUCT_EXPONENT));
  const unit = 1n << surplus;
  const rest = magnitude % unit;
  let places = magnitude / unit;
  if (2n * rest > unit || (2n * rest === unit && places % 2n === 1n)) places += 1n;
  // 2^k times a number below 2^25 is exact in a double, and Math.fround only has to see an overflow.
  const value = Math.fround(Number(places) * 2 ** (Number(surplus) + PRODUCT_EXPONENT));
  return integer < 0n ? -value : value;
}

function expected(a: number, b: number, c: number): number {
  const sum = exact(a, LEAST_EXPONENT) * exact(b, LEAST_EXPONENT) + exact(c, PRODUCT_EXPONENT);
  return sum === 0n ? a * b + c : rounded(sum);
}

const expectFused = (a: number, b: number, c: number): void => {
  expect(fma32(a, b, c), `fma32(${a}, ${b}, ${c})`).toBe(expected(a, b, c));
};

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Few bits, or few below one: products and sums of these fall on midpoints. */
const structured = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 64 }).map((k) => 1 + k * 2 ** -23),
      fc.integer({ min: 1, max: 64 }).map((k) => 1 - k * 2 ** -24),
    ),
    fc.integer({ min: -149, max: 120 }),
    fc.boolean(),
  )
  .map(([significand, exponent, negative]) =>
    Math.fround((negative ? -significand : significand) * 2 ** exponent),
  );

/** Addends near the product, and those that the product puts near a midpoint. */
const addendsOf = (product: number): fc.Arbitrary<number> =>
  fc.oneof(
    anyFloat,
    structured,
    fc
      .tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -3, max: 3 }))
      .map(([exponent, k]) => Math.fround(product * 2 ** exponent * (1 + k * 2 ** -23)))
      .map((addend) => (Number.isFinite(addend) ? addend : 1)),
  );

test('fma32 rounds a * b + c once', () => {
  const factor = fc.oneof(anyFloat, structured);
  const triple = fc
    .tuple(factor, factor)
    .chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), addendsOf(a * b)));
  fc.assert(
    fc.property(triple, ([a, b, c]) => {
      expectFused(a, b, c);
    }),
    { numRuns: 20_000 },
  );
});

test('fma32 rounds once on midpoints of float32, from both sides, and a plain sum does not', () => {
  let plainIsWrong = 0;
  const law = fc.property(
    fc.integer({ min: 0x800000, max: 0xffffff }),
    fc.integer({ min: -100, max: 100 }),
    fc.integer({ min: -8, max: 8 }),
    fc.integer({ min: 14, max: 23 }),
    fc.boolean(),
    (significand, exponent, k, depth, negative) => {
      // The product is half a unit in the last place of c less a share of k^2 * 4^-depth, which a double sum may not see.
      const c = significand * 2 ** exponent;
      const shift = k * 2 ** -depth;
      const a = negative ? -1 - shift : 1 + shift;
      const b = (1 - shift) * 2 ** (exponent - 1);
      expectFused(a, b, c);
      if (Math.fround(a * b + c) !== expected(a, b, c)) plainIsWrong++;
    },
  );
  fc.assert(law, { numRuns: 20_000 });
  expect(plainIsWrong).toBeGreaterThan(100);
});

test('the midpoint below the smallest float32 that overflows, and the smallest subnormals', () => {
  const largest = floatOfBits(0x7f7fffff);
  expectFused(2 ** 104, 0.5, largest);
  expectFused(floatOfBits(0x73000000 - 1), 1, largest);
  expectFused(2 ** 127, 2, -(2 ** 103));
  expectFused(2 ** 127, -2, Math.fround(2 ** 103 + 2 ** 80));
  expect(fma32(2 ** 127, 2, -Math.fround(2 ** 103 + 2 ** 80))).toBe(largest);
  expect(fma32(2 ** 127, 4, -(2 ** -149))).toBe(Infinity);
  expect(fma32(2 ** 127, -4, 2 ** -149)).toBe(-Infinity);
  expectFused(2 ** -75, 2 ** -75, 0);
  expectFused(2 ** -75, 2 ** -75, 2 ** -149);
  expectFused(2 ** -75, -(2 ** -75), -(2 ** -149));
  expectFused(2 ** -75, Math.fround(2 ** -75 + 2 ** -98), 0);
});

test('zeros, infinities and NaN are those of IEEE 754', () => {
  expect(fma32(0, -1, 0)).toBe(0);
  expect(fma32(0, -1, -0)).toBe(-0);
  expect(fma32(3, -1, 3)).toBe(0);
  expect(fma32(2 ** -149, -(2 ** -149), 0)).toBe(-0);
  expect(fma32(Infinity, -2, 1)).toBe(-Infinity);
  expect(fma32(1, 1, Infinity)).toBe(Infinity);
  expect(fma32(2 ** 127, 2 ** 127, -Infinity)).toBe(-Infinity);
  expect(fma32(2 ** 127, 2 ** 127, 0)).toBe(Infinity);
  for (const [a, b, c] of [
    [Infinity, 0, 1],
    [Infinity, 1, -Infinity],
    [NaN, 1, 1],
    [1, 1, NaN],
  ] as const) {
    expect(fma32(a, b, c)).toBeNaN();
  }
});
