/**
 * Comparing a file with its draw: draw a piece into the scratch of this thread, read what lies in the file beside it, and compare
 * them as bytes. Only pieces that differ are looked at element by element.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { SCRATCH_BYTES, type Filler } from '../../engine/fillers/filler.js';
import type { ComparedTensor, FileTarget } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { Findings } from './findings.js';
import { readIntoSync } from '../files/read-at.js';

/** Half a scratch: what is drawn and what is read then fit the second-level cache together. */
export const PIECE_BYTES = SCRATCH_BYTES / 2;

/** Of this thread: what was read. */
let pieceBuffer: Buffer | undefined;

export function compareFile({ draw, source, findings }: ComparedTensor, filler: Filler): Work {
  const { byteWidth } = DTYPES[draw.dtype];
  const pieceElements = PIECE_BYTES / byteWidth;
  const found = new Findings(findings);
  return {
    run(start, elementCount, first) {
      let differing = 0;
      let firstDiffering = Infinity;
      for (let done = 0; done < elementCount; done += pieceElements) {
        const drawn = filler.fillScratch(draw, start + done, Math.min(pieceElements, elementCount - done));
        const position = source.position + (first + done) * byteWidth;
        const stored = readPiece(source, drawn.byteLength, position);
        if (stored.equals(drawn)) continue;
        const elements = differingElements(drawn, stored, byteWidth);
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

function differingElements(
  drawn: Uint8Array,
  stored: Uint8Array,
  byteWidth: number,
): { count: number; first: number } {
  const [a, b] = [wordsOf(drawn, byteWidth), wordsOf(stored, byteWidth)];
  const wordsPerElement = byteWidth / a.BYTES_PER_ELEMENT;
  let count = 0;
  let first = Infinity;
  for (let word = 0; word < a.length; word += wordsPerElement) {
    if (a[word] === b[word] && (wordsPerElement === 1 || a[word + 1] === b[word + 1])) continue;
    count++;
    first = Math.min(first, word / wordsPerElement);
  }
  return { count, first };
}

/** Bit patterns, not values: -0 is not 0, and a NaN is itself. Those of 8 bytes are two words. */
function wordsOf(bytes: Uint8Array, byteWidth: number): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteWidth === 1) return bytes;
  if (byteWidth === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
