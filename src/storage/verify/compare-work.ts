/**
 * Compares a tensor in a file with its draw, a piece at a time: draws it into this thread's scratch, reads the file's bytes beside it,
 * and compares both as bytes. Only pieces that differ are compared element by element.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { packedPattern } from '../../domain/tensors/element.js';
import { SCRATCH_BYTES, type Filler } from '../../engine/fillers/filler.js';
import type { ComparedTensor, FileTarget } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { Findings } from './findings.js';
import { readIntoSync } from '../files/read-at.js';

/** Half a scratch: the drawn piece and the read one then fit the second-level cache together. */
export const PIECE_BYTES = SCRATCH_BYTES / 2;

/** This thread's buffer for reading, made at the first comparison. */
let pieceBuffer: Buffer | undefined;

export function compareFile({ draw, source, findings }: ComparedTensor, filler: Filler): Work {
  const { byteWidth } = DTYPES[draw.dtype];
  // Whole bytes of elements below 8 bits.
  const pieceElements = PIECE_BYTES / Math.max(byteWidth, 1);
  const found = new Findings(findings);
  return {
    run(start, elementCount, first) {
      filler.expect(start, elementCount);
      let differing = 0;
      let firstDiffering = Infinity;
      for (let done = 0; done < elementCount; done += pieceElements) {
        const drawn = filler.fillScratch(draw, start + done, Math.min(pieceElements, elementCount - done));
        const position = source.position + (first + done) * byteWidth;
        const stored = readPiece(source, drawn.byteLength, position);
        if (stored.equals(drawn)) continue;
        const elements = findDiffering(drawn, stored, byteWidth);
        differing += elements.count;
        firstDiffering = Math.min(firstDiffering, start + done + elements.first);
      }
      if (differing > 0) found.add(differing, firstDiffering);
    },
  };
}

/** The result is valid until the next call. */
function readPiece({ descriptor, path }: FileTarget, byteLength: number, position: number): Buffer {
  pieceBuffer ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
  const piece = pieceBuffer.subarray(0, byteLength);
  readIntoSync(descriptor, path, position, piece);
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
