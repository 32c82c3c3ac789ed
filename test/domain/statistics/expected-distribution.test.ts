/** An expected distribution allows for the errors of the kernels' arithmetic and the rounding of their parameters, but for little more. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { completeInit, type InitInput } from '../../../src/domain/recipes/init.js';
import { isFloat, runKernel } from '../../../src/domain/kernels/kernel.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { expectedDistributionOf } from '../../../src/domain/statistics/expected-distribution.js';
import type { ExpectedDistribution } from '../../../src/domain/statistics/laws.js';
import { casesOf } from '../../support/thorough.js';

interface Float32Recipe {
  readonly expected: ExpectedDistribution;
  readonly draw: (words: Uint32Array) => Float32Array;
}

function resolve(given: InitInput): Float32Recipe {
  const form = { shape: [64, 64], dtype: 'float32', name: 'w' } as const;
  const recipe = resolveRecipe(completeInit(given), form);
  if (recipe.kind !== 'stream') throw new RangeError(`${given.kind} takes no words`);
  const { kernel } = recipe;
  const expected = expectedDistributionOf(recipe, form);
  if (expected === undefined || !isFloat(kernel))
    throw new RangeError(`no float32 expected of ${given.kind}`);
  return {
    expected,
    draw: (words) => {
      const values = new Float32Array(words.length);
      runKernel(kernel, values, words);
      return values;
    },
  };
}

/** Spread over all words, and those at either end, where the last point of a lattice lies. */
const WORDS = Uint32Array.from({ length: 20_000 }, (_, i) =>
  i < 100 ? 0x80000000 + 256 * i : i < 200 ? 0x7fffffff - 256 * (i - 100) : Math.imul(i, 0x9e3779b1),
);
/** The share of all words that lie below, with half of those at the same lattice point: what an exact inversion would invert. */
const shareOf = (word: number, bits: number): number =>
  ((word >> (32 - bits)) + 2 ** (bits - 1) + 0.5) / 2 ** bits;

test.each([
  [{ kind: 'truncated_normal' }, 24],
  [{ kind: 'truncated_normal', low: 3.5, high: 5 }, 31],
  [{ kind: 'truncated_normal', low: -0.5, high: Infinity }, 31],
  [{ kind: 'normal' }, 32],
] as const)(
  '%o: a word gives a value within the blur of the exact one, and without any blur it would not',
  (init, bits) => {
    const { expected, draw } = resolve(init);
    const values = draw(WORDS);
    const misses = (blurOf: (x: number) => number): number =>
      values.filter((value, i) => {
        const share = shareOf(at(WORDS, i), bits);
        const [least, most] = [-1, 1].map((side) => expected.shareBelow(value + side * blurOf(value)));
        // The distribution functions are doubles, with errors of their own of some 10^-12.
        return share < (least ?? 0) - 1e-11 || share > (most ?? 1) + 1e-11;
      }).length;
    expect(misses((x) => expected.blurAt(x))).toBe(0);
    // Rounding alone does not explain the kernel's values.
    expect(misses((x) => 2 ** -24 * Math.abs(x))).toBeGreaterThan(100);
    expect(expected.blurAt(1)).toBeLessThan(1e-5);
  },
);

test('no word reaches beyond the bounds, however mean and std are rounded', () => {
  const anyCase = fc.record({
    kind: fc.constantFrom('normal' as const, 'truncated_normal' as const),
    mean: fc.double({ min: -100, max: 100, noNaN: true }),
    std: fc.double({ min: 1e-3, max: 10, noNaN: true }),
  });
  let closest = Infinity;
  const law = fc.property(anyCase, ({ kind, mean, std }) => {
    const { expected, draw } = resolve({ kind, mean, std });
    const [least = NaN, most = NaN] = draw(Uint32Array.of(0x80000000, 0x7fffffff));
    expect(least).toBeGreaterThanOrEqual(expected.lowest);
    expect(most).toBeLessThanOrEqual(expected.highest);
    // A normal's outermost word is known to a thousandth of a standard deviation.
    expect(expected.highest - most).toBeLessThan(1e-5 * Math.abs(mean) + 2e-3 * std);
    closest = Math.min(closest, (expected.highest - most) / (Math.abs(mean) + std));
  });
  fc.assert(law, { numRuns: casesOf({ few: 300, all: 2000 }) });
  expect(closest).toBeLessThan(3e-7);
});
