/**
 * Whether a dtype can hold a number that an initialiser names.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { nameTensor, show } from '../../base/wording.js';
import { heldValue, isWhole } from '../patterns/element-of.js';
import { isOf, wholeRange } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkHeld } from './ranges.js';

type Held = Pick<TensorForm, 'dtype' | 'name'>;

/**
 * @returns  the dtype's nearest value; never -0, which JSON does not write
 * @throws {ValueError} BAD_RANGE: not a number that the dtype holds, or one that becomes 0 in it; BAD_DTYPE: nothing is computed in it
 */
export function holdElement(value: unknown, parameter: string, form: Held): number {
  checkComputed(form);
  return isOf(form.dtype, 'integer', 'boolean')
    ? holdWhole(value, parameter, form)
    : holdFloat(value, parameter, form);
}

/** @throws {ValueError} BAD_DTYPE: an opaque dtype, in which nothing is computed */
export function checkComputed({ dtype, name }: Held): void {
  if (!isOf(dtype, 'opaque')) return;
  const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
  throw new ValueError('BAD_DTYPE', found, 'It holds a constant only.');
}

function holdFloat(value: unknown, parameter: string, { dtype, name }: Held): number {
  const number = checkFinite(value, parameter, name);
  checkHeld(number, parameter, dtype, name);
  const held = heldValue(dtype, number) + 0;
  if (held !== 0 || number === 0) return held;
  throw badParameter('BAD_RANGE', parameter, value, name, `So small a value is 0 as a ${dtype}.`);
}

/** Numbers beyond 2^53 may have been rounded when they were read. */
function holdWhole(value: unknown, parameter: string, { dtype, name }: Held): number {
  const number = checkFinite(value, parameter, name);
  if (Number.isSafeInteger(number) && isWhole(dtype, number)) return number + 0;
  throw badParameter('BAD_RANGE', parameter, value, name, rangeOf({ dtype, name }));
}

function rangeOf({ dtype }: Held): string {
  if (!isOf(dtype, 'integer', 'boolean')) return '';
  const safe = BigInt(Number.MAX_SAFE_INTEGER);
  const { least, largest } = wholeRange(dtype);
  const low = least < -safe ? '-(2^53 - 1)' : String(least);
  const high = largest > safe ? '2^53 - 1' : String(largest);
  return `As ${dtype} it is a whole number from ${low} to ${high}.`;
}
