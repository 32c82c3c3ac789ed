/**
 * Refusals of numbers that a dtype cannot hold, or that are out of order.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { nameTensor } from '../../base/wording.js';
import { DTYPES, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';

/** @throws {ValueError} BAD_RANGE: not a finite number that the dtype can hold */
export function checkHeld(value: unknown, parameter: string, dtype: Dtype, name: string | undefined): void {
  const { largest } = DTYPES[dtype];
  if (Math.abs(checkFinite(value, parameter, name)) <= largest) return;
  throw badParameter('BAD_RANGE', parameter, value, name, `A ${dtype} holds at most ${largest}.`);
}

/** About several parameters together: `low is 1 and high is 0.` */
export function refuseRange(
  parameters: Readonly<Record<string, number>>,
  { name }: Pick<TensorForm, 'name'>,
  remedy: string,
): ValueError {
  const listed = Object.entries(parameters).map(([key, value]) => `${key} is ${value}`);
  return new ValueError('BAD_RANGE', `${nameTensor(name)}: ${listed.join(' and ')}.`, remedy);
}
