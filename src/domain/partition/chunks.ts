/**
 * Cuts tensors into chunks, which threads claim. Arithmetic only: chunks are computed when they are claimed, so 2^20 of them take no
 * more memory than ten.
 * @module
 */
import { at } from '../../base/at.js';
import { sumOf } from '../../base/sum.js';
import { BLOCK_ELEMENTS } from '../streams/generator.js';

/** The elements to fill of one tensor: a piece of the logical tensor, from `offset` on. */
export interface Extent {
  readonly offset: number;
  readonly elementCount: number;
  /** By default chunks are as large as others, and in order. */
  readonly cut?: Cut | undefined;
}

/** How a tensor is cut whose elements are not all the same work. */
export interface Cut {
  /** Elements that are best computed together: chunks are multiples of it. */
  readonly elements: number;
  /** The last elements are the most work: the first chunk has them, so that threads end together. */
  readonly fromEnd: boolean;
}

/** Consecutive elements of one tensor, cut at multiples of the chunk size, or of its own, of the logical tensor. */
export interface Chunk {
  /** Index into the extents. */
  readonly tensor: number;
  /** First element, in the logical tensor. */
  readonly start: number;
  readonly elementCount: number;
}

/** How extents are cut, which is all that it takes to compute any chunk (chunkAt). */
export interface Chunks {
  readonly extents: readonly Extent[];
  readonly chunkElements: number;
  /** The first chunk of each tensor, then the number of all chunks. */
  readonly firstChunks: readonly number[];
  readonly chunkCount: number;
  readonly elementCount: number;
}

/** 4 blocks, 1 MiB of float32: small enough for threads to finish together, large enough for a claim to cost nothing. */
export const CHUNK_ELEMENTS = 4 * BLOCK_ELEMENTS;

/** Each chunk has a done mark of a byte: a mebibyte at most. Where there would be more chunks, they are larger. */
const MAX_CHUNKS = 2 ** 20;

/** The chunk size for a number of elements: whole blocks, independent of the number of threads. */
export function chooseChunkElements(elementCount: number): number {
  const wanted = Math.max(CHUNK_ELEMENTS, elementCount / MAX_CHUNKS);
  return Math.ceil(wanted / BLOCK_ELEMENTS) * BLOCK_ELEMENTS;
}

/**
 * @param extents        what to fill; offsets and counts are whole numbers, their sum at most 2^53 - 1
 * @param chunkElements  whole blocks; affects speed only, since bytes come from blocks
 */
export function planChunks(extents: readonly Extent[], chunkElements?: number): Chunks {
  const elementCount = sumOf(extents, (extent) => extent.elementCount);
  const size = chunkElements ?? chooseChunkElements(elementCount);
  const firstChunks = [0];
  let chunkCount = 0;
  for (const extent of extents) firstChunks.push((chunkCount += countChunks(extent, size)));
  return { extents, chunkElements: size, firstChunks, chunkCount, elementCount };
}

/** The chunk size of an extent. */
function sizeOf({ cut }: Extent, chunkElements: number): number {
  if (cut === undefined) return chunkElements;
  // What is best computed together outweighs the usual size, but chunks grow where there would be too many.
  return chunkElements > CHUNK_ELEMENTS
    ? cut.elements * Math.ceil(chunkElements / cut.elements)
    : cut.elements;
}

function countChunks(extent: Extent, chunkElements: number): number {
  const { offset, elementCount } = extent;
  if (elementCount === 0) return 0;
  const size = sizeOf(extent, chunkElements);
  return Math.ceil((offset + elementCount) / size) - Math.floor(offset / size);
}

/** @param index  0 to chunks.chunkCount - 1 */
export function chunkAt({ extents, firstChunks, chunkElements }: Chunks, index: number): Chunk {
  const tensor = findTensor(firstChunks, index);
  const extent = at(extents, tensor);
  const { offset, elementCount, cut } = extent;
  const size = sizeOf(extent, chunkElements);
  const first = at(firstChunks, tensor);
  const inTensor = cut?.fromEnd === true ? at(firstChunks, tensor + 1) - 1 - index : index - first;
  const begin = (Math.floor(offset / size) + inTensor) * size;
  const start = Math.max(begin, offset);
  return { tensor, start, elementCount: Math.min(begin + size, offset + elementCount) - start };
}

/**
 * Cuts the chunks into stretches of about the same number, for threads that are best given consecutive ones.
 * @returns the first chunk of each, at most `count` of them
 */
export function cutStretches(chunkCount: number, count: number): readonly number[] {
  const stretches = Math.max(1, Math.min(count, chunkCount));
  return Array.from({ length: stretches }, (_, i) => Math.floor((chunkCount * i) / stretches));
}

/** The last tensor whose first chunk is not after `index`: empty tensors before it share its first chunk. */
function findTensor(firstChunks: readonly number[], index: number): number {
  let low = 0;
  let high = firstChunks.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (at(firstChunks, middle) <= index) low = middle;
    else high = middle;
  }
  return low;
}
