/**
 * Compares a tensor in a file with its draw, or with its source, a piece at a time: reads the file's bytes into this thread's scratch, where
 * a kernel compares them as it draws. Where none does, draws the piece into the scratch or reads it, reads the file's bytes beside it, and
 * compares both as bytes. Only pieces that differ are compared element by element.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { packedPattern } from '../../domain/tensors/element.js';
import { SCRATCH_BYTES, type Filler } from '../../engine/fillers/filler.js';
import type { ComparedFiles, ComparedTensor, FileTarget } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { Findings } from './findings.js';
import { readIntoSync } from '../files/read-at.js';

/** Half a scratch: the drawn piece and the read one then fit the second-level cache together. */
export const PIECE_BYTES = SCRATCH_BYTES / 2;

/** This thread's buffer for reading, made at the first comparison. */
let pieceBuffer: Buffer | undefined;

/** This thread's buffer for what the bytes should be, where that is read as well. */
let wantedBuffer: Buffer | undefined;

export function compareFile({ draw, source, findings }: ComparedTensor, filler: Filler): Work {
  const comparison = new Comparison(DTYPES[draw.dtype].byteWidth, source, findings);
  return {
    run(start, elementCount, first) {
      filler.expect(start, elementCount);
      comparison.run(
        start,
        elementCount,
        first,
        (done, count) => filler.fillScratch(draw, start + done, count),
        (done, count, read) => filler.compareScratch(draw, start + done, count, read) === true,
      );
    },
  };
}

/** Compares with the bytes of another file. */
export function compareFiles({ dtype, wanted, source, findings }: ComparedFiles): Work {
  const { byteWidth } = DTYPES[dtype];
  const comparison = new Comparison(byteWidth, source, findings);
  return {
    run(start, elementCount, first) {
      comparison.run(start, elementCount, first, (done, count) => {
        wantedBuffer ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
        return readPiece(wanted, wantedBuffer, count * byteWidth, (first + done) * byteWidth);
      });
    },
  };
}

type IsEqual = (done: number, count: number, read: (buffer: Uint8Array) => void) => boolean;

/** Compares a file with bytes that it should have, whichever way those are had. */
class Comparison {
  readonly #byteWidth: number;
  readonly #source: FileTarget;
  readonly #found: Findings;

  constructor(byteWidth: number, source: FileTarget, findings: SharedArrayBuffer) {
    this.#byteWidth = byteWidth;
    this.#source = source;
    this.#found = new Findings(findings);
  }

  /**
   * @param wantedAt  the bytes of `count` elements from `start + done` on, until its next call
   * @param isEqual   whether what `read` reads into a buffer is known to be those; false, too, where it cannot be told so
   */
  run(
    start: number,
    elementCount: number,
    first: number,
    wantedAt: (done: number, count: number) => Uint8Array,
    isEqual: IsEqual = () => false,
  ): void {
    const byteWidth = this.#byteWidth;
    const { descriptor, path, position } = this.#source;
    // Whole bytes of elements below 8 bits.
    const pieceElements = PIECE_BYTES / Math.max(byteWidth, 1);
    let differing = 0;
    let firstDiffering = Infinity;
    for (let done = 0; done < elementCount; done += pieceElements) {
      const count = Math.min(pieceElements, elementCount - done);
      const begin = (first + done) * byteWidth;
      const read = (buffer: Uint8Array): void => {
        readIntoSync(descriptor, path, position + begin, buffer);
      };
      if (isEqual(done, count, read)) continue;
      const wanted = wantedAt(done, count);
      pieceBuffer ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
      const stored = readPiece(this.#source, pieceBuffer, wanted.byteLength, begin);
      if (stored.equals(wanted)) continue;
      const elements = findDiffering(wanted, stored, byteWidth);
      differing += elements.count;
      firstDiffering = Math.min(firstDiffering, start + done + elements.first);
    }
    if (differing > 0) this.#found.add(differing, firstDiffering);
  }
}

/** @param begin  of the piece, from the beginning of the extent */
function readPiece(
  { descriptor, path, position }: FileTarget,
  buffer: Buffer,
  byteLength: number,
  begin: number,
): Buffer {
  const piece = buffer.subarray(0, byteLength);
  readIntoSync(descriptor, path, position + begin, piece);
  return piece;
}

/** Compares bit patterns, not values: -0 differs from 0, and a NaN equals itself. */
function findDiffering(
  drawn: Uint8Array,
  stored: Uint8Array,
  byteWidth: number,
): { count: number; first: number } {
  if (byteWidth < 1) return findDifferingPacked(drawn, stored, 8 * byteWidth);
  const [a, b] = [unitsOf(drawn, byteWidth), unitsOf(stored, byteWidth)];
  const unitsPerElement = byteWidth / a.BYTES_PER_ELEMENT;
  let count = 0;
  let first = Infinity;
  for (let unit = 0; unit < a.length; unit += unitsPerElement) {
    if (a[unit] === b[unit] && (unitsPerElement === 1 || a[unit + 1] === b[unit + 1])) continue;
    count++;
    first = Math.min(first, unit / unitsPerElement);
  }
  return { count, first };
}

function findDifferingPacked(
  drawn: Uint8Array,
  stored: Uint8Array,
  bits: number,
): { count: number; first: number } {
  const elements = (8 * drawn.length) / bits;
  let count = 0;
  let first = Infinity;
  for (let element = 0; element < elements; element++) {
    if (packedPattern(drawn, element, bits) === packedPattern(stored, element, bits)) continue;
    count++;
    first = Math.min(first, element);
  }
  return { count, first };
}

/** The bytes as unsigned integers, one per element; two of 4 bytes for an element of 8. */
function unitsOf(bytes: Uint8Array, byteWidth: number): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteWidth === 1) return bytes;
  if (byteWidth === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
