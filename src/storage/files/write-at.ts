/**
 * Writing all of some bytes at a position of a file.
 * @module
 */
import { writeSync } from 'node:fs';
import { writeError } from './io-errors.js';

/**
 * Writes all of `bytes`, however many calls the system makes of it.
 * @param path  for messages
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
