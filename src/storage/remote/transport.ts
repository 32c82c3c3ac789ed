/**
 * How long a request may take and how often it is tried.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Transport {
  /** Given up when no byte comes for this long, in ms. */
  readonly stallMs: number;
  /** Tries of one request, the first included. */
  readonly tries: number;
  /** The pause before the second try; each further one is twice as long. */
  readonly firstPauseMs: number;
  /** The longest pause, also of those that a server asks for. */
  readonly maxPauseMs: number;
}

export const TRANSPORT = { tries: 5, firstPauseMs: 250, maxPauseMs: 30_000 } as const;

/** A try that failed, and may succeed if it is repeated. */
export class TryAgain extends Error {
  readonly status: number | undefined;

  /**
   * @param reason       for people
   * @param retryAfterMs the pause that the server asks for
   * @param options      with the status of the server's answer, if it gave one
   */
  constructor(
    readonly reason: string,
    readonly retryAfterMs = 0,
    options: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(reason, options);
    this.status = options.status;
  }
}

/**
 * @param attempt  may throw TryAgain
 * @throws {TryAgain} the last, if no try succeeds or the server asks for a longer pause
 * @throws the signal's reason, and what else `attempt` throws
 */
export async function retry<T>(
  { tries, firstPauseMs, maxPauseMs }: Transport,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TryAgain) || count >= tries || error.retryAfterMs > maxPauseMs) throw error;
      const pauseMs = Math.min(Math.max(firstPauseMs * 2 ** (count - 1), error.retryAfterMs), maxPauseMs);
      await pause(pauseMs, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch(() => {
    signal?.throwIfAborted();
  });
}

/** Retry-After in ms: seconds or a date; 0 if there is none. */
export function parseRetryAfter(text: string | undefined, now: number): number {
  if (text === undefined) return 0;
  if (/^\d{1,9}$/.test(text.trim())) return 1000 * Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(date - now, 0);
}
