/**
 * The answer to a request: its status and headers, and its body, read up to a limit.
 * @module
 */
import type { IncomingMessage } from 'node:http';
import type { Deadline } from './deadline.js';
import { asTryAgain } from './send-get.js';
import { TryAgain } from './transport.js';

/**
 * Larger bodies get room as they come, whatever length the server says. Their pieces are copied at once: kept, those of a byte each
 * would take hundreds of times the memory.
 */
const FIRST_BYTES = 2 ** 16;

/** A body with more bytes than were asked for. */
export class TooLong extends Error {}

export class Answer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The address that answered, after all redirects. */
  readonly url: URL;
  readonly #message: IncomingMessage;
  readonly #deadline: Deadline;

  constructor(message: IncomingMessage, url: URL, deadline: Deadline) {
    this.status = message.statusCode ?? 0;
    this.headers = new Map(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    this.url = url;
    this.#message = message;
    this.#deadline = deadline;
  }

  /** The length that the server says, if it does. */
  get saidBytes(): number | undefined {
    const text = this.headers.get('content-length') ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }

  /**
   * The whole body.
   * @throws {TooLong} it has more than `maxBytes`; the rest is not read
   * @throws {TryAgain} it ends before the length that the server said
   */
  async read(maxBytes: number): Promise<Uint8Array> {
    const { saidBytes } = this;
    if (saidBytes !== undefined && saidBytes > maxBytes) throw new TooLong();
    let bytes = new Uint8Array(Math.min(saidBytes ?? 0, FIRST_BYTES));
    let byteLength = 0;
    for await (const piece of this.#pieces()) {
      this.#deadline.extend(piece.byteLength);
      if (byteLength + piece.byteLength > maxBytes) throw new TooLong();
      bytes = makeRoom(bytes, byteLength + piece.byteLength);
      bytes.set(piece, byteLength);
      byteLength += piece.byteLength;
    }
    if (saidBytes !== undefined && byteLength < saidBytes)
      throw new TryAgain(`the answer ended after ${byteLength} of ${saidBytes} bytes`);
    return bytes.subarray(0, byteLength);
  }

  /** Leaves a body that nobody wants: a short one is read, so that the connection can be used again. */
  async skip(): Promise<void> {
    if ((this.saidBytes ?? Infinity) <= FIRST_BYTES) await this.read(FIRST_BYTES);
    else this.#message.destroy();
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#message as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw asTryAgain(error, this.url);
    }
  }

  /** Packed, although it was to be sent as it is. */
  get isEncoded(): boolean {
    return !['', 'identity'].includes(this.headers.get('content-encoding')?.toLowerCase() ?? '');
  }
}

function makeRoom(bytes: Uint8Array<ArrayBuffer>, byteLength: number): Uint8Array<ArrayBuffer> {
  if (byteLength <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.max(byteLength, 2 * bytes.length));
  larger.set(bytes);
  return larger;
}
