/**
 * Whole numbers from low on, `range` of them, all equally likely: the specification.
 *
 * One 64-bit word w for each element, whatever its dtype: low + floor(w range / 2^64), so every dtype that holds the numbers gets the same
 * ones. No word is rejected. Bias: a number comes from floor(2^64 / range) words or from one more, so its probability is 1 / range to
 * within 2^-64, relative to which that is range / 2^64 at most; a range that is a power of two has none.
 * The multiplication instead of a remainder: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019, section 3,
 * https://doi.org/10.1145/3230636 (without its rejection: which word an element takes depends on its index alone).
 * @module
 */
import { halvesOf, joinHalves, multiplyHigh, type Halves } from '../arithmetic/multiply-high.js';
import { uint32At } from '../arithmetic/typed-at.js';
import type { ElementArray } from '../tensors/dtypes.js';

export interface IntegersParameters {
  readonly kind: 'integers';
  /** The least number, modulo 2^64. */
  readonly low: Halves;
  /** How many numbers there are, 1 to 2^64, less one. */
  readonly last: Halves;
}

/** @param high  above every number, by 2^64 - low at most */
export const integersParameters = (low: bigint, high: bigint): IntegersParameters => ({
  kind: 'integers',
  low: halvesOf(low),
  last: halvesOf(high - low - 1n),
});

/** The least number, where it lies from -2^63 to 2^63 - 1. */
export const signedLow = ({ low }: IntegersParameters): bigint => BigInt.asIntN(64, joinHalves(low));

/**
 * @param out    shape [n], overwritten; its numbers hold every value exactly
 * @param words  2n uint32: n 64-bit words, one for each element, low half first, in block order (generator.ts)
 */
export function fillIntegers(out: ElementArray, words: Uint32Array, parameters: IntegersParameters): void {
  const { low, last } = parameters;
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    const halves = new Uint32Array(out.buffer, out.byteOffset, 2 * out.length);
    fillHalves(halves, words, low, last);
  } else if (out instanceof Float64Array || out instanceof Float32Array) {
    fillFloats(out, words, Number(signedLow(parameters)), last);
  } else {
    fillLowHalves(out, words, low.low, last);
  }
}

/** floor(w range / 2^64) of one word. */
const step = new Uint32Array(2);

function takeStep(words: Uint32Array, i: number, last: Halves): void {
  multiplyHigh(uint32At(words, 2 * i), uint32At(words, 2 * i + 1), last, step);
}

/** 64-bit integers, as halves. */
function fillHalves(out: Uint32Array, words: Uint32Array, low: Halves, last: Halves): void {
  for (let i = 0; 2 * i < out.length; i++) {
    takeStep(words, i, last);
    const sum = low.low + uint32At(step, 0);
    out[2 * i] = sum;
    out[2 * i + 1] = low.high + uint32At(step, 1) + (sum >= HALF ? 1 : 0);
  }
}

const HALF = 2 ** 32;

/** Each sum is a whole number between two that a double holds exactly, up to 2^53. */
function fillFloats(out: Float32Array | Float64Array, words: Uint32Array, low: number, last: Halves): void {
  for (let i = 0; i < out.length; i++) {
    takeStep(words, i, last);
    out[i] = low + uint32At(step, 1) * HALF + uint32At(step, 0);
  }
}

/** Integers of 32 bits or fewer: the array keeps the low bits of a number, which are the number itself. */
function fillLowHalves(
  out: Exclude<ElementArray, Float32Array | Float64Array | BigInt64Array | BigUint64Array>,
  words: Uint32Array,
  low: number,
  last: Halves,
): void {
  for (let i = 0; i < out.length; i++) {
    takeStep(words, i, last);
    out[i] = low + uint32At(step, 0);
  }
}
