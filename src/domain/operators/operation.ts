/**
 * Operations: WAGE's operators (wage-operators.ts) on a range of a tensor, as data that crosses threads.
 * @module
 */
import { at } from '../../base/at.js';
import { QUANTIZE_SUFFIX } from '../tensors/names.js';
import { floatBits } from '../arithmetic/bits.js';
import { fillStreamRange, type StreamDraw } from '../draws/stream-draw.js';
import { DEFAULT_GENERATOR, GENERATORS } from '../streams/generators.js';
import { clip, largestMagnitude, quantize, shift, type Quantization } from './wage-operators.js';

export type Operation =
  | { readonly kind: 'clip'; readonly bits: number }
  /** `words`: for stochastic rounding, the draw of an element's word. */
  | ({ readonly kind: 'quantize'; readonly words: StreamDraw | undefined } & Quantization)
  | { readonly kind: 'shift'; readonly exponent: number }
  /** Raises the float32 in `largest` to the largest magnitude. */
  | { readonly kind: 'measure'; readonly largest: SharedArrayBuffer };

/**
 * The words of stochastic rounding, one an element, from the streams of (seed, name, call).
 * @param call  a whole number from 0
 */
export function quantizeWords(seed: bigint, name: string, call = 0): StreamDraw {
  const suffix = call === 0 ? QUANTIZE_SUFFIX : `${QUANTIZE_SUFFIX}\0${call}`;
  return {
    kind: 'stream',
    dtype: 'float32',
    root: GENERATORS[DEFAULT_GENERATOR].root(seed, name + suffix),
    kernel: { kind: 'words' },
  };
}

/**
 * Carries an operation out: the specification.
 * @param start   element of the logical tensor
 * @param values  shape [n], overwritten
 */
export function operate(operation: Operation, start: number, values: Float32Array): void {
  switch (operation.kind) {
    case 'clip':
      clip(values, operation.bits);
      break;
    case 'quantize':
      quantize(values, operation, operation.words && readWords(operation.words, start, values.length));
      break;
    case 'shift':
      shift(values, operation.exponent);
      break;
    case 'measure':
      raiseLargest(operation.largest, largestMagnitude(values));
      break;
  }
}

function readWords(draw: StreamDraw, start: number, count: number): Uint32Array {
  const words = new Float32Array(count);
  fillStreamRange(draw, start, words);
  return new Uint32Array(words.buffer);
}

const NAN_BITS = 0x7fc00000;

/** The bits of magnitudes are in the order of the magnitudes, those of a NaN above all. */
export function raiseLargest(largest: SharedArrayBuffer, magnitude: number): void {
  const shared = new Int32Array(largest, 0, 1);
  // A NaN may have its sign bit set, which would put it below all.
  const wanted = Number.isNaN(magnitude) ? NAN_BITS : floatBits(magnitude);
  for (let seen = Atomics.load(shared, 0); seen < wanted;) {
    const before = Atomics.compareExchange(shared, 0, seen, wanted);
    if (before === seen) return;
    seen = before;
  }
}

export const readLargest = (largest: SharedArrayBuffer): number => at(new Float32Array(largest, 0, 1), 0);
