/**
 * Checks of SIMD kernels: what they are tried on, and which of them a draw needs.
 * @module
 */
import type { Draw } from '../../domain/draws/draw.js';
import type { Kernel } from '../../domain/kernels/kernel.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import type { TorchKernel } from '../../domain/torch/torch-draw.js';

/** WAGE's operators. */
export const OPERATIONS = 'operations';

/** Kernels that compare. */
export const COMPARISONS = 'comparisons';

/** Products of matrices, in either precision. */
export type MatrixFamily = 'orthogonal' | 'orthogonal64';

/** Checked together, when a job first needs it: a kernel, a narrow dtype, or the operators. */
export type KernelFamily =
  Kernel['kind'] | TorchKernel['kind'] | MatrixFamily | Dtype | typeof OPERATIONS | typeof COMPARISONS;

/** A range of a draw, which the kernels and the specification fill. */
export interface Check {
  /** For a narrow dtype from streams the dtype, otherwise the kernel. */
  readonly family: KernelFamily;
  readonly makeDraw: () => Draw;
  readonly start: number;
  readonly elementCount: number;
}

/** The families behind WAGE's operators. */
export const OPERATION_FAMILIES: readonly KernelFamily[] = [OPERATIONS, 'words'];

/** The families behind a draw. */
export function familiesOf(draw: Draw): readonly KernelFamily[] {
  switch (draw.kind) {
    case 'stream':
      return draw.narrowing === undefined
        ? familiesOfKernel(draw.kernel)
        : [...familiesOfKernel(draw.kernel), draw.dtype];
    case 'constant':
      return [];
    case 'torch':
      return [draw.kernel.kind];
    case 'orthogonal':
      return draw.dtype === 'float64' ? ['normal64', 'orthogonal64'] : ['normal', 'orthogonal'];
    case 'pattern':
      return [];
    case 'sparse':
      return [...new Set([...familiesOf(draw.values), ...familiesOf(draw.keys)])];
    case 'packed':
      return familiesOf(draw.codes);
    case 'pieces':
      return [...new Set(draw.pieces.flatMap(({ of }) => familiesOf(of)))];
  }
}

/** The families behind a comparison with a draw: bind-compare.ts says which draws have a kernel that compares. */
export const familiesOfComparison = (draw: Draw): readonly KernelFamily[] =>
  draw.kind === 'stream' && draw.kernel.kind === 'uniform' && draw.narrowing === undefined
    ? [...familiesOf(draw), COMPARISONS]
    : familiesOf(draw);

/** A map is made of another kernel's values. */
const familiesOfKernel = (kernel: Kernel): readonly KernelFamily[] =>
  'of' in kernel ? [...familiesOfKernel(kernel.of), kernel.kind] : [kernel.kind];
