/**
 * WAGE's operators on ranges of float32 values, in place: C (`clip`), Q and QW (`quantize`), Shift (`shift`). Each is what
 * a thread does to its range; the largest magnitude `shift` needs is a reduction over ranges (`largestMagnitude`).
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
 * Theirs that are not repeated: all zeros shifted are NaN upstream (0 / 2^-Infinity), here they stay; log2 is exact here; the
 * sum x * 2^(b-1) + r is not rounded here. A zero comes out as +0, what underflows to one too. A NaN stays as it is, bit for bit:
 * which NaN an operation on one gives is the processor's affair (IEEE 754-2019, 6.2.3, recommends, and does not require).
 *
 * Sources: (1) source/Quantize.py of github.com/boluoweifenda/WAGE at 2f03f45, and the paper, https://arxiv.org/abs/1802.04680,
 * section 3; (2) qtorch/quant/quant_cpu/sim_helper.cpp of github.com/Tiiiger/QPyTorch at 1e78d10 and its
 * examples/WAGE/wage_qtorch.py at 01d353e; (3) src/xbtorch/quant/wage_qtorch.py of github.com/ADAM-Lab-GW/xbtorch at 386e2d5.
 * @module
 */
import { roundHalfEven, roundHalfUp } from '../arithmetic/rounding.js';

/** Beyond this width WAGE means "not quantized". */
export const WIDEST_GRID = 15;

/** A layer's scale divides its quantized weights only above this; scales are powers of two, so above 1. */
const LEAST_DIVIDED_SCALE = 1.8;

export type Rounding = 'half_even' | 'half_up' | 'stochastic';

/** The largest magnitude `bits` can hold: 1 - 2^(1-b), and 1 where there is no grid. */
export const clipBound = (bits: number): number => (hasGrid(bits) ? 1 - 2 ** (1 - bits) : 1);

/** Whether values of so many bits lie on a grid: one bit is a sign, more than 15 are not quantized. */
export const hasGrid = (bits: number): boolean => bits > 1 && bits <= WIDEST_GRID;

/**
 * C: to within +-clipBound.
 * @param values  float32 values, overwritten
 * @param bits    a whole number from 1 on
 */
export function clip(values: Float32Array, bits: number): void {
  const bound = clipBound(bits);
  mapNumbers(values, (x) => clipTo(x, bound));
}

/** A NaN is not even written: reading a signalling one and writing it back may make it a quiet one. */
function mapNumbers(values: Float32Array, change: (x: number, i: number) => number): void {
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? 0;
    if (!Number.isNaN(x)) values[i] = Math.fround(change(x, i)) + 0;
  }
}

const clipTo = (x: number, bound: number): number => Math.min(Math.max(x, -bound), bound);

export interface Quantization {
  /** A whole number from 1 on: 1 gives the sign, more than 15 clips to +-1 and rounds nothing. */
  readonly bits: number;
  readonly rounding: Rounding;
  /** The layer's weight scale (float32); 1 for Q, as nothing is divided up to 1.8. */
  readonly scale: number;
}

/**
 * Q(C(x)), and QW with a scale: clipped, on the grid of 2^(1-b), over the scale if that is above 1.8. Error: half a step for
 * nearest, below a step for stochastic, which is unbiased but for 2^-24 steps.
 * @param values  float32 values, overwritten
 * @param words   for stochastic rounding, one uint32 an element, of its own streams; unread otherwise
 */
export function quantize(
  values: Float32Array,
  { bits, rounding, scale }: Quantization,
  words?: Uint32Array,
): void {
  const divisor = divisorOf(scale);
  const steps = 2 ** (bits - 1);
  const bound = clipBound(bits);
  const round = (x: number, i: number): number => {
    if (bits === 1) return Math.sign(x);
    if (!hasGrid(bits)) return clipTo(x, bound);
    return roundSteps(clipTo(x, bound) * steps, rounding, words?.[i] ?? 0) / steps;
  };
  mapNumbers(values, (x, i) => round(x, i) / divisor);
}

/** What a layer's quantized weights are divided by. */
export const divisorOf = (scale: number): number => (scale > LEAST_DIVIDED_SCALE ? scale : 1);

function roundSteps(x: number, rounding: Rounding, word: number): number {
  switch (rounding) {
    case 'half_even':
      return roundHalfEven(x);
    case 'half_up':
      return roundHalfUp(x);
    case 'stochastic':
      return roundStochastically(x, word);
  }
}

/** Up with a probability of the fraction: if the word's 24 high bits, as a number in [0, 1), lie below it. */
function roundStochastically(x: number, word: number): number {
  const below = Math.floor(x);
  const fraction = Math.fround(x - below);
  return below + ((word >>> 8) * 2 ** -24 < fraction ? 1 : 0) + 0;
}

/** The largest |x| of a range, NaN if one is; 0 of an empty range. Ranges are joined by Math.max. */
export function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const x of values) largest = Math.max(largest, Math.abs(x));
  return largest;
}

export type ShiftRounding = 'nearest' | 'ceiling';

const float = new Float32Array(1);
const pattern = new Uint32Array(float.buffer);
/** The fraction of the largest float32 below sqrt(2); no float32 is sqrt(2) itself, so nearest has no ties. */
const SQRT2_FRACTION = 0x3504f3;

/**
 * log2 of the largest magnitude, rounded to a whole number, exactly: the power of two Shift divides by.
 * @param largest  a float32 from 0 to finite; 0 gives 0, so that zeros stay
 */
export function shiftExponent(largest: number, rounding: ShiftRounding): number {
  if (largest === 0) return 0;
  // A subnormal is made normal first.
  const lift = largest < 2 ** -126 ? 24 : 0;
  float[0] = largest * 2 ** lift;
  const bits = pattern[0] ?? 0;
  const exponent = (bits >>> 23) - 127 - lift;
  const fraction = bits & 0x7fffff;
  return fraction > (rounding === 'nearest' ? SQRT2_FRACTION : 0) ? exponent + 1 : exponent;
}

/** x / 2^exponent: exact unless it underflows, then rounded to nearest even. */
export function shift(values: Float32Array, exponent: number): void {
  const factor = 2 ** -exponent;
  mapNumbers(values, (x) => x * factor);
}
