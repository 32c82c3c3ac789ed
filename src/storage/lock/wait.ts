/**
 * Waits for a lock that another process owns.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { JumpfillError } from '../../base/errors.js';

/** Between two attempts. */
const POLL_MS = 1000;

export interface WaitOptions {
  /** The longest wait; 0 means no wait. */
  readonly waitMs: number;
  /** Called once, when waiting begins. */
  readonly onWait: ((locked: JumpfillError) => void) | undefined;
}

/**
 * @param attempt  takes the lock, or rejects with an OUTPUT_LOCKED
 * @throws {JumpfillError} the last OUTPUT_LOCKED, when the time is up
 * @throws any other error of `attempt`, at once
 * @throws the signal's reason
 */
export async function waitWhileLocked<T>(
  attempt: () => Promise<T>,
  { waitMs, onWait }: WaitOptions,
  signal: AbortSignal | undefined,
): Promise<T> {
  let deadline: number | undefined;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof JumpfillError) || error.code !== 'OUTPUT_LOCKED') throw error;
      if (deadline === undefined && waitMs > 0) onWait?.(error);
      deadline ??= performance.now() + waitMs;
      const left = deadline - performance.now();
      if (left <= 0) throw error;
      await sleepOrAbort(Math.min(POLL_MS, left), signal);
    }
  }
}

async function sleepOrAbort(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
