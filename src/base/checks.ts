/**
 * Checks of a recipe's numbers. An error says which parameter it is about, so that a spec's reader can point to it.
 * @module
 */
import { ValueError, type JumpfillErrorCode } from './errors.js';
import { translateValue } from './foreign-names.js';
import { nameTensor, show, suggest } from './wording.js';

/** @throws {ValueError} BAD_RANGE: no finite number */
export function checkFinite(value: unknown, parameter: string, name: string | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badParameter('BAD_RANGE', parameter, value, name, `${parameter} is a finite number.`);
}

/** @throws {ValueError} of the code: no finite number above 0 */
export function checkPositive(
  value: unknown,
  parameter: string,
  name: string | undefined,
  code: JumpfillErrorCode = 'BAD_RANGE',
): number {
  if (typeof value === 'number' && value > 0 && value < Infinity) return value;
  throw badParameter(code, parameter, value, name, `${parameter} is a positive finite number.`);
}

export function badParameter(
  code: JumpfillErrorCode,
  parameter: string,
  value: unknown,
  name: string | undefined,
  remedy: string,
): ValueError {
  const found = `${nameTensor(name)}: ${parameter} is ${show(value)}.`;
  return new ValueError(code, found, remedy, { parameter });
}

/** @throws {ValueError} BAD_OPTION: not one of the words */
export function checkOneOf<T extends string>(
  value: unknown,
  words: readonly T[],
  parameter: string,
  name: string | undefined,
): T {
  const known = words.find((word) => word === value);
  if (known !== undefined) return known;
  const remedy = suggest(value, words, translateValue(parameter, value));
  throw badParameter('BAD_OPTION', parameter, value, name, remedy);
}
