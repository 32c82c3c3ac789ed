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
import { wordsPerUniform } from './normal-layout.js';
import { isHalf, operand, ROUND, storeValues, toHalf } from './rounding.js';
import type { TorchDraw, TorchDtype, TorchElements } from './torch-draw.js';
import { uniformDouble, uniformFloat } from './uniforms.js';

/** The bounds as the caller gave them. */
export interface UniformLaw {
  readonly low: number;
  readonly high: number;
}

/** The bounds as the kernel computes with them. */
export interface Bounds {
  readonly from: number;
  readonly width: number;
}

export const boundsOf = (dtype: TorchDtype, { low, high }: UniformLaw): Bounds => {
  const from = operand(dtype, low);
  return { from, width: operand(dtype, operand(dtype, high) - from) };
};

const PIECE = 2048;
const wordBuffer = new Uint32Array(2 * PIECE);
const singleBuffer = new Float32Array(PIECE);

/**
 * Elements start to start + out.length - 1 of a uniform draw.
 * @param out  shape [n] of the draw's dtype, overwritten
 */
export function fillUniform(
  { dtype, root, firstWord }: TorchDraw,
  law: UniformLaw,
  start: number,
  out: TorchElements,
): void {
  if (out.length === 0) return;
  const bounds = boundsOf(dtype, law);
  const width = wordsPerUniform(dtype);
  const source = openWords(root, firstWord + width * start);
  for (let done = 0; done < out.length; done += PIECE) {
    const piece = out.subarray(done, done + PIECE);
    const words = wordBuffer.subarray(0, width * piece.length);
    source.read(words);
    if (isHalf(dtype)) {
      const values = singleBuffer.subarray(0, piece.length);
      scaleSingles(values, words, bounds);
      storeValues(dtype, piece, values);
      replaceHalves(piece, toHalf(law.high, dtype), toHalf(law.low, dtype));
    } else {
      if (piece instanceof Float32Array) scaleSingles(piece, words, bounds);
      else if (piece instanceof Float64Array) scaleDoubles(piece, words, bounds);
      replaceValues(piece, ROUND[dtype](law.high), ROUND[dtype](law.low));
    }
  }
}

function scaleSingles(out: Float32Array, words: Uint32Array, { from, width }: Bounds): void {
  for (let i = 0; i < out.length; i++) out[i] = fma32(uniformFloat(words, i), width, from);
}

function scaleDoubles(out: Float64Array, words: Uint32Array, { from, width }: Bounds): void {
  for (let i = 0; i < out.length; i++) out[i] = fma64(uniformDouble(words, i), width, from);
}

/** The largest uniform numbers reach `high` when they are rounded. */
function replaceValues(values: TorchElements, high: number, low: number): void {
  for (let i = 0; i < values.length; i++) if (values[i] === high) values[i] = low;
}

const MAGNITUDE = 0x7fff;

/** The same for patterns of halves: a 0 has two. */
function replaceHalves(halves: TorchElements, high: number, low: number): void {
  const compared = (high & MAGNITUDE) === 0 ? MAGNITUDE : 0xffff;
  const forbidden = high & compared;
  for (let i = 0; i < halves.length; i++) if (((halves[i] ?? 0) & compared) === forbidden) halves[i] = low;
}
