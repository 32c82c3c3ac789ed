/**
 * Parameters of initialisers: their types and defaults, and whether a value has the type.
 * @module
 */
import { translateValue } from '../../base/foreign-names.js';
import { ValueError, type JumpfillErrorCode } from '../../base/errors.js';
import { show, suggest } from '../../base/wording.js';
import { adviseInteger, readInteger, type IntegerValue } from './integer-parameter.js';
import { checkScaled, isScaled } from './scaled-number.js';

/** A number; `code` is the error's if it cannot be one. */
export interface NumberParameter {
  readonly type: 'number';
  readonly default?: number;
  /** @defaultValue 'BAD_RANGE' */
  readonly code?: JumpfillErrorCode;
}

/** The type and default of a parameter; one without a default is required unless it is optional. */
export type Parameter = {
  /** It has no default, and may be left out. */
  readonly optional?: true;
  /** It has a default, unless others are given that take its place. */
  readonly yields?: true;
} & (
  | NumberParameter
  /** A number, or an integer beyond ±(2^53 - 1). */
  | { readonly type: 'exact' }
  /** A number, or in JSON, which has no infinities, "-inf" or "inf". */
  | { readonly type: 'bound'; readonly default?: number }
  /** `open`: the recipe refuses an unknown value, as not implemented. */
  | {
      readonly type: 'oneOf';
      readonly values: readonly (string | boolean)[];
      readonly default?: string | boolean;
      readonly open?: true;
    }
  | { readonly type: 'flag'; readonly default: boolean }
  /** A whole number; beyond ±(2^53 - 1) its decimal digits, as a string. */
  | { readonly type: 'integer' }
  /** Finite numbers. */
  | { readonly type: 'numbers' }
  /** One dimension of the shape or several; negative numbers count from the end. */
  | { readonly type: 'axes' }
  | { readonly type: 'text' }
);

/** What a parameter of a type holds; one of `oneOf` holds one of its values. */
export interface ParameterValues {
  readonly number: number;
  readonly exact: number | IntegerValue;
  readonly bound: number;
  readonly flag: boolean;
  readonly integer: IntegerValue;
  readonly numbers: readonly number[];
  readonly axes: number | readonly number[];
  readonly text: string;
}

/** Without a default, and not to be left out. */
export const isRequired = (parameter: Parameter): boolean =>
  !('default' in parameter) && parameter.optional !== true;

/** Whether a number may depend on a dimension, a layer or a fan; bit widths and WAGE's factor are always plain. */
export const canScale = (parameter: Parameter): boolean =>
  parameter.type === 'bound' ||
  parameter.type === 'exact' ||
  (parameter.type === 'number' && parameter.code === undefined);

/** JSON has no infinities. */
export const INFINITIES: Readonly<Record<string, number>> = { '-inf': -Infinity, inf: Infinity };

/**
 * Checks that a value has the type of its parameter; ranges depend on the tensor, and are for the recipe.
 * @param where  how the message begins
 * @throws {ValueError} BAD_OPTION: an unknown name, or a flag that is not a boolean; the parameter's own code, BAD_RANGE unless
 *   the table has another: not a number
 */
export function checkType(value: unknown, key: string, parameter: Parameter, where: string): void {
  const refuse = (code: JumpfillErrorCode, remedy: string): ValueError =>
    new ValueError(code, `${where}: ${key} is ${show(value)}.`, remedy, { parameter: key });
  if (canScale(parameter) && isScaled(value)) {
    checkScaled(value, key, `${where}: `);
    return;
  }
  const isNumber = typeof value === 'number' && !Number.isNaN(value);
  switch (parameter.type) {
    case 'number':
      if (isNumber && Number.isFinite(value)) return;
      throw refuse(parameter.code ?? 'BAD_RANGE', `${key} must be a finite number.`);
    case 'exact':
      if ((isNumber && Number.isFinite(value)) || readInteger(value) !== undefined) return;
      throw refuse('BAD_RANGE', `${key} must be a finite number, or the decimal digits of a whole one.`);
    case 'bound':
      if (isNumber || Object.keys(INFINITIES).some((infinity) => infinity === value)) return;
      throw refuse('BAD_RANGE', `${key} must be a number, and may be infinite.`);
    case 'oneOf':
      if (parameter.values.some((known) => known === value)) return;
      throw refuse('BAD_OPTION', suggestValue(value, key, parameter.values));
    case 'flag':
      if (typeof value === 'boolean') return;
      throw refuse('BAD_OPTION', 'Pass true or false.');
    case 'integer':
      if (readInteger(value) !== undefined) return;
      throw refuse('BAD_RANGE', adviseInteger(value, key));
    case 'numbers':
      if (Array.isArray(value) && withoutHoles(value).every(Number.isFinite)) return;
      throw refuse('BAD_RANGE', `${key} must be an array of finite numbers.`);
    case 'axes':
      if (withoutHoles(Array.isArray(value) ? value : [value]).every(Number.isInteger)) return;
      throw refuse('BAD_OPTION', `${key} must be a dimension such as -1, or an array of them.`);
    case 'text':
      if (typeof value === 'string') return;
      throw refuse('BAD_OPTION', `${key} must be a string.`);
  }
}

function suggestValue(value: unknown, key: string, values: readonly (string | boolean)[]): string {
  const names = values.filter((known) => typeof known === 'string');
  if (names.length === values.length) return suggest(value, names, translateValue(key, value));
  const [last, ...others] = values.map((known) => show(known)).reverse();
  return `Pass ${others.reverse().join(', ')} or ${last}.`;
}

/** The same list with undefined in place of holes, which `every` would skip. */
const withoutHoles = (list: readonly unknown[]): readonly unknown[] => [...list];
