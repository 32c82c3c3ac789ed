/**
 * Counts keys of 16 bits, one counter each. Neighbours often have the same key, and a counter would wait for itself: they go to
 * two tables by turns (0.9 in place of 0.7 Gelem/s).
 * @module
 */
import { KEYS, PAGE_KEYS, PAGES, pageOf, type KeyCounts } from './half-patterns.js';

/** The keys of 0 and -0 as upper halves of a float32. */
const PLUS_ZERO = 0;
const MINUS_ZERO = 0x8000;

/** Up to so many elements the pages they are counted in are noted; more may be anywhere. */
const FEW = 2 ** 13;

export class Tally {
  readonly #even = new Uint32Array(KEYS);
  readonly #odd = new Uint32Array(KEYS);
  readonly #isUsed = new Uint8Array(PAGES);
  #added = 0;

  /** Every pattern is a key. */
  addPatterns(patterns: Uint8Array | Uint16Array): void {
    this.#notePages(patterns, 0);
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
    this.#notePages(patterns, 16);
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

  /** In a loop of its own: the others have no room for it. */
  #notePages(patterns: Uint8Array | Uint16Array | Uint32Array, shift: number): void {
    this.#added += patterns.length;
    if (this.#added > FEW) return;
    for (const pattern of patterns) this.#isUsed[pageOf(pattern >>> shift)] = 1;
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
  take(counts: KeyCounts): void {
    counts.clear();
    const isAnywhere = this.#added > FEW;
    for (let page = 0; page < PAGES; page++) {
      if (isAnywhere || this.#isUsed[page] === 1) this.#takePage(page * PAGE_KEYS, counts);
    }
    this.#isUsed.fill(0);
    this.#added = 0;
  }

  #takePage(first: number, counts: KeyCounts): void {
    const end = first + PAGE_KEYS;
    for (let key = first; key < end; key++) {
      const count = this.#countOf(key);
      if (count > 0) counts.add(key, count);
    }
    this.#even.fill(0, first, end);
    this.#odd.fill(0, first, end);
  }
}
