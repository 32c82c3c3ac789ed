/** Narrow and wide elements: floats of 8 and 16 bits are the float32 run rounded within the bounds, float64 stays within its own. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  NotImplementedError,
  SharedTensor,
  toFloat32,
  TorchGenerator,
  ValueError,
  type Dtype,
  type InitInput,
} from 'jumpfill';
import { at } from '../../src/base/at.js';
import { ceilFloat32, ceilScaled, floorFloat32, floorScaled } from '../../src/domain/arithmetic/float32.js';
import {
  ceilNarrow,
  floorNarrow,
  NARROW_FORMATS,
  type NarrowDtype,
} from '../../src/domain/arithmetic/narrow-floats.js';
import { anyBounds, anySeed } from '../support/random.js';
import { casesOf, slowTest } from '../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 11n });
afterAll(() => engine.close());

const NARROW = ['float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;
const N = 3_001;

async function draw<D extends Dtype>(
  dtype: D,
  init: InitInput,
  options: { readonly length?: number; readonly seed?: bigint } = {},
): Promise<SharedTensor<D>> {
  const { length = N, seed = 5n } = options;
  return await engine.fill(SharedTensor.empty([length], { dtype, name: 'w' }), init, { seed });
}

/** The tensor, or undefined where the recipe is refused as out of range. */
async function attempt<D extends Dtype>(
  ...parameters: Parameters<typeof draw<D>>
): Promise<SharedTensor<D> | undefined> {
  try {
    return await draw(...parameters);
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_RANGE' });
    return undefined;
  }
}

const valuesOf = ({ data, dtype }: SharedTensor<NarrowDtype>): Float64Array =>
  Float64Array.from(data, NARROW_FORMATS[dtype].fromBits);

/** All finite values of a format with the patterns that give them, in order: -0 is left out. */
function gridOf(dtype: NarrowDtype): readonly number[] {
  const { fromBits, sign } = NARROW_FORMATS[dtype];
  const values = Array.from({ length: 2 * sign }, (_, bits) => fromBits(bits)).filter(Number.isFinite);
  return [...new Set(values.map((value) => value + 0))].sort((a, b) => a - b);
}
const grids = {
  float16: gridOf('float16'),
  bfloat16: gridOf('bfloat16'),
  float8_e4m3fn: gridOf('float8_e4m3fn'),
  float8_e5m2: gridOf('float8_e5m2'),
};

/** The nearest value, found by comparing the distances to both neighbours, and an even pattern on a tie; it never uses the bits of x. */
function roundByDistance(x: number, dtype: NarrowDtype): number {
  const grid = grids[dtype];
  let [low, high] = [0, grid.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((grid[middle] ?? Infinity) <= x) low = middle + 1;
    else high = middle;
  }
  const below = grid[low - 1] ?? grid[0] ?? NaN;
  const above = grid[low] ?? grid.at(-1) ?? NaN;
  if (x - below !== above - x) return x - below < above - x ? below : above;
  return NARROW_FORMATS[dtype].toBits(below) % 2 === 0 ? below : above;
}

/** Bounds rounded inward to the dtype; those of an 8-bit float with one value or none there are rounded to nearest. */
function boundsIn(dtype: NarrowDtype, low: number, high: number): readonly [number, number] {
  const inward = [ceilNarrow(low, dtype), floorNarrow(high, dtype)] as const;
  if (inward[0] < inward[1] || NARROW_FORMATS[dtype].sign !== 0x80) return inward;
  return [roundByDistance(ceilFloat32(low), dtype), roundByDistance(floorFloat32(high), dtype)];
}

const anyMagnitude = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ min: -60_000, max: 60_000, noNaN: true }),
  fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
  fc.constantFrom(0, 1, -0.1, 65_504, -65_504),
);
const anyStd = fc.oneof(fc.double({ min: 1e-6, max: 8, noNaN: true }), fc.constantFrom(1, 0.02, 2000));
const anyInterval = fc
  .tuple(anyMagnitude, anyMagnitude)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

interface Bounded {
  readonly init: InitInput;
  readonly low: number;
  readonly high: number;
  /** The float32 values next to the exact bounds, which need not be doubles. */
  readonly inward?: readonly [number, number];
}
const anyUniform = anyInterval.map(([low, high]): Bounded => ({
  init: { kind: 'uniform', low, high },
  low,
  high,
}));
const anyTruncated = fc.tuple(anyMagnitude, anyStd, anyBounds).map(([mean, std, [low, high]]): Bounded => ({
  init: { kind: 'truncated_normal', mean, std, low, high },
  low: mean + low * std,
  high: mean + high * std,
  inward: [
    low === -Infinity ? low : ceilScaled(mean, std, low),
    high === Infinity ? high : floorScaled(mean, std, high),
  ],
}));
const anyDefault = fc.tuple(anyMagnitude, anyStd).map(([mean, std]): Bounded => ({
  init: { kind: 'truncated_normal', mean, std },
  low: mean - 2 * std,
  high: mean + 2 * std,
  inward: [ceilScaled(mean, std, -2), floorScaled(mean, std, 2)],
}));
const anyNormal = fc.tuple(anyMagnitude, anyStd).map(([mean, std]): Bounded => ({
  init: { kind: 'normal', mean, std },
  low: -Infinity,
  high: Infinity,
}));
const anyBounded = fc.oneof(anyUniform, anyTruncated, anyDefault, anyNormal);

const PATTERNS = {
  float16: { Elements: Uint16Array, one: 0x3c00 },
  bfloat16: { Elements: Uint16Array, one: 0x3f80 },
  float8_e4m3fn: { Elements: Uint8Array, one: 0x38 },
  float8_e5m2: { Elements: Uint8Array, one: 0x3c },
} as const;

describe.each(NARROW)('%s', (dtype) => {
  const { largest } = NARROW_FORMATS[dtype];

  test('is the float32 run rounded to nearest even, within the bounds rounded inward, or to nearest if an 8-bit float has one value there', async () => {
    let drawn = 0;
    const law = fc.asyncProperty(
      anyBounded,
      anySeed,
      async ({ init, low, high, inward = [low, high] }, seed) => {
        const half = await attempt(dtype, init, { length: 257, seed });
        if (half === undefined) return;
        drawn += 1;
        const float = await draw('float32', init, { length: 257, seed });
        const [lowest, highest] = boundsIn(
          dtype,
          Math.max(inward[0], -largest),
          Math.min(inward[1], largest),
        );
        const wanted = Array.from(
          float.data,
          (x) => Math.min(Math.max(roundByDistance(x, dtype), lowest), highest) + 0,
        );
        expect(Array.from(valuesOf(half), (x) => x + 0)).toEqual(wanted);
      },
    );
    const numRuns = casesOf({ few: 100, all: 400 });
    await fc.assert(law, { numRuns });
    // Many of these values are beyond float8_e4m3fn's 448.
    expect(drawn).toBeGreaterThan(dtype === 'float8_e4m3fn' ? numRuns / 6 : numRuns / 2);
  });

  test('never leaves the bounds, rounded to nearest if an 8-bit float has one value there, and is never infinite', async () => {
    const law = fc.asyncProperty(anyBounded, anySeed, async ({ init, low, high }, seed) => {
      const half = await attempt(dtype, init, { length: 1000, seed });
      if (half === undefined) return;
      const [lowest, highest] = boundsIn(dtype, Math.max(low, -largest), Math.min(high, largest));
      const isWide = lowest < low || highest > high;
      const [least, most] = isWide ? [lowest, highest] : [low, high];
      expect(valuesOf(half).every((x) => x >= least && x <= most && Number.isFinite(x))).toBe(true);
    });
    await fc.assert(law, { numRuns: casesOf({ few: 100, all: 400 }) });
  });

  test('stays within bounds that would round outwards: 0.1 and -0.1 are never exceeded', async () => {
    const half = valuesOf(await draw(dtype, { kind: 'uniform', low: -0.1, high: 0.1 }, { length: 2 ** 20 }));
    expect(half.every((x) => Math.abs(x) <= 0.1)).toBe(true);
    expect(Math.max(...half.subarray(0, 2 ** 16))).toBe(floorNarrow(0.1, dtype));
  });

  test('has no infinity even if the float32 run rounds past the largest value', async () => {
    const init = { kind: 'uniform', low: largest * (1 - 2 ** -20), high: largest } as const;
    // Too narrow to hold two values.
    await expect(draw(dtype, init)).rejects.toMatchObject({ code: 'BAD_RANGE' });
    const wide = valuesOf(
      await draw(dtype, { kind: 'uniform', low: -largest, high: largest }, { length: 2 ** 18 }),
    );
    expect(wide.every(Number.isFinite)).toBe(true);
    expect(wide.some((x) => Math.abs(x) === largest)).toBe(true);
  });

  test('is the mean if std is 0, even with an infinite bound', async () => {
    for (const [low, high] of [
      [-Infinity, 3],
      [-1, Infinity],
      [-Infinity, Infinity],
    ] as const) {
      const half = await draw(dtype, { kind: 'truncated_normal', mean: 1.5, std: 0, low, high });
      expect(new Set(valuesOf(half))).toEqual(new Set([1.5]));
    }
  });

  test('refuses values that only a wider dtype holds', async () => {
    const init = { kind: 'constant', value: largest * 2 } as const;
    if (dtype !== 'bfloat16') await draw('float32', init);
    await expect(draw(dtype, init)).rejects.toThrow(ValueError);
  });

  test('has schemes, WAGE without codes, and bounds of any kind', async () => {
    const inits: InitInput[] = [
      { kind: 'kaiming_uniform', nonlinearity: 'relu' },
      { kind: 'he_normal' },
      { kind: 'xavier_normal' },
      { kind: 'wage', bits: 8 },
      { kind: 'truncated_normal', std: 0.5, low: -1, high: Infinity },
    ];
    for (const init of inits) {
      const shape = [64, 48];
      const narrow = await engine.fill(SharedTensor.empty(shape, { dtype, name: 'w' }), init);
      const wide = await engine.fill(SharedTensor.empty(shape, { name: 'w' }), init);
      const values = valuesOf(narrow);
      const gaps = Array.from(
        wide.data,
        (x, i) => Math.abs(at(values, i) - x) / Math.max(Math.abs(x), 2 ** -6),
      );
      // Half a place, or a whole one at a bound that is no value of the dtype.
      expect(Math.max(...gaps)).toBeLessThan(2 ** -2);
    }
  });

  slowTest('has the far tail of the normal: of 2^22 elements, all those of float32 beyond 4.5', async () => {
    const init = { kind: 'normal' } as const;
    const half = valuesOf(await draw(dtype, init, { length: 2 ** 22 }));
    const float = (await draw('float32', init, { length: 2 ** 22 })).data;
    const isFar = (x: number): boolean => Math.abs(x) > 4.5;
    const far = Array.from(float.filter(isFar), (x) => roundByDistance(x, dtype));
    // 6.8e-6 of the normal lie there: 28.5 are expected, and fewer than 5 have a probability of 1e-7.
    expect(far.length).toBeGreaterThan(4);
    expect(Array.from(half.filter((_, i) => isFar(at(float, i))))).toEqual(far);
  });

  test('is bit patterns: data is a Uint16Array of two bytes an element, or a Uint8Array of one', async () => {
    const tensor = await draw(dtype, { kind: 'ones' });
    const { Elements, one } = PATTERNS[dtype];
    expect(tensor.data).toBeInstanceOf(Elements);
    expect([tensor.byteLength, tensor.data.length]).toEqual([Elements.BYTES_PER_ELEMENT * N, N]);
    expect(tensor.data[0]).toBe(one);
  });
});

test.each([
  ['float32', Float32Array, 4],
  ['float64', Float64Array, 8],
  ['int8', Int8Array, 1],
] as const)('data of %s is a %o of %d bytes an element', async (dtype, Elements, byteWidth) => {
  const tensor = await draw(dtype, { kind: 'ones' });
  expect(tensor.data).toBeInstanceOf(Elements);
  expect(tensor.data.byteLength).toBe(N * byteWidth);
  expect(tensor.data.every((value) => value === 1)).toBe(true);
});

describe('float64', () => {
  test('never leaves its bounds', async () => {
    const law = fc.asyncProperty(
      fc.oneof(anyUniform, anyDefault),
      anySeed,
      async ({ init, low, high }, seed) => {
        const tensor = await attempt('float64', init, { length: 1000, seed });
        if (tensor === undefined) return;
        expect(tensor.data.every((x) => x >= low && x <= high)).toBe(true);
      },
    );
    await fc.assert(law, { numRuns: casesOf({ few: 100, all: 300 }) });
  });

  test('has more than 32 bits: no two of 2^18 uniform values are equal, and few are float32', async () => {
    const { data } = await draw('float64', { kind: 'uniform', low: 0, high: 1 }, { length: 2 ** 18 });
    // On a lattice of 2^53 a pair meets with a probability of 4e-6; on one of 2^32, 8 would be expected.
    expect(new Set(data).size).toBe(data.length);
    expect(data.filter((x) => Math.fround(x) === x).length).toBeLessThan(data.length / 1000);
  });

  test('holds a mean, a width and a constant that a float32 does not', async () => {
    const uniform = await draw('float64', { kind: 'uniform', low: -1e300, high: 1e300 });
    expect(uniform.data.some((x) => Math.abs(x) > 1e299)).toBe(true);
    const { data } = await draw('float64', { kind: 'constant', value: 0.1 });
    expect(data[7]).toBe(0.1);
    const normal = await draw('float64', { kind: 'normal', mean: 1, std: 1e-12 });
    expect(normal.data.every((x) => Math.abs(x - 1) < 1e-11)).toBe(true);
    expect(new Set(normal.data).size).toBeGreaterThan(N / 2);
  });
});

describe('float16Data', () => {
  const host = globalThis as { Float16Array?: unknown };

  test('is a Float16Array over the same memory if the engine has one, else a NotImplementedError', async () => {
    const tensor = await draw('float16', { kind: 'normal' });
    if (host.Float16Array === undefined) {
      expect(() => tensor.float16Data).toThrow(NotImplementedError);
      expect(() => tensor.float16Data).toThrow(/Float16Array/);
      return;
    }
    expect(Object.prototype.toString.call(tensor.float16Data)).toBe('[object Float16Array]');
    expect(Array.from(tensor.float16Data)).toEqual(Array.from(valuesOf(tensor)));
  });

  test('uses the engine’s Float16Array at the time of reading, with buffer, offset and length', () => {
    const before = host.Float16Array;
    class Stand {
      readonly given: readonly unknown[];
      constructor(...given: readonly unknown[]) {
        this.given = given;
      }
    }
    try {
      host.Float16Array = Stand;
      const buffer = new SharedArrayBuffer(64);
      const tensor = SharedTensor.wrap(buffer, [3, 5], { dtype: 'float16', byteOffset: 6 });
      expect((tensor.float16Data as unknown as Stand).given).toEqual([buffer, 6, 15]);
    } finally {
      if (before === undefined) delete host.Float16Array;
      else host.Float16Array = before;
    }
  });

  test('is refused for every other dtype', () => {
    for (const dtype of ['float32', 'bfloat16', 'int8'] as const) {
      const tensor = SharedTensor.empty([4], { dtype });
      expect(() => tensor.float16Data).toThrow(expect.objectContaining({ code: 'BAD_DTYPE' }) as Error);
    }
  });
});

test.each(['float8_e4m3fn', 'float8_e5m2'] as const)(
  "%s: torch's generator draws none, and says why; a constant takes no words",
  async (dtype) => {
    const generator = new TorchGenerator(1);
    const tensor = SharedTensor.empty([8], { dtype, name: 'w' });
    for (const init of [
      { kind: 'normal' },
      { kind: 'uniform', low: 0, high: 1 },
      { kind: 'wage', bits: 4 },
    ] as const) {
      await expect(engine.fill(SharedTensor.empty([8, 8], { dtype }), init, { generator })).rejects.toThrow(
        'torch has no uniform_ and no normal_ of 8-bit floats',
      );
    }
    await engine.fill(tensor, { kind: 'ones' }, { generator });
    expect(new Set(toFloat32(tensor))).toEqual(new Set([1]));
  },
);

test.each([
  [{ kind: 'uniform', low: 0.251, high: 0.262 }, 'No float8_e4m3fn lies between them'],
  [{ kind: 'uniform', low: 0.245, high: 0.262 }, 'too narrow for the precision of a float8_e4m3fn'],
  [{ kind: 'uniform', low: -9e-4, high: 9e-4 }, '0 is the only float8_e4m3fn in the interval'],
  [{ kind: 'normal', std: 2 ** -11 * 0.99 }, 'As a float8_e4m3fn so small a std has no precision left'],
  [{ kind: 'normal', std: 100 }, 'more than a float8_e4m3fn can hold'],
  [{ kind: 'uniform', low: 0, high: 449 }, 'A float8_e4m3fn holds at most 448'],
  [{ kind: 'constant', value: 2 ** -10 }, 'is 0 as a float8_e4m3fn: use zeros'],
] as const)('float8_e4m3fn refuses %o: %s', async (init, text) => {
  await expect(draw('float8_e4m3fn', init)).rejects.toThrow(text);
});
