/**
 * Refuses machines and runtimes that would give wrong bytes or none, before anything is drawn.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import { os } from './builtins.js';

/**
 * Files are little-endian, and tensors are read and written as they lie in memory.
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM: the processor is big-endian (s390x)
 */
export function requireLittleEndian(byteOrder = os().endianness()): void {
  if (byteOrder === 'LE') return;
  throw new JumpfillError(
    'UNSUPPORTED_PLATFORM',
    'This processor is big-endian (it stores the highest byte of a number first), and its files would be wrong elsewhere.',
    'Use a little-endian machine, such as x86-64 or arm64.',
  );
}

/**
 * Threads read and write through descriptors that the calling thread opened.
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM: a runtime in which each thread has its own descriptors (Deno)
 */
export function requireSharedDescriptors(
  what: string,
  versions: NodeJS.ProcessVersions = process.versions,
): void {
  const { deno } = versions;
  if (deno === undefined) return;
  throw new JumpfillError(
    'UNSUPPORTED_PLATFORM',
    `${what} needs files that all threads can use; in Deno ${deno}, only the thread that opened a file can use it.`,
    'Run it with Node or Bun. Fills, streams of what is drawn, and drawSlice work in Deno.',
  );
}
