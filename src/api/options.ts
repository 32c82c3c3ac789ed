/**
 * The options of a fill, checked.
 * @module
 */
import type { OnProgress } from '../engine/progress.js';
import { ValueError } from '../errors.js';
import { show } from '../domain/words.js';

export interface FillOptions {
  /** Whole number from 0 to 2^64 - 1. @defaultValue the engine's */
  readonly seed?: number | bigint;
  /** Chooses the streams, with the seed. @defaultValue the tensor's, else the engine's next number: `#0`, `#1`, ... */
  readonly name?: string;
  /** The tensor is the piece of a larger row-major one that begins at this flat element. @defaultValue 0 */
  readonly offset?: number;
  /** Rejects with the signal's reason, within a chunk per thread. What is filled by then stays filled. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second, monotonic, and once more with the total at the end. */
  readonly onProgress?: OnProgress;
}

export const FILL_KEYS = ['seed', 'name', 'offset', 'signal', 'onProgress'] as const;

/** @throws {ValueError} BAD_OFFSET */
export function checkOffset(offset: unknown, length: number, where: string): number {
  const found = `${where}: the offset is ${show(offset)}.`;
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) {
    throw new ValueError('BAD_OFFSET', found, 'An offset counts elements: a whole number from 0.');
  }
  if (!Number.isSafeInteger(offset + length)) {
    throw new ValueError('BAD_OFFSET', found, `With ${length} elements it ends beyond 2^53 - 1.`);
  }
  return offset;
}
