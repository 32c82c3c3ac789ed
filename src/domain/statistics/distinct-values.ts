/**
 * The distinct values of a tensor, as long as there are few of them: quantized weights have a handful. Reports call them levels.
 * @module
 */
import { HALF_PATTERNS, halfPatternOf } from './half-patterns.js';

/** A tensor with more distinct values than this has no levels. An 8-bit code can have as many. */
export const MOST_LEVELS = 256;

/** The finite values other than 0 that have been seen. */
export class DistinctValues {
  readonly #found = new Set<number>();
  /** The last value of each half pattern: in quantized weights it is nearly always the next one too. */
  readonly #lastOfPattern = new Float64Array(HALF_PATTERNS);

  /** In the order they were first seen: up to MOST_LEVELS, and one more that shows that there are too many. */
  get found(): ReadonlySet<number> {
    return this.#found;
  }

  clear(): void {
    for (const value of this.#found) this.#lastOfPattern[halfPatternOf(value)] = 0;
    this.#found.clear();
  }

  /** True if there are too many distinct values. */
  get isFull(): boolean {
    return this.#found.size > MOST_LEVELS;
  }

  /**
   * Reads no further once it is full.
   * @param floatPatterns  of the values as float32
   */
  add(values: Float32Array | Float64Array, floatPatterns: Uint32Array): void {
    const lastOfPattern = this.#lastOfPattern;
    for (let i = 0; i < values.length; i++) {
      // Both exist; readers that throw (typed-at.ts) take 1.2 times as long.
      const value = values[i] ?? 0;
      const pattern = (floatPatterns[i] ?? 0) >>> 16;
      if (value === lastOfPattern[pattern]) continue;
      // An infinity less itself is NaN.
      if (value === 0 || value - value !== 0) continue;
      lastOfPattern[pattern] = value;
      this.#found.add(value);
      if (this.isFull) return;
    }
  }
}
