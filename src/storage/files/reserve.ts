/**
 * Reserves room on the disk before the first byte. A full disk is then found at once and not after hours, and files whose room is
 * reserved are written faster (ext4, two threads: 10 GB/s against 5.7 into one file, 18 against 11 into two).
 *
 * Node has no call for it, so the command `fallocate` does it, where there is one. If the file system cannot reserve room, util-linux's
 * command refuses, and the file only gets its size; BusyBox's may write zeros instead.
 * @module
 */
import { execFile } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { JumpfillError } from '../../base/errors.js';
import { writeError } from './io-errors.js';

/** For smaller files a process, 2 ms, costs more than it gains. */
const LEAST_BYTES = 2 ** 25;

const run = promisify(execFile);

/**
 * Gives the file its size, and the room if the file system can reserve it.
 * @param path   where the file is, for the command
 * @param shown  what messages call it
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
    const stderr = String((cause as { stderr?: unknown }).stderr).trim();
    // Otherwise there is no such command, or the file system cannot reserve room.
    if (!saysFull(stderr)) return;
    const found = `${shown}: ${byteLength} bytes cannot be reserved: ${stderr.split('\n').at(-1) ?? ''}.`;
    throw new JumpfillError('NO_SPACE', found, 'Free some space or write elsewhere.', { cause });
  }
}

/** The command's exit code is the same for every failure; these are its messages for ENOSPC and EDQUOT in the C locale, which it runs in. */
const saysFull = (stderr: string): boolean => /No space left|quota exceeded/i.test(stderr);
