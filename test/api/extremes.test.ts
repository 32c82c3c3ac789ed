/** At the limits of a dtype: whatever can be drawn is drawn, and only the rest is refused. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  SharedTensor,
  toFloat32,
  type AnyTensor,
  type Dtype,
  type TruncatedNormalOptions,
} from 'jumpfill';

const engines = [true, false].map((simd) => new Engine({ threads: 1, seed: 11n, simd }));
const [engine = new Engine()] = engines;
afterAll(() => Promise.all(engines.map((each) => each.close())));

const LENGTH = 4099;
const LARGEST = {
  float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
  float16: 65_504,
  bfloat16: (2 - 2 ** -7) * 2 ** 127,
} as const satisfies Partial<Record<Dtype, number>>;
type FloatDtype = keyof typeof LARGEST;

const numbersOf = (tensor: AnyTensor): Float32Array | Float64Array =>
  tensor.data instanceof Float64Array ? tensor.data : toFloat32(tensor);

/** Returns the values, after checking that both sets of kernels agree, or the code of the refusal. */
async function draw(
  dtype: FloatDtype,
  fill: (engine: Engine, tensor: AnyTensor) => Promise<unknown>,
): Promise<Float32Array | Float64Array | string> {
  const drawn = await Promise.all(
    engines.map(async (each) => {
      const tensor = SharedTensor.empty([LENGTH], { dtype, name: 'x' });
      const error: unknown = await fill(each, tensor).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return error === undefined ? numbersOf(tensor) : (error as { code: string }).code;
    }),
  );
  expect(drawn[0]).toEqual(drawn[1]);
  return drawn[0] ?? '';
}
type Parameters = Readonly<{ mean?: number; std: number; low?: number; high?: number }>;

const truncated = async (dtype: FloatDtype, options: TruncatedNormalOptions): ReturnType<typeof draw> =>
  await draw(dtype, (each, tensor) => each.truncatedNormal_(tensor, options));

describe('a truncated normal', () => {
  test.each([
    ['float32', { std: 2e38, low: -1.5, high: 1.5 }],
    ['float32', { std: 1.7e38 }],
    ['float32', { std: 5e37, low: -Infinity, high: Infinity }],
    ['float32', { mean: 4e38, std: 1e38, low: -4, high: -2 }],
    ['bfloat16', { std: 2e38, low: -1.5, high: 1.5 }],
    ['float64', { std: 1e308, low: -1.5, high: 1.5 }],
    ['float64', { std: 8e307 }],
    ['float64', { std: 1e308, low: 0.1, high: 1.7 }],
    ['float16', { std: 32_752 }],
    ['float16', { std: 1e5, low: -0.5, high: 0.5 }],
    ['float16', { mean: 1e5, std: 2e4, low: -4, high: -2 }],
  ] as const)('of %s with %o is drawn, because %s holds its values', async (dtype, options) => {
    const { mean = 0, std, low = -2, high = 2 }: Parameters = options;
    const values = await truncated(dtype, options);
    if (typeof values === 'string') expect.fail(values);
    expect(values.every((value) => value >= mean + low * std && value <= mean + high * std)).toBe(true);
    // A value that overflowed during the computation would have ended at a bound.
    const [smallest, largest] = [Math.min(...values), Math.max(...values)];
    const atBounds = values.filter((value) => value === smallest || value === largest);
    expect(atBounds.length).toBeLessThan(LENGTH / 100);
  });

  test.each([
    ['float32', { std: 1.71e38 }],
    ['float32', { std: 4e38, low: -0.5, high: 0.5 }],
    ['float32', { mean: 4e38, std: 1e38, low: -4, high: 1 }],
    // From -1.5e38 to 3e38, counted from the former: 4.5e38 on the way.
    ['float32', { mean: -3e38, std: 1.5e38, low: 1, high: 4 }],
    ['bfloat16', { std: 2e38, low: -1.7, high: 1.7 }],
    ['float64', { std: 1e308, low: -1.5, high: 1.8 }],
    ['float64', { mean: -1.7e308, std: 1e308, low: 0.5, high: 3 }],
    ['float16', { std: 32_753 }],
    ['float16', { mean: 1e5, std: 2e4, low: -4, high: -1.5 }],
  ] as const)('of %s with %o is refused, because %s cannot hold its values', async (dtype, options) => {
    expect(await truncated(dtype, options)).toBe('BAD_RANGE');
  });

  test.each(['float32', 'float64'] as const)(
    'of %s whose bound is 10^151 standard deviations out is one without that bound',
    async (dtype) => {
      const std = 1e-3;
      for (const [low, high, openLow, openHigh] of [
        [-1e151, 1, -Infinity, 1],
        [-1, 1e151, -1, Infinity],
        [-1e151, 1e151, -Infinity, Infinity],
      ] as const) {
        const drawn = await truncated(dtype, { std, low, high });
        if (typeof drawn === 'string') expect.fail(drawn);
        expect(drawn).toEqual(await truncated(dtype, { std, low: openLow, high: openHigh }));
      }
    },
  );

  test.each([
    [1e151, Infinity],
    [-Infinity, -1e151],
    [1e151, 1e152],
  ])('of float64 with both bounds 10^151 standard deviations out is refused: %d to %d', async (low, high) => {
    const tensor = SharedTensor.empty([9], { dtype: 'float64', name: 'x' });
    await expect(engine.truncatedNormal_(tensor, { std: 1, low, high })).rejects.toMatchObject({
      code: 'BAD_RANGE',
      remedy: 'Bounds lie within 1e+150 standard deviations.',
    });
  });

  test('is refused exactly if a value, or its distance from the anchor, is more than the dtype holds', async () => {
    const anyDtype = fc.constantFrom<FloatDtype>('float32', 'float64', 'float16', 'bfloat16');
    const anyShare = fc.double({ min: -1.2, max: 1.2, noNaN: true });
    const anyBounds = fc
      .tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 1, max: 4, noNaN: true }))
      .map(([low, width]) => ({ low, high: low + width }));
    const law = fc.asyncProperty(
      anyDtype,
      anyShare,
      anyShare,
      anyBounds,
      async (dtype, a, b, { low, high }) => {
        const [mean, std] = [(a / 2) * LARGEST[dtype], (Math.abs(b) / 2 + 0.01) * LARGEST[dtype]];
        const anchor = Math.min(Math.max(0, low), high);
        const largest = LARGEST[dtype === 'float64' ? dtype : 'float32'];
        const isHeld =
          Math.max(Math.abs(mean + low * std), Math.abs(mean + high * std)) <= LARGEST[dtype] &&
          std * Math.max(high - anchor, anchor - low) <= largest;
        const values = await truncated(dtype, { mean, std, low, high });
        if (typeof values === 'string') expect([values, isHeld]).toEqual(['BAD_RANGE', false]);
        else expect([isHeld, values.every(Number.isFinite)]).toEqual([true, true]);
      },
    );
    await fc.assert(law, { numRuns: 300 });
  });
});

describe('a uniform', () => {
  test('whose bounds add up to, or are apart by, more than its dtype holds lies around its middle, not at a bound', async () => {
    for (const [dtype, low, high] of [
      ['float64', 1e308, 1.7e308],
      ['float64', -1.7e308, -1e308],
      ['float64', -1.7e308, 1.7e308],
      ['float32', 2e38, 3.4e38],
      ['float32', -3.4e38, 3.4e38],
    ] as const) {
      const values = await draw(dtype, (each, tensor) => each.uniform_(tensor, { low, high }));
      if (typeof values === 'string') expect.fail(values);
      const middle = low / 2 + high / 2;
      const below = values.filter((value) => value > low && value < middle).length;
      const above = values.filter((value) => value > middle && value < high).length;
      expect(below + above).toBe(LENGTH);
      expect(Math.min(below, above)).toBeGreaterThan(LENGTH / 3);
      expect(new Set(values).size).toBeGreaterThan(LENGTH / 2);
    }
  });

  // The least spacing with all its bits is 2^-126, and 2^-1022; a lattice has 2^24 points, and 2^53.
  test.each([
    ['float32', 2 ** -126 * 2 ** 23],
    ['float64', 2 ** -1022 * 2 ** 52],
  ] as const)('%s is refused exactly when its lattice is subnormal', async (dtype, half) => {
    const fill = async (high: number): ReturnType<typeof draw> =>
      await draw(dtype, (each, tensor) => each.uniform_(tensor, { low: -high, high }));
    expect(await fill(half)).not.toBe('BAD_RANGE');
    for (const narrower of [half * (1 - 2 ** -20), half / 2, half / 1024]) {
      expect(await fill(narrower)).toBe('BAD_RANGE');
    }
  });
});

/** Intervals between neighbours of the dtype: nothing that it holds lies within, or only one number. */
describe('an interval', () => {
  const NONE = 'No float';
  const ONE = 'too narrow for the precision';
  const truncatedBetween = (low: number, high: number): object => ({
    ...{ kind: 'truncated_normal', mean: 1, std: 2 ** -60, low, high },
  });

  test.each([
    ['float32', NONE, { kind: 'uniform', low: 1 + 2 ** -30, high: 1 + 2 ** -29 }],
    ['float32', NONE, { kind: 'truncated_normal', mean: 1, std: 2 ** -40, low: 1, high: 2 }],
    ['float64', NONE, truncatedBetween(1, 2)],
    ['float16', NONE, { kind: 'uniform', low: 1 + 2 ** -13, high: 1 + 2 ** -12 }],
    ['bfloat16', 'No bfloat16', { kind: 'uniform', low: 1 + 2 ** -10, high: 1 + 2 ** -9 }],
    ['float16', ONE, { kind: 'uniform', low: 1, high: 1 + 2 ** -12 }],
    ['bfloat16', ONE, { kind: 'uniform', low: 1 - 2 ** -12, high: 1 }],
    ['float64', ONE, { kind: 'truncated_normal', low: 0, high: 2 ** -901 }],
    ['float64', ONE, { kind: 'truncated_normal', low: 0, high: 2 ** -1000 }],
  ] as const)('of %s that holds too little is refused (%s): %o', async (dtype, reason, init) => {
    const tensor = SharedTensor.empty([9], { dtype, name: 'x' });
    await expect(engine.fill(tensor, init as never)).rejects.toMatchObject({
      code: 'BAD_RANGE',
      remedy: expect.stringContaining(reason) as string,
    });
  });

  test('of float64 that is 2^-899 standard deviations wide is drawn', async () => {
    const values = await truncated('float64', { std: 1, low: 0, high: 2 ** -899 });
    if (typeof values === 'string') expect.fail(values);
    expect(new Set(values).size).toBe(LENGTH);
    expect(values.every((value) => value >= 0 && value <= 2 ** -899)).toBe(true);
  });
});

test('the refusal says which values do not fit', async () => {
  const tensor = SharedTensor.empty([9], { name: 'w' });
  await expect(engine.truncatedNormal_(tensor, { std: 1.71e38 })).rejects.toThrow(
    'Tensor "w": mean is 0 and std is 1.71e+38. Values reach beyond 3.42e+38, more than a float32 can hold.',
  );
});

test('values that fit are drawn, though the outermost lie further from each other than the largest float32', async () => {
  const tensor = SharedTensor.empty([999], { name: 'w' });
  await engine.truncatedNormal_(tensor, { std: 1.6e38 });
  expect(Math.max(...tensor.data)).toBeGreaterThan(1.6e38);
  expect(Math.min(...tensor.data)).toBeLessThan(-1.6e38);
});
