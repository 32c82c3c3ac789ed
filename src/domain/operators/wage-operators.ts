/**
 * WAGE's operators on ranges of float32 values, in place: C (`clip`), Q and QW (`quantize`), Shift (`shift`). A thread applies one
 * to its range; the largest magnitude that `shift` needs is a reduction over ranges (`largestMagnitude`).
 *
 * | here | WAGE's TensorFlow (1) | QPyTorch (2), which xbtorch (3) calls |
 * |---|---|---|
 * | `clip` | `C`: to +-(1 - 2^(1-b)); to +-1 for 1 bit and for more than 15 | the same `C` |
 * | `quantize` nearest, ties even | `Q(C(x))`: `tf.round`, half to even | |
 * | `quantize` nearest, ties up | | floor(x * 2^(b-1) + 1/2) in float32, then clamp |
 * | `quantize` stochastic | `G` only: floor on the magnitude, up if the fraction exceeds a random number | floor(x * 2^(b-1) + r) in float32 |
 * | `quantize`, 1 bit | `tf.sign` | all zeros: with no fraction bits the largest value is 0 |
 * | `quantize`, more than 15 bits | leaves values as they are | rounds at any width |
 * | `scale` | `W`: divides by the scale if it is above 1.8 | the same in `QW` |
 * | `shift` nearest | `Shift`: 2^round(log2 max), log2 as a float32 quotient of logarithms | |
 * | `shift` ceiling | | x / 2^ceil(log2 max), log2 rounded to float32: a maximum just above a power of two stays above 1 |
 *
 * Differences: upstream shifts all zeros to NaN (0 / 2^-Infinity), here they stay; here log2 is exact, and the sum
 * x * 2^(b-1) + r is not rounded. Zeros come out as +0, those from underflow included. NaNs stay as they are, bit for bit:
 * which NaN an operation on a NaN gives is up to the processor (IEEE 754-2019, 6.2.3, recommends and does not require).
 *
 * Sources: (1) source/Quantize.py of github.com/boluoweifenda/WAGE at 2f03f45, and the paper, https://arxiv.org/abs/1802.04680,
 * section 3; (2) qtorch/quant/quant_cpu/sim_helper.cpp of github.com/Tiiiger/QPyTorch at 1e78d10 and its
 * examples/WAGE/wage_qtorch.py at 01d353e; (3) src/xbtorch/quant/wage_qtorch.py of github.com/ADAM-Lab-GW/xbtorch at 386e2d5.
 * @module
 */
import { floatBits } from '../arithmetic/bits.js';
import { roundHalfEven, roundHalfUp } from '../arithmetic/rounding.js';
import { float32At, uint32At } from '../arithmetic/typed-at.js';

/** WAGE takes wider values as not quantized. */
export const WIDEST_GRID = 15;

/** A layer's scale divides its quantized weights only above this, which for powers of two means above 1. */
const LEAST_DIVIDED_SCALE = 1.8;

export type Rounding = 'half_even' | 'half_up' | 'stochastic';

/** The largest magnitude that b bits can hold: 1 - 2^(1-b), or 1 if they have no grid. */
export const clipBound = (bits: number): number => (hasGrid(bits) ? 1 - 2 ** (1 - bits) : 1);

/** True if values of this width lie on a grid: one bit is a sign, and more than 15 are not quantized. */
export const hasGrid = (bits: number): boolean => bits > 1 && bits <= WIDEST_GRID;

/**
 * C: clips to +-clipBound.
 * @param values  float32 values, overwritten
 * @param bits    a whole number from 1 on
 */
export function clip(values: Float32Array, bits: number): void {
  const bound = clipBound(bits);
  mapNumbers(values, (x) => clipTo(x, bound));
}

/** NaNs are not even written: a signalling one may come out of a read and a write as a quiet one. */
function mapNumbers(values: Float32Array, change: (x: number, i: number) => number): void {
  for (let i = 0; i < values.length; i++) {
    const x = float32At(values, i);
    if (!Number.isNaN(x)) values[i] = Math.fround(change(x, i)) + 0;
  }
}

const clipTo = (x: number, bound: number): number => Math.min(Math.max(x, -bound), bound);

export interface Quantization {
  /** A whole number from 1 on: 1 gives the sign, more than 15 clips to +-1 and rounds nothing. */
  readonly bits: number;
  readonly rounding: Rounding;
  /** The layer's weight scale (float32); 1 for Q, since nothing is divided by a scale up to 1.8. */
  readonly scale: number;
}

/**
 * Q(C(x)), and QW with a scale: clips, rounds to the grid of 2^(1-b), divides by the scale if that is above 1.8. Error: half a step
 * for nearest, below a step for stochastic, whose bias is at most 2^-24 steps.
 * @param values  float32 values, overwritten
 * @param words   for stochastic rounding, one uint32 an element; unread otherwise
 */
export function quantize(
  values: Float32Array,
  { bits, rounding, scale }: Quantization,
  words?: Uint32Array,
): void {
  const divisor = divisorOf(scale);
  const steps = 2 ** (bits - 1);
  const bound = clipBound(bits);
  const roundSteps = rounderOf(rounding, words);
  const round = (x: number, i: number): number => {
    if (bits === 1) return Math.sign(x);
    if (!hasGrid(bits)) return clipTo(x, bound);
    return roundSteps(clipTo(x, bound) * steps, i) / steps;
  };
  mapNumbers(values, (x, i) => round(x, i) / divisor);
}

/** The divisor of a layer's quantized weights. */
export const divisorOf = (scale: number): number => (scale > LEAST_DIVIDED_SCALE ? scale : 1);

/** Rounds the i-th element to a whole number. */
function rounderOf(rounding: Rounding, words: Uint32Array | undefined): (x: number, i: number) => number {
  switch (rounding) {
    case 'half_even':
      return roundHalfEven;
    case 'half_up':
      return roundHalfUp;
    case 'stochastic':
      if (words === undefined) throw new TypeError('Stochastic rounding takes a word for each element.');
      return (x, i) => roundStochastically(x, uint32At(words, i));
  }
}

/** Rounds up with a probability of the fraction: if the word's 24 high bits, as a number in [0, 1), are below it. */
function roundStochastically(x: number, word: number): number {
  const below = Math.floor(x);
  const fraction = Math.fround(x - below);
  return below + ((word >>> 8) * 2 ** -24 < fraction ? 1 : 0) + 0;
}

/** The largest |x| of a range: NaN if one of them is, 0 if there are none. Math.max combines ranges. */
export function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const x of values) largest = Math.max(largest, Math.abs(x));
  return largest;
}

export type ShiftRounding = 'nearest' | 'ceiling';

/** The fraction bits of the largest float32 below sqrt(2); no float32 is sqrt(2) itself, so nearest has no ties. */
const SQRT2_FRACTION = 0x3504f3;

/**
 * log2 of the largest magnitude, rounded to a whole number without error: Shift divides by that power of two.
 * @param largest  a finite float32 from 0 on; 0 gives 0, so that zeros stay
 */
export function shiftExponent(largest: number, rounding: ShiftRounding): number {
  if (largest === 0) return 0;
  // Subnormal numbers are scaled to normal ones first.
  const lift = largest < 2 ** -126 ? 24 : 0;
  const bits = floatBits(largest * 2 ** lift);
  const exponent = (bits >>> 23) - 127 - lift;
  const fraction = bits & 0x7fffff;
  return fraction > (rounding === 'nearest' ? SQRT2_FRACTION : 0) ? exponent + 1 : exponent;
}

/** x / 2^exponent: exact, or if it underflows rounded to nearest even. */
export function shift(values: Float32Array, exponent: number): void {
  const factor = 2 ** -exponent;
  mapNumbers(values, (x) => x * factor);
}
