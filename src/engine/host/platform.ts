/**
 * Machines and runtimes that could give wrong bytes, or none: refused before anything is drawn.
 * @module
 */
import os from 'node:os';
import { JumpfillError } from '../../base/errors.js';

/**
 * Files hold the lowest byte of a number first, and tensors are read and written as they lie in memory.
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM: this processor has the highest byte first (s390x)
 */
export function requireLittleEndian(byteOrder = os.endianness()): void {
  if (byteOrder === 'LE') return;
  throw new JumpfillError(
    'UNSUPPORTED_PLATFORM',
    'This processor stores the highest byte of a number first (big-endian), and what it wrote would be wrong elsewhere.',
    'Use a little-endian machine, such as x86-64 or arm64.',
  );
}

/**
 * Threads write and read through descriptors that the calling thread has opened.
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM: a runtime whose threads each have descriptors of their own (Deno)
 */
export function requireSharedDescriptors(
  what: string,
  versions: NodeJS.ProcessVersions = process.versions,
): void {
  const { deno } = versions;
  if (deno === undefined) return;
  throw new JumpfillError(
    'UNSUPPORTED_PLATFORM',
    `${what} needs files that all threads can use, and in Deno ${deno} only the thread that opened a file can.`,
    'Run it with Node or Bun. Fills, streamCheckpoint and drawSlice work in Deno.',
  );
}
