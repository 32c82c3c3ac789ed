/**
 * Cuts a range of a file's bytes into batches, each of which is drawn at once, into one piece of memory. Arithmetic only.
 * @module
 */
import { at } from '../../base/at.js';
import { countEnded, findAfter, type PlacedTensor } from './placed-tensors.js';

/** Consecutive elements of one tensor, whole bytes of them. */
export interface Piece {
  /** Index into the layout's tensors. */
  readonly tensor: number;
  readonly offset: number;
  readonly elementCount: number;
  /** The position of its first byte in the batch's memory. */
  readonly byteOffset: number;
}

/** Consecutive bytes of a file, and the elements that have them: one at each end may have more. */
export interface Batch {
  readonly pieces: readonly Piece[];
  /** Bytes of the first piece before the range. */
  readonly lead: number;
  readonly byteLength: number;
}

/** What pieces may have beyond the bytes of their batch, at both ends together: the widest element is 8 bytes. */
export const BEYOND_BATCH_BYTES = 16;

/**
 * Batches of at most `batchBytes` that together are the bytes start to end - 1. A batch that is not the last ends where a tensor does,
 * or at a multiple of the elements that are best drawn together, if that leaves it anything.
 * @param tensors  of the file
 * @param start    a position in the file, after its header
 */
export function* cutBatches(
  tensors: readonly PlacedTensor[],
  start: number,
  end: number,
  batchBytes: number,
): Generator<Batch, undefined, undefined> {
  for (let first = start; first < end;) {
    const last = first + batchBytes < end ? chooseEnd(tensors, first, first + batchBytes) : end;
    yield makeBatch(tensors, first, last);
    first = last;
  }
}

/** @param limit  the largest end */
function chooseEnd(tensors: readonly PlacedTensor[], start: number, limit: number): number {
  const tensor = at(tensors, findAfter(tensors, limit));
  const elements = countEnded(tensor, limit);
  const ends = [tensor.step, tensor.unit].map(
    (step) => tensor.position + Math.floor(elements / step) * step * tensor.byteWidth,
  );
  return ends.find((end) => end > start) ?? limit;
}

function makeBatch(tensors: readonly PlacedTensor[], start: number, end: number): Batch {
  const pieces: Piece[] = [];
  const before = findAfter(tensors, start);
  const lead = start - beginOf(at(tensors, before), start);
  let byteOffset = 0;
  for (let i = before; i < tensors.length && at(tensors, i).position < end; i++) {
    const tensor = at(tensors, i);
    const [first, last] = [beginOf(tensor, start), endOf(tensor, end)];
    const offset = (first - tensor.position) / tensor.byteWidth;
    const elementCount = (last - first) / tensor.byteWidth;
    pieces.push({ tensor: tensor.tensor, offset, elementCount, byteOffset });
    byteOffset += last - first;
  }
  return { pieces, lead, byteLength: end - start };
}

const unitBytes = ({ unit, byteWidth }: PlacedTensor): number => unit * byteWidth;

/** Where the elements begin that have the byte at `start`, or the tensor. */
function beginOf(tensor: PlacedTensor, start: number): number {
  if (start <= tensor.position) return tensor.position;
  return tensor.position + floorTo(start - tensor.position, unitBytes(tensor));
}

/** Where the elements end that have the byte before `end`, or the tensor. */
function endOf(tensor: PlacedTensor, end: number): number {
  if (end >= tensor.end) return tensor.end;
  const unit = unitBytes(tensor);
  return tensor.position + floorTo(end - tensor.position + unit - 1, unit);
}

const floorTo = (value: number, step: number): number => Math.floor(value / step) * step;
