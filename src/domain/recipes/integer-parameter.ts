/**
 * Integers as parameters: a number as far as numbers are exact, decimal digits beyond. So they are the same in JSON, metadata and code.
 * @module
 */

/** A safe integer, or the decimal digits of one beyond. */
export type IntegerValue = number | string;

/** Enough digits for every integer of 64 bits. */
export const INTEGER_PATTERN = '^-?[0-9]{1,20}$';
const DIGITS = new RegExp(INTEGER_PATTERN);

/** Undefined for what is no integer, or a number that may have been rounded. */
export function readInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return String(value).length <= 21 ? value : undefined;
  if (typeof value === 'string') return DIGITS.test(value) ? BigInt(value) : undefined;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

/** The one way in which specs and metadata write the integer. */
export const writeInteger = (integer: bigint): IntegerValue =>
  Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer);

/** An integer that has been checked, in that way. */
export function rewriteInteger(value: unknown): unknown {
  const integer = readInteger(value);
  return integer === undefined ? value : writeInteger(integer);
}

/** A number, or an integer that numbers do not hold exactly; what is neither stays as it is, for the recipe to refuse. */
export const readExact = (value: number | IntegerValue): number | bigint =>
  typeof value === 'number' ? value : (readInteger(value) ?? (value as unknown as number));

/** What to do about a value that is no integer. */
export function adviseInteger(value: unknown, parameter: string): string {
  const isRounded = typeof value === 'number' && Number.isInteger(value);
  return isRounded
    ? `From 2^53 on a number may have been rounded: write the digits in a string, or pass a bigint.`
    : `${parameter} must be a whole number; beyond ±(2^53 - 1), its decimal digits in a string.`;
}
