/**
 * The time that one try of a request may take: a while without a byte, and a least speed, since a server may send a byte now and then
 * for ever.
 * @module
 */
import { watchAbort } from '../../engine/jobs/abort.js';

/** A slower server is given up. */
const LEAST_BYTES_PER_SECOND = 2 ** 14;

/** A try may take this many stalls, and the time of the bytes that came at the least speed. */
const STALLS = 6;

export class Deadline {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  readonly #unwatch: () => void;
  readonly #startedAt = performance.now();
  #host = '';
  #receivedBytes = 0;
  #last: NodeJS.Timeout;
  #next: NodeJS.Timeout;
  #missed: string | undefined;

  /** @param signal  of the caller: ends the try, too */
  constructor(stallMs: number, signal: AbortSignal | undefined) {
    this.#stallMs = stallMs;
    this.#last = this.#waitForSpeed();
    this.#next = this.#waitForByte();
    const stop = (): void => {
      this.#controller.abort();
    };
    this.#unwatch = signal === undefined ? () => undefined : watchAbort(signal, stop);
    if (signal?.aborted === true) stop();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What was too slow, once something was. */
  get missed(): string | undefined {
    return this.#missed;
  }

  /** Whose answer is awaited. */
  ask(host: string): void {
    this.#host = host;
  }

  /** An answer or a piece of one came. */
  extend(byteLength = 0): void {
    this.#receivedBytes += byteLength;
    clearTimeout(this.#next);
    clearTimeout(this.#last);
    this.#next = this.#waitForByte();
    this.#last = this.#waitForSpeed();
  }

  end(): void {
    clearTimeout(this.#next);
    clearTimeout(this.#last);
    this.#unwatch();
    // Whatever is still open is not wanted any more.
    this.#controller.abort();
  }

  #waitForByte(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#miss(`nothing came for ${this.#stallMs / 1000} s`);
    }, this.#stallMs);
  }

  #waitForSpeed(): NodeJS.Timeout {
    const allowedMs = STALLS * this.#stallMs + (1000 * this.#receivedBytes) / LEAST_BYTES_PER_SECOND;
    const elapsedMs = performance.now() - this.#startedAt;
    return setTimeout(
      () => {
        this.#miss(`less than ${LEAST_BYTES_PER_SECOND} bytes a second came`);
      },
      Math.max(allowedMs - elapsedMs, 0),
    );
  }

  #miss(what: string): void {
    this.#missed ??= `${what} (${this.#host})`;
    this.#controller.abort();
  }
}
