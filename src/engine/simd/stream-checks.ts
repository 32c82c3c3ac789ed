/**
 * The draws from streams that SIMD kernels are tried on.
 * @module
 */
import { at } from '../../base/at.js';
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { BLOCK_ELEMENTS } from '../../domain/streams/generator.js';
import type { NarrowDtype } from '../../domain/arithmetic/narrow-floats.js';
import { valueMap } from '../../domain/arithmetic/value-map.js';
import type { DoubleKernel, FloatKernel, WholeKernel } from '../../domain/kernels/kernel.js';
import { boundedNormalParameters } from '../../domain/kernels/bounded-normal.js';
import { boundedNormal64Parameters } from '../../domain/kernels/bounded-normal64.js';
import type { Narrowing } from '../../domain/kernels/narrowing.js';
import { narrowFloatParameters } from '../../domain/kernels/narrow-float.js';
import { normalParameters } from '../../domain/kernels/normal.js';
import { normal64Parameters } from '../../domain/kernels/normal64.js';
import { truncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { truncatedNormal64Parameters } from '../../domain/kernels/truncated-normal64.js';
import { uniformParameters } from '../../domain/kernels/uniform.js';
import { uniform64Parameters } from '../../domain/kernels/uniform64.js';
import { integersParameters } from '../../domain/kernels/integers.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import type { Check, KernelFamily } from './check.js';
import { GROUP_ELEMENTS, TILE_GROUPS } from './groups.js';

/** A few groups and a piece of one. */
const FEW = 24 * GROUP_ELEMENTS + 7;

const TILE_ELEMENTS = TILE_GROUPS * GROUP_ELEMENTS;

/** More than a tile. */
const TILE = TILE_ELEMENTS + FEW;

/** Enough for words of the normal's end, one in 683, at every position in a group. */
const TILES = 8 * TILE_ELEMENTS + FEW;

type StreamCheck = Omit<Check, 'start'>;

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];

/** Parameters may take milliseconds: a draw is made when it is used, not when this module is loaded. */
const check = (
  family: KernelFamily,
  makeDraw: () => Omit<StreamDraw, 'kind' | 'root'>,
  elementCount: number,
): StreamCheck => ({
  family,
  makeDraw: () => ({ ...makeDraw(), kind: 'stream', root: ROOT }),
  elementCount,
});

const float = (kernel: FloatKernel, elementCount = FEW): StreamCheck =>
  check(kernel.kind, () => ({ dtype: 'float32', kernel }), elementCount);

const double = (kernel: DoubleKernel, elementCount = FEW): StreamCheck =>
  check(kernel.kind, () => ({ dtype: 'float64', kernel }), elementCount);

/** Bounds that act on many values; a recipe's own bounds act on few. */
const narrow = (dtype: NarrowDtype, kernel: FloatKernel, low: number, high: number): StreamCheck => {
  const narrowing: Narrowing = { kind: 'float', ...narrowFloatParameters(dtype, low, high) };
  return check(dtype, () => ({ dtype, kernel, narrowing }), FEW);
};

const codes = (bits: number, kernel: FloatKernel): StreamCheck =>
  check('int8', () => ({ dtype: 'int8', kernel, narrowing: { kind: 'codes', bits } }), FEW);

const LAPLACE = { kind: 'laplace', location: 0.5, scale: 3 } as const;

const whole = (dtype: Dtype, kernel: WholeKernel, elementCount = FEW): StreamCheck =>
  check(kernel.kind, () => ({ dtype, kernel }), elementCount);

const integers = (dtype: Dtype, low: bigint, high: bigint, elementCount?: number): StreamCheck =>
  whole(dtype, integersParameters(low, high), elementCount);

const twoValues = (dtype: Dtype, below: number, other: number): StreamCheck =>
  whole(dtype, { kind: 'two_values', threshold: 0x5432_1fed, below, other });

/** At least one for each function of the modules of fills, transforms and narrowing; bind-draw.ts chooses the function. */
const STREAM_CHECKS: readonly StreamCheck[] = [
  float({ kind: 'words' }),
  float({ kind: 'constant', value: 0.1 }),
  float(uniformParameters(-0.75, 0.75)),
  float(uniformParameters(1, 3)),
  float({ ...uniformParameters(-1, 3), lowest: 0.1, highest: 2.5 }),
  float(truncatedNormalParameters(0, 0.02), TILE),
  float(truncatedNormalParameters(-1.5, 3), TILE),
  float(normalParameters(-1.5, 3), TILES),
  check(
    'bounded_normal',
    () => ({ dtype: 'float32', kernel: boundedNormalParameters(0.5, 3, -0.75, 1.5) }),
    TILES,
  ),
  float({ kind: 'inversion', law: LAPLACE, lowest: -9, highest: 8 }),
  float({
    kind: 'mapped',
    of: uniformParameters(1, 16),
    map: valueMap('log', 1, undefined),
    lowest: 0.1,
    highest: 2.5,
  }),
  double({ kind: 'inversion64', law: LAPLACE, lowest: -9, highest: 8 }),
  double({
    kind: 'mapped64',
    of: uniform64Parameters(1, 16),
    map: valueMap('log', 1, undefined),
    lowest: 0.1,
    highest: 2.5,
  }),
  double(uniform64Parameters(-0.75, 0.75)),
  double(uniform64Parameters(1, 3)),
  double({ ...uniform64Parameters(-1, 3), lowest: 0.1, highest: 2.5 }),
  double(truncatedNormal64Parameters(0, 0.02)),
  double({ ...truncatedNormal64Parameters(-1.5, 3), lowest: -4, highest: 2.5 }),
  double(normal64Parameters(-1.5, 3), TILE),
  check(
    'bounded_normal64',
    () => {
      const kernel = boundedNormal64Parameters(0.5, 3, -0.75, 1.5);
      // The kernel's own offsets, of half a lattice step, hardly ever show.
      return { dtype: 'float64', kernel: { ...kernel, offsetAbove: 2 ** 50, offsetBelow: 3 * 2 ** 50 } };
    },
    TILE,
  ),
  narrow('float16', uniformParameters(-0.05, 0.05), -0.04, 0.04),
  narrow('float16', uniformParameters(-(2 ** -12), 2 ** -12), -(2 ** -12), 2 ** -12),
  narrow('bfloat16', uniformParameters(-0.05, 0.05), -0.03, 0.04),
  narrow('float16', uniformParameters(-1, 3), 0.1, 2.5),
  narrow('float16', uniformParameters(-(2 ** -12), 2 ** -13), -(2 ** -12), 2 ** -13),
  narrow('bfloat16', uniformParameters(-1, 3), -0.5, 2.5),
  narrow('bfloat16', truncatedNormalParameters(0, 0.02), -0.04, 0.04),
  // Ties after an odd last place.
  narrow('float16', { kind: 'constant', value: 1 + 3 * 2 ** -11 }, -2, 2),
  narrow('bfloat16', { kind: 'constant', value: 1 + 3 * 2 ** -8 }, -2, 2),
  // Subnormals and normals, and bounds that act.
  narrow('float8_e4m3fn', uniformParameters(-0.05, 0.05), -0.04, 0.04),
  narrow('float8_e5m2', uniformParameters(-0.00005, 0.00005), -0.00004, 0.00004),
  narrow('float8_e4m3fn', uniformParameters(-0.05, 0.1), -0.04, 0.04),
  narrow('float8_e4m3fn', truncatedNormalParameters(0, 0.02), -0.04, 0.03),
  narrow('float8_e5m2', uniformParameters(-(2 ** -12), 2 ** -12), -(2 ** -12), 2 ** -13),
  narrow('float8_e5m2', truncatedNormalParameters(0, 100), -150, 180),
  codes(8, uniformParameters(-0.1, 0.1)),
  codes(7, uniformParameters(-2, 2)),
  codes(8, uniformParameters(-1.5 / 128, 1.5 / 128)),
  codes(8, truncatedNormalParameters(0.1, 0.7)),
  whole('uint8', { kind: 'bits' }),
  whole('int16', { kind: 'bits' }),
  whole('uint32', { kind: 'bits' }),
  whole('int64', { kind: 'bits64' }),
  twoValues('int8', 101, -86),
  twoValues('int16', 0x1234, -0x5432),
  twoValues('float32', 0.75, -0.1),
  twoValues('float64', 0.1, -3),
  // Ranges of nearly 2^32, in which all of a word shows, whatever the dtype holds: an array keeps the low bits.
  integers('int8', -101n, 2n ** 32n - 20_000n),
  integers('uint16', 300n, 2n ** 32n - 20_000n),
  integers('int32', -12_345n, 2n ** 32n - 20_000n),
  integers('uint32', 12_345n, 2n ** 32n + 12_345n),
  integers('int64', -(2n ** 62n), 2n ** 32n - 2n ** 62n - 12_345n),
  integers('float32', 3n - 2n ** 24n, 2n ** 24n, TILE),
  integers('float64', -(2n ** 52n), 2n ** 32n - 2n ** 52n - 77n),
  integers('uint64', 12_345n, 2n ** 64n),
  integers('float64', -(2n ** 53n), 2n ** 53n),
];

/**
 * A block, the one before it, the one after that (reached by look-ups), and one whose jump has every digit; each within a group, some
 * groups on.
 */
const STARTS = [6, 5, 6, 0x12_3456_789b].map((block, i) => block * BLOCK_ELEMENTS + 35 * i + 3);

/** Each kind of jump is tried by some of the checks. */
export const streamChecks: readonly Check[] = STREAM_CHECKS.map((unplaced, i) => ({
  ...unplaced,
  start: at(STARTS, i % STARTS.length),
}));
