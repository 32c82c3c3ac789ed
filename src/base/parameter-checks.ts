/**
 * Checks of an initialiser's parameters. An error carries the parameter it is about, so that the spec's path can name it.
 * @module
 */
import { ValueError, type JumpfillErrorCode } from './errors.js';
import { translateValue } from './foreign-names.js';
import { nameTensor, show, suggest } from './wording.js';

/** @throws {ValueError} BAD_RANGE: not a finite number */
export function checkFinite(value: unknown, parameter: string, name: string | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badParameter('BAD_RANGE', parameter, value, name, `${parameter} must be a finite number.`);
}

/** @throws {ValueError} of this code: not a finite number above 0 */
export function checkPositive(
  value: unknown,
  parameter: string,
  name: string | undefined,
  code: JumpfillErrorCode = 'BAD_RANGE',
): number {
  if (typeof value === 'number' && value > 0 && value < Infinity) return value;
  throw badParameter(code, parameter, value, name, `${parameter} must be a positive finite number.`);
}

export function badParameter(
  code: JumpfillErrorCode,
  parameter: string,
  value: unknown,
  name: string | undefined,
  remedy: string,
): ValueError {
  const found = `${nameTensor(name)}: ${parameter} is ${value === undefined ? 'missing' : show(value)}.`;
  return new ValueError(code, found, remedy, { parameter });
}

/** @throws {ValueError} BAD_OPTION: not one of the values */
export function checkOneOf<T extends string>(
  value: unknown,
  values: readonly T[],
  parameter: string,
  name: string | undefined,
): T {
  const known = values.find((candidate) => candidate === value);
  if (known !== undefined) return known;
  const remedy = suggest(value, values, translateValue(parameter, value));
  throw badParameter('BAD_OPTION', parameter, value, name, remedy);
}
