/**
 * Room on the disk before the first byte: so that a full disk is found at once and not after hours, and because files whose room is
 * reserved are written faster (ext4, two threads: 10 GB/s against 5.7 into one file, 18 against 11 into two).
 *
 * Node cannot ask a file system for it, so `fallocate` does, where there is one. Where the file system cannot, that of util-linux refuses,
 * and the file only gets its size; that of BusyBox may write zeros instead.
 * @module
 */
import { execFile } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { JumpfillError } from '../../base/errors.js';
import { writeError } from './io-errors.js';

/** Below it a process of its own, 2 ms, costs more than it gains. */
const LEAST_BYTES = 2 ** 25;

const run = promisify(execFile);

/**
 * Gives the file its size, and the room if the file system can.
 * @param path   the file's own, for the command
 * @param shown  for messages
 * @throws {JumpfillError} NO_SPACE, IO_FAILED
 */
export async function reserveFile(
  handle: FileHandle,
  path: string,
  shown: string,
  byteLength: number,
): Promise<void> {
  try {
    await handle.truncate(byteLength);
  } catch (cause) {
    throw writeError(shown, cause);
  }
  if (byteLength < LEAST_BYTES || process.platform !== 'linux') return;
  try {
    await run('fallocate', ['-l', String(byteLength), path], { env: { ...process.env, LC_ALL: 'C' } });
  } catch (cause) {
    // Any other reason: no such command, or a file system that cannot.
    const said = String((cause as { stderr?: unknown }).stderr);
    if (!/No space left|quota exceeded/i.test(said)) return;
    const found = `${shown}: ${byteLength} bytes cannot be reserved: ${said.trim().split('\n').at(-1) ?? ''}.`;
    throw new JumpfillError('NO_SPACE', found, 'Free some space or write elsewhere.', { cause });
  }
}
