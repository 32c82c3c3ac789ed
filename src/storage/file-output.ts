/**
 * Output into a file: fill a scratch of this thread, write it at its own position.
 * @module
 */
import { writeSync } from 'node:fs';
import { fillRange } from '../domain/draw.js';
import { DTYPES } from '../domain/tensor.js';
import type { FileTarget } from '../engine/protocol.js';
import type { Output } from '../engine/shift.js';
import { writeError } from './io-errors.js';

/** Elements filled between two writes. 2^18 float32 are 1 MiB: in cache, and far below the 2 GiB of one write. */
const SCRATCH_ELEMENTS = 2 ** 18;
let scratch: Float32Array<ArrayBuffer> | undefined;

export function fileOutput({ descriptor, path, position }: FileTarget): Output {
  return {
    fill(draw, start, elementCount, first) {
      const { byteWidth } = DTYPES[draw.dtype];
      scratch ??= new Float32Array(SCRATCH_ELEMENTS);
      for (let done = 0; done < elementCount; done += SCRATCH_ELEMENTS) {
        const piece = scratch.subarray(0, Math.min(SCRATCH_ELEMENTS, elementCount - done));
        fillRange(draw, start + done, piece);
        writeAt(
          descriptor,
          path,
          new Uint8Array(piece.buffer, 0, piece.byteLength),
          position + (first + done) * byteWidth,
        );
      }
    },
  };
}

/**
 * Writes all of `bytes`, however many calls the system makes of it.
 * @throws {InitError} NO_SPACE, IO_FAILED
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
