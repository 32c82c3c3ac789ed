/**
 * torch's `uniform_(low, high)`: low + x * (high - low) rounded once, x uniform on [0, 1); where that is high, it is low instead.
 *
 * The halves compute in float32, from bounds rounded to float32, and round the value; only then it is compared with the rounded high.
 *
 * Source: aten/src/ATen/native/cpu/DistributionTemplates.h (uniform_kernel) and ATen/core/TransformationHelper.h (uniform_real) of
 * PyTorch 2.13.0, compiled with fused multiply-add.
 * @module
 */
import { fma32, fma64 } from '../arithmetic/fma.js';
import { openWords } from '../streams/mt19937-words.js';
import type { ElementArray } from '../tensors/dtypes.js';
import { wordsPerUniform } from './normal-layout.js';
import { operand, ROUND, storeValues } from './rounding.js';
import type { TorchDraw, TorchDtype } from './torch-draw.js';
import { uniformDouble, uniformFloat } from './uniforms.js';

/** The bounds as the kernel has them. */
interface Bounds {
  readonly from: number;
  readonly width: number;
  /** What a value equal to `forbidden` becomes. */
  readonly instead: number;
  readonly forbidden: number;
}

function boundsOf(dtype: TorchDtype, low: number, high: number): Bounds {
  const round = ROUND[dtype];
  const from = operand(dtype, low);
  const width = operand(dtype, operand(dtype, high) - from);
  return { from, width, instead: round(low), forbidden: round(high) };
}

const PIECE = 2048;
const wordBuffer = new Uint32Array(2 * PIECE);
const singleBuffer = new Float32Array(PIECE);

/**
 * Elements start to start + out.length - 1 of a uniform draw.
 * @param out  shape [n] of the draw's dtype, overwritten
 */
export function fillUniform(
  { dtype, root, firstWord }: TorchDraw,
  { low, high }: { readonly low: number; readonly high: number },
  start: number,
  out: ElementArray,
): void {
  if (out.length === 0) return;
  const bounds = boundsOf(dtype, low, high);
  const width = wordsPerUniform(dtype);
  const source = openWords(root, firstWord + width * start);
  for (let done = 0; done < out.length; done += PIECE) {
    const piece = out.subarray(done, done + PIECE);
    const words = wordBuffer.subarray(0, width * piece.length);
    source.read(words);
    if (piece instanceof Float64Array) scaleDoubles(piece, words, bounds);
    else storeValues(dtype, piece, scaleSingles(piece.length, words, bounds, ROUND[dtype]));
  }
}

function scaleDoubles(
  out: Float64Array,
  words: Uint32Array,
  { from, width, instead, forbidden }: Bounds,
): void {
  for (let i = 0; i < out.length; i++) {
    const value = fma64(uniformDouble(words, i), width, from);
    out[i] = value === forbidden ? instead : value;
  }
}

function scaleSingles(
  count: number,
  words: Uint32Array,
  { from, width, instead, forbidden }: Bounds,
  round: (x: number) => number,
): Float32Array {
  const values = singleBuffer.subarray(0, count);
  for (let i = 0; i < count; i++) {
    const value = round(fma32(uniformFloat(words, i), width, from));
    values[i] = value === forbidden ? instead : value;
  }
  return values;
}
