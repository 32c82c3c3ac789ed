/**
 * Binds a draw from streams to calls of SIMD code.
 * @module
 */
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { isDouble } from '../../domain/kernels/kernel.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import type { SharedMemory } from '../memory/wasm.js';
import { bindKernel } from './bind.js';
import { bindDouble } from './bind64.js';
import type { Kernels } from './kernels.js';
import { bindNarrow, leavingNone, type FillWhatFits } from './bind-narrow.js';
import { GROUP_ELEMENTS, GROUP_ELEMENTS64 } from './groups.js';

/** A kernel and its narrowing, bound to a memory. */
export interface BoundDraw {
  readonly elementBytes: number;
  /** Elements per step of the eight lanes. */
  readonly groupElements: number;
  readonly fill: FillWhatFits;
}

/** @param aside  whether the memory has room for float32 beyond the groups asked for */
export function bindDraw(
  kernels: Kernels,
  draw: StreamDraw,
  memory: SharedMemory,
  aside: boolean,
): BoundDraw {
  const { kernel, narrowing, dtype } = draw;
  const { byteWidth: elementBytes } = DTYPES[dtype];
  if (isDouble(kernel)) {
    return {
      elementBytes,
      groupElements: GROUP_ELEMENTS64,
      fill: leavingNone(bindDouble(kernels, kernel, memory)),
    };
  }
  const fill = narrowing
    ? bindNarrow(kernels, kernel, narrowing, aside)
    : leavingNone(bindKernel(kernels, kernel));
  return { elementBytes, groupElements: GROUP_ELEMENTS, fill };
}
