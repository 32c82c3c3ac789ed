/**
 * Binds a draw from streams to calls of SIMD code.
 * @module
 */
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { isDouble, isWhole } from '../../domain/kernels/kernel.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { bindKernel } from './bind.js';
import { bindDouble } from './bind64.js';
import type { Kernels } from './kernels.js';
import { bindNarrow, leavingNone } from './bind-narrow.js';
import { bindWhole } from './bind-whole.js';
import type { BoundDraw } from './bound-draw.js';
import { GROUP_ELEMENTS, GROUP_ELEMENTS64 } from './groups.js';

/** @param aside  whether the memory has room for float32 beyond the groups asked for */
export function bindDraw(kernels: Kernels, draw: StreamDraw, aside: boolean): BoundDraw {
  const { kernel, narrowing, dtype } = draw;
  const { byteWidth: elementBytes } = DTYPES[dtype];
  if (isWhole(kernel)) return bindWhole(kernels, draw, kernel, aside);
  if (isDouble(kernel)) {
    return {
      elementBytes,
      groupElements: GROUP_ELEMENTS64,
      fill: leavingNone(bindDouble(kernels, kernel, kernels.memory)),
    };
  }
  const fill = narrowing
    ? bindNarrow(kernels, kernel, narrowing, aside)
    : leavingNone(bindKernel(kernels, kernel));
  return { elementBytes, groupElements: GROUP_ELEMENTS, fill };
}
