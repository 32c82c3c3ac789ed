/**
 * A draw of torch's, bound to SIMD code on one memory.
 * @module
 */
import { HALF_FORMATS, type HalfDtype } from '../../domain/arithmetic/half.js';
import { wordsPerUniform } from '../../domain/torch/normal-layout.js';
import type { TorchDtype } from '../../domain/torch/torch-draw.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { GROUP_BYTES, GROUP_ELEMENTS, TILE_GROUPS } from './groups.js';
import type { NarrowingExports } from './modules.js';

/**
 * Makes groups of values at `dst` from the window at `raw`; leaves the next window `groups` groups after it. Where values are as large as
 * their words, `dst` may be `raw`. Otherwise there are at most ASIDE_GROUPS groups, and `dst` has room for three times their bytes.
 */
export type FillTorch = (raw: number, dst: number, groups: number) => void;

export interface BoundTorch {
  readonly elementBytes: number;
  /** Elements that 16 words give. */
  readonly groupElements: number;
  readonly fill: FillTorch;
}

/** A fill of one value for each uniform number. */
export function boundTorch(dtype: TorchDtype, fill: FillTorch | undefined): BoundTorch | undefined {
  const groupElements = GROUP_ELEMENTS / wordsPerUniform(dtype);
  return fill && { elementBytes: DTYPES[dtype].byteWidth, groupElements, fill };
}

/** A fill, and what becomes of its words or values, group by group, while they are in the cache. */
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

/** Turns groups of float32 values within the dtype's reach into halves, in place: they end up at the beginning. */
export function narrowingOf(
  narrowing: NarrowingExports,
  dtype: HalfDtype,
): (at: number, groups: number) => void {
  const { largest } = HALF_FORMATS[dtype];
  return dtype === 'float16'
    ? (at, groups) => {
        narrowing.narrowToFloat16(at, at, groups, -largest, largest);
      }
    : (at, groups) => {
        narrowing.narrowToBfloat16(at, at, groups, -largest, largest);
      };
}

/** A fill of such values, and their narrowing. */
export function thenNarrow(fill: FillTorch, narrowing: NarrowingExports, dtype: HalfDtype): FillTorch {
  const narrow = narrowingOf(narrowing, dtype);
  return (raw, dst, groups) => {
    fill(raw, dst, groups);
    narrow(dst, groups);
  };
}
