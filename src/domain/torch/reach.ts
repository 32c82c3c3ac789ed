/**
 * How far torch's normals reach. Their radius is sqrt(-2 ln u), so the smallest u decides: 2^-24 in blocks of float32 and halves, whose
 * uniforms have 24 bits, and 2^-53 in all other cases.
 * @module
 */
import { LN2 } from '../arithmetic/portable-math.js';
import { countNormals, NORMAL_BLOCK } from './normal-layout.js';
import type { TorchDtype, TorchKernel } from './torch-draw.js';

/** 5.77: sqrt(-2 ln 2^-24). */
export const BLOCK_REACH = Math.sqrt(2 * 24 * LN2);
/** 8.57: sqrt(-2 ln 2^-53). */
export const DOUBLE_REACH = Math.sqrt(2 * 53 * LN2);

/** Whether a value can be the second normal of a pair. One that lies further out could overflow a dtype that holds all others. */
export const isNormal = (value: unknown): boolean =>
  typeof value === 'number' && Math.abs(value) <= DOUBLE_REACH;

/**
 * In standard deviations, apart from the rounding of a value; 0 for a uniform.
 * @param elementCount  of the whole tensor
 */
export function normalReach(kernel: TorchKernel, dtype: TorchDtype, elementCount: number): number {
  if (kernel.kind === 'torch_uniform') return 0;
  const isBlocks = countNormals(kernel, elementCount) >= NORMAL_BLOCK;
  return isBlocks && dtype !== 'float64' ? BLOCK_REACH : DOUBLE_REACH;
}
