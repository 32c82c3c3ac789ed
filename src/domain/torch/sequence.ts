/**
 * The sequence of draws that a seed gives: each takes the words after those of the draw before, and a `normal_` of fewer than 16
 * elements may leave the second normal of a pair to the next one.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import type { StreamState } from '../streams/generator.js';
import { MAX_WORDS } from '../streams/mt19937-words.js';
import type { TorchDraw, TorchDtype, TorchKernel } from './torch-draw.js';
import { countNormals, NORMAL_BLOCK, WORDS_PER_PAIR } from './normal-layout.js';
import { cachedAfter } from './normal-pairs.js';
import { countWords, leavesCached } from './words.js';

/** Where a draw begins. */
export interface Origin {
  /** The words before it: 0 to MAX_WORDS. */
  readonly firstWord: number;
  /** The second normal of an earlier pair, as torch's generator keeps it. */
  readonly cachedNormal?: number | undefined;
}

export class TorchSequence {
  readonly generator = 'torch';
  #position: number;
  /** The cached normal, or the pair that it is the second of: to compute it takes a jump, and most are never read. */
  #cached: number | TorchDraw | undefined;

  constructor(
    readonly root: StreamState,
    { firstWord, cachedNormal }: Origin = { firstWord: 0 },
  ) {
    this.#position = firstWord;
    this.#cached = cachedNormal;
  }

  /** The words drawn so far. */
  get position(): number {
    return this.#position;
  }

  /** Computed when it is read first, for the price of a jump. */
  get cachedNormal(): number | undefined {
    const cached = typeof this.#cached === 'object' ? cachedAfter(this.#cached) : this.#cached;
    return (this.#cached = cached);
  }

  /** Whether a draw would use a cached normal; known without drawing. */
  usesCached(kernel: TorchKernel, elementCount: number): boolean {
    return this.#cached !== undefined && isFew(kernel, elementCount);
  }

  /** The next draw begins there. */
  moveTo({ firstWord, cachedNormal }: Origin): void {
    this.#position = firstWord;
    this.#cached = cachedNormal;
  }

  /**
   * Leaves out the draw that follows: the next begins where it would have ended. Computes nothing, however far apart draws lie.
   * @throws {ValueError} TOO_LARGE: the sequence would go beyond MAX_WORDS words; it stays where it was then
   */
  skip(kernel: TorchKernel, dtype: TorchDtype, elementCount: number): void {
    const isCached = this.#cached !== undefined;
    const end = this.#position + countWords(kernel, dtype, elementCount, isCached);
    if (end > MAX_WORDS) {
      const found = `The draw of ${elementCount} elements would go beyond word 2^53 - 625 of the generator.`;
      throw new ValueError('TOO_LARGE', found, 'Use a generator with another seed from here on.');
    }
    this.#position = end;
    if (!isFew(kernel, elementCount)) return;
    const leaves = leavesCached(countNormals(kernel, elementCount), isCached);
    this.#cached = leaves ? lastPair(this.root, end) : undefined;
  }

  /**
   * The draw that follows.
   * @throws {ValueError} TOO_LARGE: the sequence would go beyond MAX_WORDS words; nothing is taken then
   */
  take(kernel: TorchKernel, dtype: TorchDtype, elementCount: number): TorchDraw {
    const { root, position: firstWord } = this;
    const cached = this.usesCached(kernel, elementCount) ? this.#cached : undefined;
    this.skip(kernel, dtype, elementCount);
    const cachedNormal = typeof cached === 'object' ? cachedAfter(cached) : cached;
    return {
      kind: 'torch',
      dtype,
      kernel,
      root,
      firstWord,
      elementCount,
      ...(cachedNormal !== undefined && { cachedNormal }),
    };
  }
}

/** Whether a draw takes its normals pair by pair: it uses the cached normal, and may leave one. */
function isFew(kernel: TorchKernel, elementCount: number): boolean {
  const normals = countNormals(kernel, elementCount);
  return normals > 0 && normals < NORMAL_BLOCK;
}

/** One normal of the pair that ends at a word: it leaves the other. Which draw the pair belonged to does not matter. */
const lastPair = (root: StreamState, end: number): TorchDraw => ({
  kind: 'torch',
  dtype: 'float64',
  kernel: { kind: 'torch_normal', mean: 0, std: 1 },
  root,
  firstWord: end - WORDS_PER_PAIR,
  elementCount: 1,
});
