/**
 * Binds a draw from streams to calls of SIMD code.
 * @module
 */
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { isDouble, isWhole } from '../../domain/kernels/kernel-kinds.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { OnDemand } from '../host/on-demand.js';
import { bindKernel } from './bind.js';
import type * as double from './bind64.js';
import type { Kernels } from './kernels.js';
import type * as narrow from './bind-narrow.js';
import type * as whole from './bind-whole.js';
import { leavingNone, type BoundDraw } from './bound-draw.js';
import { GROUP_ELEMENTS, GROUP_ELEMENTS64 } from './groups.js';

const doubles = new OnDemand<typeof double>('src/engine/simd/bind64.js');
const narrowed = new OnDemand<typeof narrow>('src/engine/simd/bind-narrow.js');
const wholes = new OnDemand<typeof whole>('src/engine/simd/bind-whole.js');

/** @param aside  whether the memory has room for float32 beyond the groups asked for */
export function bindDraw(kernels: Kernels, draw: StreamDraw, aside: boolean): BoundDraw {
  const { kernel, narrowing, dtype } = draw;
  const { byteWidth: elementBytes } = DTYPES[dtype];
  if (isWhole(kernel)) return wholes.load().bindWhole(kernels, draw, kernel, aside);
  if (isDouble(kernel)) {
    return {
      elementBytes,
      groupElements: GROUP_ELEMENTS64,
      fill: leavingNone(doubles.load().bindDouble(kernels, kernel, kernels.memory)),
    };
  }
  const fill = narrowing
    ? narrowed.load().bindNarrow(kernels, kernel, narrowing, aside)
    : leavingNone(bindKernel(kernels, kernel));
  return { elementBytes, groupElements: GROUP_ELEMENTS, fill };
}
