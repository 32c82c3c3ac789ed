/**
 * The parameters that torch's draws take. What torch refuses is refused, and what would overflow the dtype; a width of 0 and one that
 * is lost in rounding are legal, as in torch, and take their words.
 * @module
 */
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { carrierOf, DTYPES } from '../tensors/dtypes.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { normalReach } from '../torch/reach.js';
import type { TorchDtype, TorchKernel } from '../torch/torch-draw.js';
import { checkHeld, refuseRange } from './ranges.js';

export interface TorchForm extends TensorForm {
  readonly dtype: TorchDtype;
}

/** @throws {ValueError} BAD_RANGE */
export function checkTorchRange(kernel: TorchKernel, form: TorchForm): void {
  if (kernel.kind === 'torch_uniform') checkUniform(kernel, form);
  else checkNormal(kernel, form);
}

function checkUniform(
  { low, high }: Extract<TorchKernel, { kind: 'torch_uniform' }>,
  { dtype, name }: TorchForm,
): void {
  checkHeld(low, 'low', dtype, name);
  checkHeld(high, 'high', dtype, name);
  if (low > high) throw refuseRange({ low, high }, { name }, 'low must not be above high.');
  const { largest } = DTYPES[dtype];
  if (high - low <= largest && widthOf(low, high, dtype) <= largest) return;
  throw refuseRange({ low, high }, { name }, `torch draws ${dtype} from intervals no wider than ${largest}.`);
}

/** As torch computes it: halves in float32. */
const widthOf = (low: number, high: number, dtype: TorchDtype): number =>
  carrierOf(dtype) === 'float64' ? high - low : Math.fround(Math.fround(high) - Math.fround(low));

/** Halves are rounded up to three times on the way, each time by 2^-9 of themselves at most. */
const ROUNDED_UP: Readonly<Record<TorchDtype, number>> = {
  float32: 1,
  float64: 1,
  float16: 1 + 2 ** -7,
  bfloat16: 1 + 2 ** -7,
};

function checkNormal(
  kernel: Exclude<TorchKernel, { kind: 'torch_uniform' }>,
  { shape, dtype, name }: TorchForm,
): void {
  const { mean, std } = kernel;
  checkFinite(mean, 'mean', name);
  checkFinite(std, 'std', name);
  if (std < 0) throw badParameter('BAD_RANGE', 'std', std, name, 'std must not be negative.');
  const reach = normalReach(kernel, dtype, countElements(shape));
  const furthest = (Math.abs(mean) + reach * std) * (std === 0 ? 1 : ROUNDED_UP[dtype]);
  if (furthest <= DTYPES[dtype].largest) return;
  const found = `Values reach beyond ${furthest}, more than a ${dtype} can hold.`;
  throw refuseRange({ mean, std }, { name }, found);
}
