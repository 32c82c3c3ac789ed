/**
 * Levels: the different values of a tensor, as long as there are few of them. Quantized weights have a handful.
 * @module
 */
import { KEYS, keyOf } from './half-patterns.js';

/** As many as an 8-bit code can have. */
export const MOST_LEVELS = 256;

/** Finite values other than 0 that have been seen. */
export class LevelSet {
  readonly #found = new Set<number>();
  /** For each key the value that came last: of quantized weights nearly always the one that comes again. */
  readonly #lastOfKey = new Float64Array(KEYS);

  /** In the order they were first seen: MOST_LEVELS, and one that is too many. */
  get found(): ReadonlySet<number> {
    return this.#found;
  }

  clear(): void {
    for (const value of this.#found) this.#lastOfKey[keyOf(value)] = 0;
    this.#found.clear();
  }

  get isFull(): boolean {
    return this.#found.size > MOST_LEVELS;
  }

  /**
   * Looks at no more values than it takes to be full.
   * @param patterns  of the values as float32; their upper halves are the keys
   */
  add(values: Float32Array | Float64Array, patterns: Uint32Array): void {
    const lastOfKey = this.#lastOfKey;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      const key = (patterns[i] ?? 0) >>> 16;
      if (value === lastOfKey[key]) continue;
      // An infinity less itself is no number.
      if (value === 0 || value - value !== 0) continue;
      lastOfKey[key] = value;
      this.#found.add(value);
      if (this.isFull) return;
    }
  }
}
