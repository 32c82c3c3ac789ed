/**
 * The threads' findings when they compare a tensor with its draw: how many elements differ, and which is the first. They lie in shared
 * memory, so no messages are sent.
 * @module
 */
/** The fields, 64 bits each. */
const DIFFERING = 0;
const FIRST = 1;
const NONE = 2n ** 64n - 1n;

export class Findings {
  readonly #fields: BigUint64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#fields = new BigUint64Array(buffer);
  }

  static create(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(2 * BigUint64Array.BYTES_PER_ELEMENT);
    new BigUint64Array(buffer)[FIRST] = NONE;
    return buffer;
  }

  /**
   * Adds what was found in a chunk that was compared to its end: a chunk that a dying thread left is compared again.
   * @param first  the first differing element's index in the whole tensor
   */
  add(differing: number, first: number): void {
    Atomics.add(this.#fields, DIFFERING, BigInt(differing));
    const element = BigInt(first);
    let known = Atomics.load(this.#fields, FIRST);
    while (element < known) {
      const seen = Atomics.compareExchange(this.#fields, FIRST, known, element);
      if (seen === known) return;
      known = seen;
    }
  }

  get differing(): number {
    return Number(Atomics.load(this.#fields, DIFFERING));
  }

  /** The first differing element; undefined if none differs. */
  get first(): number | undefined {
    const element = Atomics.load(this.#fields, FIRST);
    return element === NONE ? undefined : Number(element);
  }
}
