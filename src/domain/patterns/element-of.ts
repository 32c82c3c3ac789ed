/**
 * Numbers as elements of any dtype: the nearest that it holds, rounded once.
 * @module
 */
import { floatBits, floatOfBits } from '../arithmetic/bits.js';
import { isNarrowDtype, NARROW_FORMATS } from '../arithmetic/narrow-floats.js';
import { isOf, wholeRange, type BigElementArray, type Dtype, type ElementArray } from '../tensors/dtypes.js';

/** What an array of elements holds: bigints for int64 and uint64, else numbers; patterns for narrow floats. */
export type Element = number | bigint;

export const isBig = (out: ElementArray): out is BigElementArray =>
  out instanceof BigInt64Array || out instanceof BigUint64Array;

/** @returns the function that makes elements of numbers that the dtype holds */
export function elementsOf(dtype: Dtype): (value: number) => Element {
  if (dtype === 'int64' || dtype === 'uint64') return BigInt;
  if (!isNarrowDtype(dtype)) return (value) => value;
  const { toBits } = NARROW_FORMATS[dtype];
  return (value) => toBits(roundToOdd(value));
}

/** The number that an element of this value has: rounded to nearest, ties to even. A value beyond the dtype has the outermost, or infinity. */
export function heldValue(dtype: Dtype, value: number): number {
  if (dtype === 'float32') return Math.fround(value);
  if (!isNarrowDtype(dtype)) return value;
  const { toBits, fromBits } = NARROW_FORMATS[dtype];
  return fromBits(toBits(roundToOdd(value)));
}

/** Whether the dtype of whole numbers has exactly this one; a double beyond 2^53 may be one. */
export function isWhole(dtype: Dtype, value: number): boolean {
  if (!isOf(dtype, 'integer', 'boolean') || !Number.isInteger(value)) return false;
  const { least, largest } = wholeRange(dtype);
  return least <= BigInt(value) && BigInt(value) <= largest;
}

/**
 * A double rounded to one of its two neighbours in float32, the one whose last bit is 1, unless it is a float32 itself: rounding the
 * result to at least two bits less is rounding the double. Source: Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums",
 * IEEE Trans. Comput. 57(4), 2008, https://doi.org/10.1109/TC.2007.70819, theorem 2.
 */
export function roundToOdd(x: number): number {
  const nearest = Math.fround(x);
  const bits = floatBits(nearest);
  if (nearest === x || Number.isNaN(x) || (bits & 1) === 1) return nearest;
  // The neighbour on the other side of x; patterns count up with the magnitude.
  return floatOfBits(Math.abs(nearest) < Math.abs(x) ? bits + 1 : bits - 1);
}

/** Writes one element to a range: numbers and bigints do not mix, which the compiler cannot follow. */
export function putRun(out: ElementArray, element: Element, from: number, to: number): void {
  if (isBig(out)) out.fill(BigInt(element), from, to);
  else out.fill(Number(element), from, to);
}

/** Writes one element. */
export function put(out: ElementArray, element: Element, at: number): void {
  if (isBig(out)) out[at] = BigInt(element);
  else out[at] = Number(element);
}
