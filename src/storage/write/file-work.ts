/**
 * Filling a file: draw into the scratch of this thread, write it from there at its own position.
 * @module
 */
import { writeSync } from 'node:fs';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { SCRATCH_BYTES, type Filler } from '../../engine/fillers/filler.js';
import type { DrawnTensor, FileTarget } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { writeError } from '../files/io-errors.js';

export function fillFile(
  { draw }: DrawnTensor,
  { descriptor, path, position }: FileTarget,
  filler: Filler,
): Work {
  const { byteWidth } = DTYPES[draw.dtype];
  const pieceElements = SCRATCH_BYTES / byteWidth;
  return {
    run(start, elementCount, first) {
      for (let done = 0; done < elementCount; done += pieceElements) {
        const bytes = filler.fillScratch(draw, start + done, Math.min(pieceElements, elementCount - done));
        writeAt(descriptor, path, bytes, position + (first + done) * byteWidth);
      }
    },
  };
}

/**
 * Writes all of `bytes`, however many calls the system makes of it.
 * @throws {JumpfillError} NO_SPACE, IO_FAILED
 */
export function writeAt(descriptor: number, path: string, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.byteLength) {
    written += writeOnce(descriptor, path, bytes.subarray(written), position + written);
  }
}

function writeOnce(descriptor: number, path: string, bytes: Uint8Array, position: number): number {
  let count: number;
  try {
    count = writeSync(descriptor, bytes, 0, bytes.byteLength, position);
  } catch (cause) {
    throw writeError(path, cause);
  }
  if (count === 0) throw writeError(path, new Error(`no byte could be written at position ${position}`));
  return count;
}
