/**
 * The tensors of one file by the positions of their bytes: from bytes to elements and back. Arithmetic only.
 * @module
 */
import { at } from '../../base/at.js';
import { cutOf } from '../../domain/matrices/panels.js';
import { CHUNK_ELEMENTS } from '../../domain/partition/chunks.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { countBytes, type Layout } from '../format/layout.js';

/** A tensor with elements, and where its bytes are. */
export interface PlacedTensor {
  /** Index into the layout's tensors. */
  readonly tensor: number;
  /** The position of its first byte in the file. */
  readonly position: number;
  /** One beyond its last byte. */
  readonly end: number;
  /** Below 1 where elements are packed. */
  readonly byteWidth: number;
  /** The fewest elements that fill whole bytes. */
  readonly unit: number;
  /** Elements that are best drawn together: batches end at multiples of it. */
  readonly step: number;
  /** Elements of the file before it. */
  readonly elementsBefore: number;
}

/**
 * In file order; a tensor without elements has no bytes, and no place here.
 * @param file  index into the layout's files
 */
export function placeInFile({ files, tensors, positions }: Layout, file: number): readonly PlacedTensor[] {
  let elementsBefore = 0;
  return at(files, file).tensors.flatMap((index): PlacedTensor[] => {
    const tensor = at(tensors, index);
    if (tensor.elementCount === 0) return [];
    const { position } = at(positions, index);
    const { byteWidth } = DTYPES[tensor.dtype];
    const step = cutOf(tensor.recipe, tensor.dtype)?.elements ?? CHUNK_ELEMENTS;
    const end = position + countBytes(tensor);
    const placed = { tensor: index, position, end, byteWidth, unit: unitOf(byteWidth), step, elementsBefore };
    elementsBefore += tensor.elementCount;
    return [placed];
  });
}

/** Widths are multiples of a quarter of a byte. */
const unitOf = (byteWidth: number): number =>
  [1, 2].find((count) => Number.isInteger(count * byteWidth)) ?? 4;

/** The first tensor that ends after a position: the one that holds the byte there, unless it is before the first or after the last. */
export function findAfter(tensors: readonly PlacedTensor[], position: number): number {
  let low = 0;
  let high = tensors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(tensors, middle).end > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The elements of a tensor that end before a position within it, or at it. */
export const countEnded = ({ position: first, byteWidth }: PlacedTensor, position: number): number =>
  Math.floor((position - first) / byteWidth);

/** The elements of a file that end before a position, or at it. */
export function countElementsBefore(tensors: readonly PlacedTensor[], position: number): number {
  const index = findAfter(tensors, position);
  const tensor = tensors[index] ?? tensors.at(-1);
  if (tensor === undefined) return 0;
  const within = Math.max(tensor.position, Math.min(position, tensor.end));
  return tensor.elementsBefore + countEnded(tensor, within);
}
