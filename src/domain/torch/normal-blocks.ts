/**
 * Normals first to end - 1 of a draw of 16 or more. Blocks lie side by side from normal 0 on; where 16 does not divide the
 * count, the last 16 normals are a block of their own, with the words that follow.
 * @module
 */
import { openWords } from '../streams/mt19937-words.js';
import type { WordSource } from '../streams/generator.js';
import { transformDoubles, transformSingles, type NormalLaw } from './normal-block.js';
import { countFirstUniforms, isRedone, NORMAL_BLOCK, wordsPerUniform } from './normal-layout.js';
import { operand, type Values } from './rounding.js';
import type { TorchDraw } from './torch-draw.js';
import { uniformDouble, uniformFloat } from './uniforms.js';

/** Consecutive normals in whole blocks, whose words are consecutive. */
interface Stretch {
  /** The first normal's index in the draw, and the position of its word. */
  readonly origin: number;
  readonly firstWord: number;
  /** The part that is wanted. */
  readonly first: number;
  readonly end: number;
}

/** Normals are made in pieces of so many: the buffers fit the innermost cache. */
const PIECE = 128 * NORMAL_BLOCK;
const wordBuffer = new Uint32Array(2 * PIECE);
const singleBuffer = new Float32Array(PIECE);
const doubleBuffer = new Float64Array(PIECE);

/**
 * Gives normals first to end - 1 to `take`, in order and piece by piece. A piece begins with `first` or with a block.
 * @param count  the draw's normals, at least 16
 * @param law    as the caller gave it
 */
export function drawNormalBlocks(
  draw: TorchDraw,
  count: number,
  law: NormalLaw,
  first: number,
  end: number,
  take: (values: Values) => void,
): void {
  const redoneFrom = isRedone(count) ? count - NORMAL_BLOCK : count;
  if (first < redoneFrom) {
    const stretch = { origin: 0, firstWord: draw.firstWord, first, end: Math.min(end, redoneFrom) };
    drawStretch(draw, stretch, law, take);
  }
  if (end > redoneFrom) {
    const skipped = wordsPerUniform(draw.dtype) * countFirstUniforms(draw.dtype, count);
    const firstWord = draw.firstWord + skipped;
    const stretch = { origin: redoneFrom, firstWord, first: Math.max(first, redoneFrom), end };
    drawStretch(draw, stretch, law, take);
  }
}

function drawStretch(
  { dtype, root }: TorchDraw,
  { origin, firstWord, first, end }: Stretch,
  { mean, std }: NormalLaw,
  take: (values: Values) => void,
): void {
  const law = { mean: operand(dtype, mean), std: operand(dtype, std) };
  const skipped = Math.floor((first - origin) / NORMAL_BLOCK) * NORMAL_BLOCK;
  const source = openWords(root, firstWord + wordsPerUniform(dtype) * skipped);
  for (let next = origin + skipped; next < end; next += PIECE) {
    const count = Math.min(PIECE, Math.ceil((end - next) / NORMAL_BLOCK) * NORMAL_BLOCK);
    const values = dtype === 'float64' ? readDoubles(source, count, law) : readSingles(source, count, law);
    take(values.subarray(Math.max(first - next, 0), end - next));
  }
}

function readSingles(source: WordSource, count: number, law: NormalLaw): Float32Array {
  const words = wordBuffer.subarray(0, count);
  const values = singleBuffer.subarray(0, count);
  source.read(words);
  for (let i = 0; i < count; i++) values[i] = uniformFloat(words, i);
  transformSingles(values, law);
  return values;
}

function readDoubles(source: WordSource, count: number, law: NormalLaw): Float64Array {
  const words = wordBuffer.subarray(0, 2 * count);
  const values = doubleBuffer.subarray(0, count);
  source.read(words);
  for (let i = 0; i < count; i++) values[i] = uniformDouble(words, i);
  transformDoubles(values, law);
  return values;
}
