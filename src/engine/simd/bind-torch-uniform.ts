/**
 * Binds torch's uniform_ to calls of SIMD code. A value is fma(x, range, low), x on [0, 1), and low instead of high. Where the parameters
 * make the sum exact, or no sum is needed, a shorter loop gives the same bytes faster.
 * @module
 */
import type { TorchDtype, TorchKernel } from '../../domain/torch/torch-draw.js';
import type { BoundTorch, FillTorch } from './bound-torch.js';
import { GROUP_BYTES, GROUP_ELEMENTS, GROUP_ELEMENTS64, TILE_GROUPS } from './groups.js';
import type { Kernels } from './kernels.js';
import type { TorchWordsExports } from './modules.js';

interface Bounds {
  readonly low: number;
  readonly high: number;
}

export function bindTorchUniform(
  { 'torch-words': words }: Kernels,
  { low, high }: Extract<TorchKernel, { kind: 'torch_uniform' }>,
  dtype: TorchDtype,
): BoundTorch | undefined {
  switch (dtype) {
    case 'float32': {
      const fill = bindFloat(words, { low: Math.fround(low), high: Math.fround(high) });
      return fill && { elementBytes: 4, groupElements: GROUP_ELEMENTS, fill };
    }
    case 'float64': {
      const fill = bindDouble(words, { low, high });
      return fill && { elementBytes: 8, groupElements: GROUP_ELEMENTS64, fill };
    }
    case 'float16':
    case 'bfloat16':
      return undefined;
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

/** The bounds of float32 numbers. */
function bindFloat(words: TorchWordsExports, { low, high }: Bounds): FillTorch | undefined {
  const range = Math.fround(high - low);
  const scale = range * FLOAT32.spacing;
  if (!isWithin(FLOAT32, { low, high }, range)) return undefined;
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
  const isExact = isExactSum(scale, { low, high });
  return inTiles(
    (raw, dst, groups) => {
      words.fillScaled(raw, dst, groups, 1);
    },
    (at, groups) => {
      if (isExact) words.addExactly(at, groups, scale, low, high);
      else words.addFused(at, groups, scale, low, high);
    },
  );
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

/** Words to integers, and integers to values while they are in the cache. */
export function inTiles(fill: FillTorch, transform: (at: number, groups: number) => void): FillTorch {
  return (raw, dst, groups) => {
    for (let done = 0; done < groups; done += TILE_GROUPS) {
      const tile = Math.min(groups - done, TILE_GROUPS);
      const at = dst + GROUP_BYTES * done;
      fill(raw + GROUP_BYTES * done, at, tile);
      transform(at, tile);
    }
  };
}
