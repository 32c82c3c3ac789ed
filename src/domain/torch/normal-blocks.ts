/**
 * Normals first to end - 1 of a draw of 16 or more. Blocks lie side by side from the first normal of a run on.
 * @module
 */
import { openWords } from '../streams/mt19937-words.js';
import type { WordSource } from '../streams/generator.js';
import { transformDoubles, transformSingles, type NormalLaw } from './normal-block.js';
import { NORMAL_BLOCK, wordsPerUniform } from './normal-layout.js';
import { operand, type Values } from './rounding.js';
import { runsOf, type Run } from './runs.js';
import type { TorchDraw } from './torch-draw.js';
import { uniformDouble, uniformFloat } from './uniforms.js';

/** Normals are made in pieces of so many: the buffers fit the innermost cache. */
const PIECE = 128 * NORMAL_BLOCK;
const wordBuffer = new Uint32Array(2 * PIECE);
const singleBuffer = new Float32Array(PIECE);
const doubleBuffer = new Float64Array(PIECE);

/**
 * Gives normals first to end - 1 to `take`, in order and piece by piece. A piece begins with `first` or with a block.
 * @param draw  of 16 normals at least
 * @param law   as the caller gave it
 */
export function drawNormalBlocks(
  draw: TorchDraw,
  law: NormalLaw,
  first: number,
  end: number,
  take: (values: Values) => void,
): void {
  for (const run of runsOf(draw)) {
    const from = Math.max(first, run.first);
    const to = Math.min(end, run.end);
    if (from < to) drawFromRun(draw, run, law, from, to, take);
  }
}

/** @param first  a normal of the run, as those before `end` are */
function drawFromRun(
  { dtype, root }: TorchDraw,
  run: Run,
  { mean, std }: NormalLaw,
  first: number,
  end: number,
  take: (values: Values) => void,
): void {
  const law = { mean: operand(dtype, mean), std: operand(dtype, std) };
  const skipped = Math.floor((first - run.first) / NORMAL_BLOCK) * NORMAL_BLOCK;
  const source = openWords(root, run.firstWord + wordsPerUniform(dtype) * skipped);
  for (let next = run.first + skipped; next < end; next += PIECE) {
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
