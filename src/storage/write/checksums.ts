/**
 * SHA-256 of finished files, read from the disk.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readError } from '../files/io-errors.js';

export class Checksums {
  /** In hex, in the order of the files that were read. */
  readonly sums: string[] = [];
  /** The time that reading took. */
  elapsedMs = 0;

  constructor(readonly signal: AbortSignal | undefined) {}

  /**
   * @throws {JumpfillError} IO_FAILED
   * @throws the signal's reason
   */
  async read(paths: readonly string[]): Promise<void> {
    const startedAt = performance.now();
    for (const path of paths) this.sums.push(await hashFile(path, this.signal));
    this.elapsedMs += performance.now() - startedAt;
  }
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      signal?.throwIfAborted();
      hash.update(bytes as Uint8Array);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw readError(path, cause);
  }
  return hash.digest('hex');
}
