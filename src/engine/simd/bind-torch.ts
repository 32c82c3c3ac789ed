/**
 * Binds torch's draws to calls of SIMD code.
 * @module
 */
import type { TorchDraw } from '../../domain/torch/torch-draw.js';
import { bindTorchUniform } from './bind-torch-uniform.js';
import type { BoundTorch } from './bound-torch.js';
import type { Kernels } from './kernels.js';

/** @returns  undefined for what is left to the specification */
export function bindTorch(kernels: Kernels, { kernel, dtype }: TorchDraw): BoundTorch | undefined {
  switch (kernel.kind) {
    case 'torch_uniform':
      return bindTorchUniform(kernels, kernel, dtype);
    case 'torch_normal':
    case 'torch_truncated_normal':
      return undefined;
  }
}
