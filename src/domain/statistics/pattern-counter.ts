/**
 * Counts half patterns, one counter each. Neighbours are often alike, and a counter would then wait for its own last addition, so
 * elements go to two tables in turn (0.9 instead of 0.7 Gelem/s).
 * @module
 */
import { at } from '../../base/at.js';
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
      increment(even, patterns[i], 0);
      increment(odd, patterns[i + 1], 0);
    }
    if (paired < patterns.length) increment(even, patterns[paired], 0);
  }

  /** Counts the upper halves of float32 patterns. */
  addUpperHalves(patterns: Uint32Array): void {
    this.#notePages(patterns, 16);
    const even = this.#even;
    const odd = this.#odd;
    const paired = patterns.length & ~1;
    for (let i = 0; i < paired; i += 2) {
      increment(even, patterns[i], 16);
      increment(odd, patterns[i + 1], 16);
    }
    if (paired < patterns.length) increment(even, patterns[paired], 16);
  }

  /** A loop of its own: the loops that count have no registers left for it. */
  #notePages(patterns: Uint8Array | Uint16Array | Uint32Array, shift: number): void {
    this.#added += patterns.length;
    if (this.#added > FEW) return;
    for (const pattern of patterns) this.#isUsed[pageOf(pattern >>> shift)] = 1;
  }

  /** How many float32 were counted with the zeros: zeros themselves and the subnormals next to them. */
  get nearZero(): number {
    return this.#countOf(PLUS_ZERO) + this.#countOf(MINUS_ZERO);
  }

  #countOf(pattern: number): number {
    return at(this.#even, pattern) + at(this.#odd, pattern);
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
    const odd = this.#odd.subarray(first, end);
    this.#even.subarray(first, end).forEach((count, i) => {
      const sum = count + at(odd, i);
      if (sum > 0) counts.add(first + i, sum);
    });
    this.#even.fill(0, first, end);
    this.#odd.fill(0, first, end);
  }
}

/** @param pattern  never undefined: V8 sees that and drops both checks */
function increment(counters: Uint32Array, pattern: number | undefined, shift: 0 | 16): void {
  const before = pattern === undefined ? undefined : counters[pattern >>> shift];
  if (pattern === undefined || before === undefined) throw new RangeError(`There is no pattern ${pattern}.`);
  counters[pattern >>> shift] = before + 1;
}
