/**
 * WAGE's operators by SIMD on ranges of a tensor's own memory: the same bytes as domain/operators/wage-operators.ts.
 * @module
 */
import { clipBound, divisorOf, hasGrid, type Quantization } from '../../domain/operators/wage-operators.js';
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { raiseLargest, type Operation } from '../../domain/operators/operation.js';
import type { OperatorsExports } from './modules.js';

/** `count` float32 elements from address `at` on. */
export interface FloatRange {
  readonly at: number;
  readonly count: number;
}

export function clipSimd(operators: OperatorsExports, { at, count }: FloatRange, bits: number): void {
  operators.clip(at, count, clipBound(bits));
}

/** @param words  for stochastic rounding, the address of a word for each element, in the same memory */
export function quantizeSimd(
  operators: OperatorsExports,
  { at, count }: FloatRange,
  { bits, rounding, scale }: Quantization,
  words = 0,
): void {
  const divisor = divisorOf(scale);
  if (bits === 1) {
    operators.signs(at, count, divisor);
  } else if (!hasGrid(bits)) {
    operators.clipAndDivide(at, count, divisor);
  } else {
    const [bound, steps] = [clipBound(bits), 2 ** (bits - 1)];
    if (rounding === 'half_even') operators.quantizeHalfEven(at, count, bound, steps, divisor);
    else if (rounding === 'half_up') operators.quantizeHalfUp(at, count, bound, steps, divisor);
    else operators.quantizeStochastic(at, count, words, bound, steps, divisor);
  }
}

/** The largest power of two of float32. */
const LARGEST_POWER = 127;

/** x / 2^exponent, by two factors where float32 cannot hold their product. */
export function shiftSimd(operators: OperatorsExports, { at, count }: FloatRange, exponent: number): void {
  const first = Math.min(-exponent, LARGEST_POWER);
  operators.shift(at, count, 2 ** first, 2 ** (-exponent - first));
}

/** Checks whether the operation needs a word for each element. */
export const takesWords = (
  operation: Operation,
): operation is Extract<Operation, { kind: 'quantize' }> & { readonly words: StreamDraw } =>
  operation.kind === 'quantize' && operation.words !== undefined;

/** @param words  the address of a word for each element, if the operation takes them */
export function operateSimd(
  operators: OperatorsExports,
  operation: Operation,
  range: FloatRange,
  words = 0,
): void {
  switch (operation.kind) {
    case 'clip':
      clipSimd(operators, range, operation.bits);
      break;
    case 'quantize':
      quantizeSimd(operators, range, operation, words);
      break;
    case 'shift':
      shiftSimd(operators, range, operation.exponent);
      break;
    case 'measure':
      raiseLargest(operation.largest, operators.largestMagnitude(range.at, range.count));
      break;
  }
}
