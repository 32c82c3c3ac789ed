/**
 * What the threads found when they compared a tensor with its draw: how many elements differ, and which is the first. In shared memory,
 * so that it costs no messages.
 * @module
 */
const DIFFERING = 0;
const FIRST = 1;
const NONE = 2n ** 64n - 1n;

export class Findings {
  readonly #words: BigUint64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new BigUint64Array(buffer);
  }

  static create(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(2 * BigUint64Array.BYTES_PER_ELEMENT);
    new BigUint64Array(buffer)[FIRST] = NONE;
    return buffer;
  }

  /**
   * Of a chunk that was compared to its end: one that a thread left half done is compared again.
   * @param first  the first of the differing elements, in the whole tensor
   */
  add(differing: number, first: number): void {
    Atomics.add(this.#words, DIFFERING, BigInt(differing));
    const element = BigInt(first);
    let known = Atomics.load(this.#words, FIRST);
    while (element < known) {
      const seen = Atomics.compareExchange(this.#words, FIRST, known, element);
      if (seen === known) return;
      known = seen;
    }
  }

  get differing(): number {
    return Number(Atomics.load(this.#words, DIFFERING));
  }

  /** Undefined if no element differs. */
  get first(): number | undefined {
    const element = Atomics.load(this.#words, FIRST);
    return element === NONE ? undefined : Number(element);
  }
}
