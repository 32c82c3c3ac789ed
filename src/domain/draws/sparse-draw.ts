/**
 * Draws of sparse matrices: values from the elements' own words, some of which are then set to zero. The choice takes words of other
 * streams, KEY_WORDS for each column (column-choice.ts).
 * @module
 */
import { isBig } from '../patterns/element-of.js';
import { DEFAULT_GENERATOR, GENERATORS } from '../streams/generators.js';
import type { Dtype, ElementArray } from '../tensors/dtypes.js';
import { SPARSE_SUFFIX } from '../tensors/names.js';
import type { ColumnChoice } from './column-choice.js';
import { KEY_WORDS, KEYED_COLUMNS } from './sparse-keys.js';
import { forEachZero, type ReadKeys } from './sparse-zeros.js';
import { fillStreamRange, type StreamDraw } from './stream-draw.js';

export interface SparseDraw {
  readonly kind: 'sparse';
  readonly dtype: Dtype;
  readonly values: StreamDraw;
  /** The words of the keys, as float32 patterns: those of column c are its elements from KEY_WORDS * c on. */
  readonly keys: StreamDraw;
  readonly choice: ColumnChoice;
  /** The element of the tensor that the matrix begins with. */
  readonly first: number;
}

/** The root of the keys' streams: those of the tensor's name with this suffix, and the first element where it is not 0. */
const keysName = (name: string, first: number): string =>
  `${name}${SPARSE_SUFFIX}${first === 0 ? '' : `\0${first}`}`;

/** The words that choose the zeros of a matrix that begins at an element of the named tensor. */
export const makeKeysDraw = (seed: bigint, name: string, first: number): StreamDraw => ({
  kind: 'stream',
  dtype: 'float32',
  root: GENERATORS[DEFAULT_GENERATOR].root(seed, keysName(name, first)),
  kernel: { kind: 'words' },
});

export function fillSparseRange(draw: SparseDraw, start: number, out: ElementArray): void {
  fillStreamRange(draw.values, start, out);
  if (keyBuffer.length === 0) keyBuffer = new Float32Array(KEY_WORDS * KEYED_COLUMNS);
  setZeros(draw, start, out, (first, count) => {
    fillStreamRange(draw.keys, KEY_WORDS * first, keyBuffer.subarray(0, KEY_WORDS * count));
    return new Uint32Array(keyBuffer.buffer);
  });
}

/** Sets the zeros among elements that have their values already. */
export function setZeros(
  { choice, first }: SparseDraw,
  start: number,
  out: ElementArray,
  readKeys: ReadKeys,
): void {
  if (isBig(out)) throw new TypeError('A sparse matrix has floating-point values');
  forEachZero(choice, start - first, out.length, readKeys, (index) => {
    out[index] = 0;
  });
}

/** Not made before it is needed: most threads never draw a sparse matrix. */
let keyBuffer = new Float32Array(0);
