/**
 * Binds torch's uniform_ to calls of SIMD code. A value is fma(x, range, low), x on [0, 1), and low instead of high. Where the parameters
 * make the sum exact, or no sum is needed, a shorter loop gives the same bytes faster.
 * @module
 */
import type { TorchDtype, TorchKernel } from '../../domain/torch/torch-draw.js';
import { HALF_FORMATS } from '../../domain/arithmetic/half.js';
import { isHalf, ROUND } from '../../domain/torch/rounding.js';
import { boundTorch, inTiles, thenNarrow, type BoundTorch, type FillTorch } from './bound-torch.js';
import type { Kernels } from './kernels.js';
import type { TorchWordsExports } from './torch-modules.js';

interface Bounds {
  readonly low: number;
  readonly high: number;
}

export function bindTorchUniform(
  { 'torch-words': words, narrowing }: Kernels,
  { low, high }: Extract<TorchKernel, { kind: 'torch_uniform' }>,
  dtype: TorchDtype,
): BoundTorch | undefined {
  if (dtype === 'float64') return boundTorch(dtype, bindDouble(words, { low, high }));
  const bounds: Bounds = { low: Math.fround(low), high: Math.fround(high) };
  if (!isHalf(dtype)) return boundTorch(dtype, bindFloat(words, bounds));
  if (Math.max(-bounds.low, bounds.high) > HALF_FORMATS[dtype].largest) return undefined;
  const fill = bindFloat(words, bounds, leastRoundedAs(bounds.high, ROUND[dtype]));
  return boundTorch(dtype, fill && thenNarrow(fill, narrowing, dtype));
}

/** The least float32 that is rounded to the same half as `high`. */
function leastRoundedAs(high: number, round: (x: number) => number): number {
  const target = round(high);
  // Lower than the halves next to it: their spacing is at most 2^-7 of a number, or 2^-24.
  let below = Math.fround(high - Math.max(Math.abs(high) * 2 ** -6, 2 ** -20));
  for (let least = high; ;) {
    const middle = Math.fround((below + least) / 2);
    if (middle === below || middle === least) return least;
    if (round(middle) === target) least = middle;
    else below = middle;
  }
}

/** The spacing of x, and the least and largest magnitudes with which nothing underflows or overflows on the way. */
interface Format {
  readonly spacing: number;
  readonly least: number;
  readonly most: number;
}

const FLOAT32: Format = { spacing: 2 ** -24, least: 2 ** -100, most: 2 ** 127 };
const FLOAT64: Format = { spacing: 2 ** -53, least: 2 ** -400, most: 2 ** 900 };

/**
 * @param bounds  float32 numbers
 * @param top     values from here on become low
 */
function bindFloat(words: TorchWordsExports, { low, high }: Bounds, top = high): FillTorch | undefined {
  const range = Math.fround(high - low);
  const scale = range * FLOAT32.spacing;
  if (!isWithin(FLOAT32, { low, high }, range)) return undefined;
  const fill = bindProduct(words, { low, high }, scale);
  if (fill !== undefined && top === high) return fill;
  if (fill !== undefined) {
    return inTiles(fill, (at, groups) => {
      words.replaceFrom(at, groups, top, low);
    });
  }
  const isExact = isExactSum(scale, { low, high });
  return inTiles(
    (raw, dst, groups) => {
      words.fillScaled(raw, dst, groups, 1);
    },
    (at, groups) => {
      if (isExact) words.addExactly(at, groups, scale, low, top);
      else words.addFused(at, groups, scale, low, top);
    },
  );
}

/** Where a product alone is the fused value: it never rounds to high. */
function bindProduct(words: TorchWordsExports, { low, high }: Bounds, scale: number): FillTorch | undefined {
  if (low === 0) {
    return (raw, dst, groups) => {
      words.fillScaled(raw, dst, groups, scale);
    };
  }
  if (low === -high) {
    return (raw, dst, groups) => {
      words.fillCentred(raw, dst, groups, scale);
    };
  }
  return undefined;
}

function bindDouble(words: TorchWordsExports, { low, high }: Bounds): FillTorch | undefined {
  const range = high - low;
  const scale = range * FLOAT64.spacing;
  if (!isWithin(FLOAT64, { low, high }, range)) return undefined;
  if (low === 0) {
    return (raw, dst, groups) => {
      words.fillScaled64(raw, dst, groups, scale);
    };
  }
  if (low === -high) {
    return (raw, dst, groups) => {
      words.fillCentred64(raw, dst, groups, scale);
    };
  }
  return inTiles(
    (raw, dst, groups) => {
      words.fillScaled64(raw, dst, groups, 1);
    },
    (at, groups) => {
      words.addFused64(at, groups, scale, low, high);
    },
  );
}

function isWithin({ least, most }: Format, { low, high }: Bounds, range: number): boolean {
  const size = Math.max(Math.abs(low), Math.abs(high), range);
  return range >= least && size <= most && (low === 0 || Math.abs(low) >= least);
}

/** Whether k * scale + low, for float32 numbers, always has few enough bits for a double. */
function isExactSum(scale: number, { low, high }: Bounds): boolean {
  const lastBit = Math.min(lastBitOf(scale), lastBitOf(low));
  return Math.max(Math.abs(low), Math.abs(high)) <= 2 ** 52 * lastBit;
}

/** The lowest power of two in a float32 number, or in its product with one, that is not 0. */
function lastBitOf(value: number): number {
  let bit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 24);
  while (value % (2 * bit) === 0) bit *= 2;
  return bit;
}
