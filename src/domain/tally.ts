/**
 * Counts keys of 16 bits, one counter each. Neighbours often have the same key, and a counter would wait for itself: they go to
 * two tables by turns (0.9 in place of 0.7 Gelem/s).
 * @module
 */

export const KEYS = 2 ** 16;

/** The keys of 0 and -0 as upper halves of a float32. */
const PLUS_ZERO = 0;
const MINUS_ZERO = 0x8000;

export class Tally {
  readonly #even = new Uint32Array(KEYS);
  readonly #odd = new Uint32Array(KEYS);

  /** Every pattern is a key. */
  addPatterns(patterns: Uint8Array | Uint16Array): void {
    const even = this.#even;
    const odd = this.#odd;
    const pairs = patterns.length & ~1;
    for (let i = 0; i < pairs; i += 2) {
      const a = patterns[i] ?? 0;
      const b = patterns[i + 1] ?? 0;
      even[a] = (even[a] ?? 0) + 1;
      odd[b] = (odd[b] ?? 0) + 1;
    }
    if (pairs < patterns.length) this.#addOne(patterns[pairs] ?? 0);
  }

  /** The upper half of each pattern is a key. */
  addUpperHalves(patterns: Uint32Array): void {
    const even = this.#even;
    const odd = this.#odd;
    const pairs = patterns.length & ~1;
    for (let i = 0; i < pairs; i += 2) {
      const a = (patterns[i] ?? 0) >>> 16;
      const b = (patterns[i + 1] ?? 0) >>> 16;
      even[a] = (even[a] ?? 0) + 1;
      odd[b] = (odd[b] ?? 0) + 1;
    }
    if (pairs < patterns.length) this.#addOne((patterns[pairs] ?? 0) >>> 16);
  }

  #addOne(key: number): void {
    this.#even[key] = (this.#even[key] ?? 0) + 1;
  }

  /** How many float32 were, or were next to, a zero. */
  get nearZero(): number {
    return this.#countOf(PLUS_ZERO) + this.#countOf(MINUS_ZERO);
  }

  #countOf(key: number): number {
    return (this.#even[key] ?? 0) + (this.#odd[key] ?? 0);
  }

  /** All counters, into `counts`; they begin again at 0. */
  take(counts: Uint32Array): void {
    for (let key = 0; key < KEYS; key++) counts[key] = this.#countOf(key);
    this.#even.fill(0);
    this.#odd.fill(0);
  }
}
