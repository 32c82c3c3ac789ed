/**
 * Counts half patterns, one counter each. Neighbours are often alike, and a counter would then wait for its own last addition, so
 * elements go to two tables in turn (0.9 instead of 0.7 Gelem/s).
 *
 * In the two loops that count, `?? 0` only satisfies the type: every index exists. Readers that throw (typed-at.ts) take 1.4 times as long
 * there.
 * @module
 */
import { at } from '../../base/at.js';
import { uint32At } from '../arithmetic/typed-at.js';
import { HALF_PATTERNS, PAGE_PATTERNS, PAGES, pageOf, type PatternCounts } from './half-patterns.js';

/** The half patterns of 0 and -0 as float32. */
const PLUS_ZERO = 0;
const MINUS_ZERO = 0x8000;

/** Up to this many elements, the pages they are counted in are noted; with more, every page is read. */
const FEW = 2 ** 13;

export class PatternCounter {
  readonly #even = new Uint32Array(HALF_PATTERNS);
  readonly #odd = new Uint32Array(HALF_PATTERNS);
  readonly #isUsed = new Uint8Array(PAGES);
  #added = 0;

  /** Counts patterns of at most 16 bits. */
  addPatterns(patterns: Uint8Array | Uint16Array): void {
    this.#notePages(patterns, 0);
    const even = this.#even;
    const odd = this.#odd;
    const paired = patterns.length & ~1;
    for (let i = 0; i < paired; i += 2) {
      const a = patterns[i] ?? 0;
      const b = patterns[i + 1] ?? 0;
      even[a] = (even[a] ?? 0) + 1;
      odd[b] = (odd[b] ?? 0) + 1;
    }
    if (paired < patterns.length) this.#addOne(at(patterns, paired));
  }

  /** Counts the upper halves of float32 patterns. */
  addUpperHalves(patterns: Uint32Array): void {
    this.#notePages(patterns, 16);
    const even = this.#even;
    const odd = this.#odd;
    const paired = patterns.length & ~1;
    for (let i = 0; i < paired; i += 2) {
      const a = (patterns[i] ?? 0) >>> 16;
      const b = (patterns[i + 1] ?? 0) >>> 16;
      even[a] = (even[a] ?? 0) + 1;
      odd[b] = (odd[b] ?? 0) + 1;
    }
    if (paired < patterns.length) this.#addOne(at(patterns, paired) >>> 16);
  }

  #addOne(pattern: number): void {
    this.#even[pattern] = at(this.#even, pattern) + 1;
  }

  /** A loop of its own: the loops that count have no registers left for it. */
  #notePages(patterns: Uint8Array | Uint16Array | Uint32Array, shift: number): void {
    this.#added += patterns.length;
    if (this.#added > FEW) return;
    for (const pattern of patterns) this.#isUsed[pageOf(pattern >>> shift)] = 1;
  }

  /** The number of float32 counted with the zeros: zeros themselves and the subnormals next to them. */
  get nearZero(): number {
    return this.#countOf(PLUS_ZERO) + this.#countOf(MINUS_ZERO);
  }

  #countOf(pattern: number): number {
    return uint32At(this.#even, pattern) + uint32At(this.#odd, pattern);
  }

  /** Moves all counts to `counts`, which is overwritten, and starts again from 0. */
  take(counts: PatternCounts): void {
    counts.clear();
    const isAnywhere = this.#added > FEW;
    for (let page = 0; page < PAGES; page++) {
      if (isAnywhere || this.#isUsed[page] === 1) this.#takePage(page * PAGE_PATTERNS, counts);
    }
    this.#isUsed.fill(0);
    this.#added = 0;
  }

  #takePage(first: number, counts: PatternCounts): void {
    const end = first + PAGE_PATTERNS;
    for (let pattern = first; pattern < end; pattern++) {
      const count = this.#countOf(pattern);
      if (count > 0) counts.add(pattern, count);
    }
    this.#even.fill(0, first, end);
    this.#odd.fill(0, first, end);
  }
}
