/**
 * Any draw to calls of SIMD code.
 * @module
 */
import type { Draw } from '../../domain/kernels/draw.js';
import { isDouble } from '../../domain/kernels/kernel.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import type { SharedMemory } from '../memory/wasm.js';
import { bindKernel, type FillGroups } from './bind.js';
import { bindDouble } from './bind64.js';
import type { Kernels } from './kernels.js';
import { bindNarrow, type FillWhatFits } from './bind-narrow.js';

/** A kernel and its narrowing, bound to a memory. */
export interface BoundDraw {
  readonly elementBytes: number;
  /** Elements that one step of the eight lanes gives. */
  readonly groupElements: 8 | 16;
  /** Fills groups from an address on; how many at the end it leaves, for want of room, 3 at most. */
  readonly fill: FillWhatFits;
}

/** @param aside  the memory has room for float32 beyond the groups that are asked for */
export function bindDraw(kernels: Kernels, draw: Draw, memory: SharedMemory, aside: boolean): BoundDraw {
  const { kernel, narrowing, dtype } = draw;
  const { byteWidth: elementBytes } = DTYPES[dtype];
  if (isDouble(kernel)) {
    return { elementBytes, groupElements: 8, fill: leavingNone(bindDouble(kernels, kernel, memory)) };
  }
  const fill = narrowing
    ? bindNarrow(kernels, kernel, narrowing, aside)
    : leavingNone(bindKernel(kernels, kernel));
  return { elementBytes, groupElements: 16, fill };
}

const leavingNone =
  (fill: FillGroups): FillWhatFits =>
  (dst, groups) => {
    fill(dst, groups);
    return 0;
  };
