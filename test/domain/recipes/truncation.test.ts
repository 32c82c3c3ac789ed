/** A truncated normal within values, as torch's trunc_normal_ has it. */
import fc from 'fast-check';
import { Engine, SharedTensor, truncatedNormal } from 'jumpfill';
import { expect, test } from 'vitest';
import { ceilFloat32, floorFloat32 } from '../../../src/domain/arithmetic/float32.js';
import {
  isDouble,
  isFloat,
  runDoubleKernel,
  runKernel,
  type Kernel,
} from '../../../src/domain/kernels/kernel.js';
import { findCoarseness } from '../../../src/domain/recipes/coarseness.js';
import { completeInit, writeInit, type InitInput } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

/** The kernel of what takes words. */
function kernelOf(given: InitInput, dtype: 'float32' | 'float64' = 'float32'): Kernel {
  const recipe = resolve(given, dtype);
  if (recipe.kind !== 'stream') throw new TypeError(recipe.kind);
  return recipe.kernel;
}

const resolve = (
  given: InitInput,
  dtype: 'float32' | 'float64' = 'float32',
): ReturnType<typeof resolveRecipe> =>
  resolveRecipe(completeInit(given, 'w'), { name: 'w', shape: [4], dtype });

test('the bound that is not given is -2 or 2, and low and high are not written beside a and b', () => {
  const written = (given: InitInput): object => writeInit(completeInit(given));
  expect(written({ kind: 'truncated_normal', a: -1 })).toEqual({
    kind: 'truncated_normal',
    mean: 0,
    std: 1,
    a: -1,
    b: 2,
  });
  expect(written({ kind: 'truncated_normal', b: 'inf' })).toEqual({
    kind: 'truncated_normal',
    mean: 0,
    std: 1,
    a: -2,
    b: 'inf',
  });
  expect(written({ kind: 'truncated_normal' })).toEqual({
    kind: 'truncated_normal',
    mean: 0,
    std: 1,
    low: -2,
    high: 2,
  });
});

test('what metadata hold becomes the same initialiser again', () => {
  for (const given of [{ a: -1 }, { low: -1 }, { a: -0.5, b: 'inf', map: 'exp' }] as const) {
    const init = completeInit({ kind: 'truncated_normal', ...given });
    expect(completeInit(JSON.parse(JSON.stringify(writeInit(init))) as InitInput)).toEqual(init);
  }
});

const WORDS = Uint32Array.from({ length: 512 }, (_, i) =>
  i < 4 ? 0x80000000 + i : i < 8 ? 0x7fffffff - i : Math.imul(i, 0x9e3779b1),
);

test('every value lies within a and b, rounded inward, whatever mean and std are', () => {
  const anyCase = fc.record({
    mean: fc.double({ min: -3, max: 3, noNaN: true }),
    std: fc.double({ min: 1e-3, max: 10, noNaN: true }),
    a: fc.double({ min: -4, max: 0, noNaN: true }),
    width: fc.double({ min: 1e-3, max: 5, noNaN: true }),
  });
  fc.assert(
    fc.property(anyCase, ({ mean, std, a, width }) => {
      const [low, high] = [a, a + width];
      const kernel = kernelOf({ kind: 'truncated_normal', mean, std, a: low, b: high });
      if (!isFloat(kernel)) throw new TypeError(kernel.kind);
      const values = new Float32Array(WORDS.length);
      runKernel(kernel, values, WORDS);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(ceilFloat32(low));
      expect(Math.max(...values)).toBeLessThanOrEqual(floorFloat32(high));
    }),
  );
});

test('bounds that are the same in deviations give nearly the same values', async () => {
  await using engine = new Engine({ threads: 1, seed: 3 });
  const make = async (init: InitInput): Promise<Float32Array> =>
    (await engine.fill(SharedTensor.empty([2000], { name: 'w' }), init)).data;
  const values = await make(truncatedNormal({ mean: 0.5, std: 0.25, a: 0.25, b: 1.5 }));
  const deviations = await make(truncatedNormal({ mean: 0.5, std: 0.25, low: -1, high: 4 }));
  expect(values).toEqual(deviations);
  // torch's default bounds do not act on a std of 0.02.
  const narrow = await make(truncatedNormal({ std: 0.02, a: -2, b: 2 }));
  expect(Math.max(...narrow.map(Math.abs))).toBeGreaterThan(3 * 0.02);
});

const message = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return `${(error as { code: string }).code} ${String(error)}`;
  }
  throw new Error('accepted');
};

test.each([
  [{ a: -1, low: -1 }, 'BAD_OPTION', 'a and b are values, low and high standard deviations'],
  [{ b: 1, high: 3 }, 'BAD_OPTION', 'b is 1 and high is 3.'],
  [{ a: 2 }, 'BAD_RANGE', 'a is 2 and b is 2. a must be below b.'],
  [{ a: 3, b: -3 }, 'BAD_RANGE', 'a must be below b.'],
  [{ a: -1, std: 0 }, 'BAD_RANGE', 'std must be above 0'],
  [{ a: 1 + 2 ** -30, b: 1 + 2 ** -29 }, 'BAD_RANGE', 'No float32 lies between them'],
  [{ a: NaN }, 'BAD_RANGE', 'a must be a number'],
  [{ map: 'log' }, 'BAD_RANGE', 'Only a positive number has a logarithm: raise them with "floor"'],
  [{ floor: 1 }, 'BAD_OPTION', 'A floor is for the values of a map'],
  [{ map: 'exp', base: 2 }, 'BAD_OPTION', 'A base is for the map "power".'],
  [{ map: 'power' }, 'BAD_OPTION', 'Add "base", such as 10000.'],
  [{ map: 'power', base: -1 }, 'BAD_RANGE', 'base must be a positive finite number.'],
  [{ map: 'exp', mean: 90 }, 'BAD_RANGE', 'more than a float32 can hold.'],
  [{ map: 'square' }, 'BAD_OPTION', 'map is "square".'],
] as const)('truncated_normal with %o is refused', (parameters, code, part) => {
  const text = message(() => resolve({ kind: 'truncated_normal', ...parameters } as InitInput));
  expect(text).toContain(code);
  expect(text).toContain(part);
});

test.each([
  [{ kind: 'log_uniform', low: 0, high: 1 }, 'low must be a positive finite number.'],
  [{ kind: 'log_uniform', low: 2, high: 1 }, 'low must not be above high.'],
  [{ kind: 'uniform', low: 0, high: 1, map: 'log' }, 'of values from 0 on.'],
  [{ kind: 'exponential', rate: 0 }, 'rate must be a positive finite number.'],
  [{ kind: 'exponential', rate: 1e40 }, 'no precision left'],
  [{ kind: 'cauchy', scale: 1e30 }, 'more than a float32 can hold.'],
  [{ kind: 'gumbel', scale: -1 }, 'scale must be a positive finite number.'],
  [{ kind: 'log_normal', std: 30 }, 'more than a float32 can hold.'],
] as const)('%o is refused', (given, part) => {
  const text = message(() => resolve(given));
  expect(text).toContain('BAD_RANGE');
  expect(text).toContain(part);
});

test('a map of one value is a constant, and log_normal is the exponential of the normal', () => {
  const value = resolve({ kind: 'normal', mean: 0.5, std: 0, map: 'exp' });
  expect(value).toMatchObject({ kind: 'constant' });
  const draw = (given: InitInput): Float64Array => {
    const kernel = kernelOf(given, 'float64');
    if (!isDouble(kernel)) throw new TypeError(kernel.kind);
    const out = new Float64Array(WORDS.length / 2);
    runDoubleKernel(kernel, out, WORDS);
    return out;
  };
  expect(draw({ kind: 'log_normal', mean: -1, std: 0.5 })).toEqual(
    draw({ kind: 'normal', mean: -1, std: 0.5, map: 'exp' }),
  );
});

test('a dtype is not too coarse for a map of one value, but it is for one whose results lie too close together', () => {
  const coarseness = (given: InitInput): object | undefined => {
    const form = { name: 'w', shape: [4], dtype: 'bfloat16' } as const;
    return findCoarseness(resolveRecipe(completeInit(given), form), form);
  };
  expect(coarseness({ kind: 'uniform', low: 0.1, high: 0.2, map: 'log', floor: 0.5 })).toBeUndefined();
  expect(coarseness({ kind: 'uniform', low: 1, high: 16, map: 'log' })).toBeUndefined();
  expect(coarseness({ kind: 'uniform', low: 100, high: 120, map: 'log' })).toMatchObject({ values: 6 });
});

test("Keras's untruncated_normal of variance_scaling is the normal", () => {
  const form = { name: 'w', shape: [8, 4], dtype: 'float32' } as const;
  const of = (distribution: 'normal' | 'untruncated_normal'): object => {
    const { kind, facts } = resolveRecipe(completeInit({ kind: 'variance_scaling', distribution }), form);
    return { kind, facts };
  };
  expect(of('untruncated_normal')).toEqual(of('normal'));
});
