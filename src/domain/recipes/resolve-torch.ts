/**
 * Resolves a distribution to what torch draws it with: one `uniform_`, one `normal_`, or upstream's truncated normal, which is one
 * `normal_` of four numbers an element. Parameters stay the doubles that torch.nn.init passes to the call.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { TRUNCATION } from '../kernels/truncated-normal.js';
import { isOf } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import type { TorchKernel } from '../torch/torch-draw.js';
import { checkBounds } from './bounds.js';
import type { Distribution, TruncatedNormal } from './distribution.js';
import type { Init } from './init.js';
import { resolveKernel } from './resolve-kernel.js';
import type { ResolvedDraw } from './resolved-draw.js';
import { checkTorchKind, refuseTorch } from './torch-kinds.js';
import { checkTorchRange, type TorchForm } from './torch-ranges.js';

/**
 * @throws {NotImplementedError} a kind, layout, codes or bounds that torch does not draw with one call
 * @throws {ValueError} BAD_RANGE: parameters that torch refuses, or that the dtype cannot hold; BAD_DTYPE: not a constant for int8
 */
export function resolveTorch(
  { distribution }: { readonly distribution: Distribution },
  form: TensorForm,
  init: Init,
): ResolvedDraw {
  checkTorchKind(init, form.name);
  if (distribution.kind === 'constant') return resolveKernel(distribution, form);
  const drawn = checkDrawn(form);
  const kernel = kernelOf(distribution, form.name);
  checkTorchRange(kernel, drawn);
  return { kind: 'torch', kernel: withoutNegativeZero(kernel), dtype: drawn.dtype };
}

function checkDrawn({ dtype, ...form }: TensorForm): TorchForm {
  if (isOf(dtype, 'float', 'half')) return { ...form, dtype };
  const found = `${nameTensor(form.name)}: dtype is ${show(dtype)}.`;
  const reason = isOf(dtype, 'float8')
    ? 'torch has no uniform_ and no normal_ of 8-bit floats: draw bfloat16, or use the default generator.'
    : `torch draws float32, float64, float16 and bfloat16: with its generator, ${dtype} holds only constants.`;
  throw new ValueError('BAD_DTYPE', found, reason);
}

function kernelOf(
  distribution: Exclude<Distribution, { kind: 'constant' }>,
  name: string | undefined,
): TorchKernel {
  switch (distribution.kind) {
    case 'uniform':
      return { kind: 'torch_uniform', low: distribution.low, high: distribution.high };
    case 'normal':
      return { kind: 'torch_normal', mean: distribution.mean, std: distribution.std };
    case 'truncated_normal':
      checkTruncation(distribution, name);
      return { kind: 'torch_truncated_normal', mean: distribution.mean, std: distribution.std };
    case 'mapped':
      throw refuseTorch('the map of a draw', NO_MAP, name, 'map');
    default:
      throw new TypeError(`torch's generator draws no ${distribution.kind}`);
  }
}

const NO_MAP =
  'Its words are those of the draw before the map. Draw that, and map it yourself, or use the default generator.';

/** -0 counts as 0, as in every recipe: JSON.stringify writes no -0, so the metadata could not hold it. */
const withoutNegativeZero = (kernel: TorchKernel): TorchKernel =>
  kernel.kind === 'torch_uniform'
    ? { ...kernel, low: kernel.low + 0, high: kernel.high + 0 }
    : { ...kernel, mean: kernel.mean + 0, std: kernel.std + 0 };

function checkTruncation({ low, high, within }: TruncatedNormal, name: string | undefined): void {
  checkBounds(low, high, name);
  if (low === -TRUNCATION && high === TRUNCATION && within === undefined) return;
  const bounds = within
    ? `the values ${show(within[0])} and ${show(within[1])}`
    : `${show(low)} and ${show(high)}`;
  const leftOut = within ? 'a and b' : 'low and high';
  throw refuseTorch(
    `a normal truncated at ${bounds}`,
    "torch's own trunc_normal_ redraws what lies outside, so how many words it takes depends on the values. Leave out " +
      `${leftOut} for xbtorch's, within ${TRUNCATION} standard deviations; use normal for infinite bounds, or the default generator.`,
    name,
  );
}
