/** Arbitraries for the property tests. */
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export const anySeed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
export const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
export const anyBlock = fc.integer({ min: 0, max: 2 ** 37 - 1 });

const anyBound = fc.oneof(
  fc.double({ min: -45, max: 45, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.constantFrom(0, 1e-9, -1e-3, 8, -300, 1e5),
);
/** Bounds of a truncated normal: any two numbers, a narrow interval anywhere, or one side only. */
export const anyBounds: fc.Arbitrary<readonly [low: number, high: number]> = fc.oneof(
  fc
    .tuple(anyBound, anyBound)
    .map(([a, b]) => (a === b ? ([a, a + 1] as const) : ([Math.min(a, b), Math.max(a, b)] as const))),
  fc
    .tuple(anyBound, fc.integer({ min: -30, max: 3 }))
    .map(([low, e]) => [low, low + Math.max(2 ** e, Math.abs(low) * 2 ** -40)] as const),
  anyBound.map((low) => [low, Infinity] as const),
  anyBound.map((high) => [-Infinity, high] as const),
  fc.constant([-Infinity, Infinity] as const),
);

/** Uniform in [0, 1), the same sequence for a seed. */
export function seededRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}
