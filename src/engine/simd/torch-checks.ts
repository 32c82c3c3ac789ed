/**
 * torch's draws that SIMD kernels are tried on. Each begins and ends within a group, and a normal's last 16 are drawn again.
 * @module
 */
import type { TorchDtype, TorchKernel } from '../../domain/torch/torch-draw.js';
import type { Check } from './check.js';

const ROOT = [0x01234567];

/** Where a check's words are. */
interface Place {
  readonly firstWord: number;
  readonly start: number;
}

/** Near the root, where words are stepped over, and just so far from it that they are jumped over, by the specification too. */
const NEAR: Place = { firstWord: 3, start: 1013 };
const FAR: Place = { firstWord: 0x1234567, start: 35 };

/** A window of 624 words is lent to the tensor, and more words than that are made there. */
const LONG = 2000;
const SHORT = 300;

const torch = (kernel: TorchKernel, dtype: TorchDtype, place: Place, elementCount = SHORT): Check => ({
  family: kernel.kind,
  makeDraw: () => ({
    kind: 'torch',
    dtype,
    kernel,
    root: ROOT,
    firstWord: place.firstWord,
    elementCount: place.start + elementCount,
  }),
  start: place.start,
  elementCount,
});

const uniform = (low: number, high: number, dtype: TorchDtype, place: Place, elementCount?: number): Check =>
  torch({ kind: 'torch_uniform', low, high }, dtype, place, elementCount);

const normal = (
  kind: 'torch_normal' | 'torch_truncated_normal',
  mean: number,
  std: number,
  dtype: TorchDtype,
  place: Place,
  elementCount?: number,
): Check => torch({ kind, mean, std }, dtype, place, elementCount);

/** At least one for each function of the modules; bind-torch.ts chooses the function. */
export const torchChecks: readonly Check[] = [
  uniform(-0.75, 0.75, 'float32', NEAR, LONG),
  uniform(0, 0.3, 'float32', FAR, LONG),
  uniform(1, 3.3, 'float32', NEAR),
  // Products are often midway between two float32, and a sum's last bits are lost there, on either side.
  uniform(2 ** -60, 1.5, 'float32', NEAR),
  uniform(-(2 ** -60), 1.5, 'float32', NEAR),
  // So that low is partly lost: one product in 128 comes so close to a tie that the sum becomes one, from above or from below.
  uniform(2 ** -30 + 2 ** -53, 2 - 2 ** -6, 'float32', NEAR, LONG),
  uniform(2 ** -30 - 2 ** -54, 2 - 2 ** -6, 'float32', NEAR, LONG),
  uniform(-0.75, 0.75, 'float64', NEAR, LONG),
  uniform(0, 0.3, 'float64', NEAR, LONG),
  uniform(0.1, 0.7, 'float64', NEAR),
  // The same in float64.
  uniform(2 ** -150, 1.5, 'float64', NEAR),
  uniform(-(2 ** -150), 1.5, 'float64', NEAR),
  uniform(-0.05, 0.05, 'float16', NEAR),
  uniform(1, 3, 'float16', NEAR),
  uniform(0, 1, 'bfloat16', NEAR),
  uniform(-1, -0.1, 'bfloat16', NEAR),
  normal('torch_normal', 0, 0.02, 'float32', NEAR, LONG),
  normal('torch_normal', 0.3, 1.7, 'float32', FAR, LONG),
  normal('torch_normal', 2 ** -60, 1.5, 'float32', NEAR),
  normal('torch_normal', -(2 ** -60), 1.5, 'float32', NEAR),
  normal('torch_normal', 2 ** -29 + 2 ** -52, 2 - 2 ** -6, 'float32', NEAR, LONG),
  normal('torch_normal', 2 ** -29 - 2 ** -53, 2 - 2 ** -6, 'float32', NEAR, LONG),
  normal('torch_normal', 0, 1, 'float16', NEAR),
  normal('torch_normal', 3, 1, 'bfloat16', NEAR),
  normal('torch_truncated_normal', 0, 0.02, 'float32', NEAR, LONG),
  normal('torch_truncated_normal', -1.5, 3, 'float32', FAR),
  // Products below float16's smallest normal number, and sums above it.
  normal('torch_truncated_normal', 0, 2 ** -14, 'float16', NEAR),
  normal('torch_truncated_normal', 0.7, 0.3, 'float16', NEAR),
  // Of so few bits that products lie midway between two bfloat16.
  normal('torch_truncated_normal', 0.7, 0.375, 'bfloat16', NEAR),
];
