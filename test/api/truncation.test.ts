/** truncated_normal at any bounds, by the public API: values lie within them, with the right mean and distribution, even far out in a tail. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, normal, SharedTensor, type TruncatedNormalOptions } from 'jumpfill';
import { fillRange } from '../../src/domain/draws/draw.js';
import { GENERATORS } from '../../src/domain/streams/generators.js';
import { HALF_FORMATS } from '../../src/domain/arithmetic/half.js';
import { truncatedNormalParameters } from '../../src/domain/kernels/truncated-normal.js';
import { expectSameBytes } from '../support/bytes.js';
import { anyBounds, anySeed } from '../support/random.js';
import { cdfGap, erf, FALSE_ALARM, gapBound, meanOf } from '../support/statistics.js';

const SEED = 8n;
const engine = new Engine({ threads: 2, seed: SEED });
afterAll(() => engine.close());

const N = 2 ** 18;
const draw = async (options: TruncatedNormalOptions, length = N): Promise<Float32Array> =>
  (await engine.truncatedNormal_(SharedTensor.empty([length], { name: 'w' }), options)).data;

interface Row {
  readonly low: number | string;
  readonly high: number | string;
  readonly mean: number;
  readonly sd: number;
  readonly cdf: readonly (readonly [x: number, share: number])[];
}

const readBound = (bound: number | string): number =>
  typeof bound === 'number' ? bound : Number(bound.replace('inf', 'Infinity'));
const rows = (JSON.parse(readFileSync('test/vectors/truncation.json', 'utf8')) as readonly Row[]).map(
  (row) => ({
    ...row,
    low: readBound(row.low),
    high: readBound(row.high),
  }),
);

/** Q(x) by Laplace's continued fraction from 2 on, by erf's series below. */
function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  if (x < 2) return (1 - erf(x / Math.SQRT2)) / 2;
  let tail = x;
  for (let level = 300; level >= 1; level--) tail = x + level / tail;
  return Math.exp((-x * x) / 2) / (tail * Math.sqrt(2 * Math.PI));
}

/** Seen from the side where the tail is thin, so that nothing cancels. */
function distribution(low: number, high: number): (x: number) => number {
  if (high < 0) {
    const mirrored = distribution(-high, -low);
    return (x) => 1 - mirrored(-x);
  }
  const [above, beyond] = [upperTail(low), upperTail(high)];
  return (x) => (above - upperTail(x)) / (above - beyond);
}

/** P(|mean of N - mean| > 6.11 sd / sqrt(N)) is FALSE_ALARM by the central limit theorem. */
const DEVIATIONS = 6.11;

describe.each(rows)('between $low and $high', ({ low, high, mean, sd, cdf }) => {
  test('every value lies within the bounds, and values come near to both', async () => {
    const sample = await draw({ low, high });
    expect(sample.every((x) => x >= low && x <= high)).toBe(true);
    const law = distribution(low, high);
    // The outermost of N shares are 2^-18 on average, and above 2^-13 with a probability of 1e-14.
    expect(law(sample.reduce((least, x) => Math.min(least, x)))).toBeLessThan(2 ** -13);
    expect(1 - law(sample.reduce((most, x) => Math.max(most, x)))).toBeLessThan(2 ** -13);
  });

  test('the mean agrees with high-precision arithmetic, and moves with mean and std', async () => {
    expect(FALSE_ALARM).toBe(1e-9);
    const bound = (DEVIATIONS * sd) / Math.sqrt(N);
    expect(Math.abs(meanOf(await draw({ low, high })) - mean)).toBeLessThan(bound);
    const moved = await draw({ low, high, mean: -7, std: 0.25 });
    expect(Math.abs(meanOf(moved, (x) => (x + 7) * 4) - mean)).toBeLessThan(bound + 4 * 2 ** -21);
  });

  test('the distribution function is right: a correct kernel fails with a probability of 1e-9', async () => {
    const law = distribution(low, high);
    for (const [x, share] of cdf) expect(Math.abs(law(x) - share)).toBeLessThan(1e-9);
    const sample = await draw({ low, high });
    expect(cdfGap(sample, law)).toBeLessThan(gapBound(N));
    // And this test would notice a value that is 5 % of a standard deviation off.
    expect(
      cdfGap(
        sample.map((x) => x + 0.05 * sd),
        law,
      ),
    ).toBeGreaterThan(gapBound(N));
  });

  test.each(['float16', 'bfloat16'] as const)('every %s lies within the bounds too', async (dtype) => {
    const tensor = SharedTensor.empty([2 ** 18], { dtype, name: 'w' });
    await engine.truncatedNormal_(tensor, { low, high });
    const values = Float32Array.from(tensor.data, HALF_FORMATS[dtype].fromBits);
    expect(values.every((x) => x >= low && x <= high && Number.isFinite(x))).toBe(true);
  });
});

test('no value leaves random bounds, for any mean and std', async () => {
  const anyMean = fc.double({ min: -100, max: 100, noNaN: true });
  const anyStd = fc.double({ min: 2 ** -10, max: 100, noNaN: true });
  let drawn = 0;
  const law = fc.asyncProperty(anyBounds, anyMean, anyStd, anySeed, async ([low, high], mean, std, seed) => {
    const options = { low, high, mean, std, seed };
    const sample = await draw(options, 500).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'BAD_RANGE' });
    });
    const [lowest, highest] = [mean + low * std, mean + high * std];
    // An interval without a float32 is not covered here.
    if (
      sample === undefined ||
      highest - lowest < Math.max(Math.abs(lowest), Math.abs(highest), 2 ** -125) * 2 ** -23
    )
      return;
    drawn += 1;
    const outside = sample.filter((x) => !(x >= lowest && x <= highest && Number.isFinite(x)));
    expect([...outside]).toEqual([]);
  });
  await fc.assert(law, { numRuns: 500 });
  expect(drawn).toBeGreaterThan(400);
});

describe('bounds that have kernels of their own', () => {
  test('-2 and 2, given or not, are the default kernel bit for bit', async () => {
    const length = 300_001;
    const expected = new Float32Array(length);
    const [mean, std] = [0.1, 0.02];
    const root = GENERATORS['xoroshiro128+'].root(SEED, 'w');
    const kernel = truncatedNormalParameters(mean, std);
    fillRange({ dtype: 'float32', kind: 'stream', root, kernel }, 0, expected);
    expectSameBytes(await draw({ mean, std }, length), expected);
    expectSameBytes(await draw({ mean, std, low: -2, high: 2 }, length), expected);
    expectSameBytes(await draw({ mean, std, low: -2 }, length), expected);
    expect(await draw({ mean, std, low: -2, high: 2.0000001 }, length)).not.toEqual(expected);
  });

  test('without bounds it is the normal', async () => {
    const tensor = SharedTensor.empty([100_001], { name: 'w' });
    const { data } = await engine.fill(tensor, normal({ mean: 3, std: 0.5 }));
    expectSameBytes(await draw({ mean: 3, std: 0.5, low: -Infinity, high: Infinity }, 100_001), data);
  });
});

describe('refused', () => {
  test.each([
    [{ low: 1, high: 1 }],
    [{ low: 3 }],
    [{ high: -2 }],
    [{ low: NaN }],
    [{ high: NaN }],
    [{ low: Infinity, high: Infinity }],
    [{ low: -Infinity, high: -Infinity }],
    [{ low: 5, high: -5 }],
    [{ low: 1e39, high: Infinity }],
  ])('%o with BAD_RANGE, and nothing is written', async (options) => {
    const tensor = SharedTensor.empty([5]);
    tensor.data.fill(42);
    await expect(engine.truncatedNormal_(tensor, options)).rejects.toMatchObject({ code: 'BAD_RANGE' });
    expect([...tensor.data]).toEqual([42, 42, 42, 42, 42]);
  });
});

describe('float64', () => {
  test('works with the default bounds and without bounds', async () => {
    const tensor = SharedTensor.empty([10_000], { dtype: 'float64', name: 'w' });
    await engine.truncatedNormal_(tensor, { low: -2, high: 2 });
    expect(tensor.data.every((x) => Math.abs(x) <= 2)).toBe(true);
    const before = tensor.data.slice();
    await engine.truncatedNormal_(tensor, { low: -Infinity, high: Infinity });
    expect(tensor.data.some((x) => Math.abs(x) > 2)).toBe(true);
    expect(tensor.data).not.toEqual(before);
  });
});
