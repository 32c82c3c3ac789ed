/**
 * Binds torch's draws to calls of SIMD code.
 * @module
 */
import { countNormals, NORMAL_BLOCK } from '../../domain/torch/normal-layout.js';
import type { TorchDraw } from '../../domain/torch/torch-draw.js';
import { bindTorchNormal, bindTorchTruncatedNormal } from './bind-torch-normal.js';
import { bindTorchUniform } from './bind-torch-uniform.js';
import type { BoundTorch } from './bound-torch.js';
import type { Kernels } from './kernels.js';

/** @returns  undefined for what is left to the specification */
export function bindTorch(
  kernels: Kernels,
  { kernel, dtype, elementCount }: TorchDraw,
): BoundTorch | undefined {
  if (kernel.kind === 'torch_uniform') return bindTorchUniform(kernels, kernel, dtype);
  if (countNormals(kernel, elementCount) < NORMAL_BLOCK) return undefined;
  return kernel.kind === 'torch_normal'
    ? bindTorchNormal(kernels, kernel, dtype)
    : bindTorchTruncatedNormal(kernels, kernel, dtype);
}
