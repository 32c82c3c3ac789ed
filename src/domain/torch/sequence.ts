/**
 * The sequence of draws that a seed gives: each takes the words after those of the draw before, and a `normal_` of fewer than 16
 * elements may leave the second normal of a pair to the next one.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import type { StreamState } from '../streams/generator.js';
import { MAX_WORDS } from '../streams/mt19937-words.js';
import type { TorchDraw, TorchDtype, TorchKernel } from './torch-draw.js';
import { countNormals, NORMAL_BLOCK } from './normal-layout.js';
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
  #position: number;
  /** The cached normal, or the draw that left it: to compute it takes a jump, and most are never read. */
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

  get cachedNormal(): number | undefined {
    const cached = typeof this.#cached === 'object' ? cachedAfter(this.#cached) : this.#cached;
    return (this.#cached = cached);
  }

  /** The next draw begins there. */
  moveTo({ firstWord, cachedNormal }: Origin): void {
    this.#position = firstWord;
    this.#cached = cachedNormal;
  }

  /**
   * The draw that follows.
   * @throws {ValueError} TOO_LARGE: the sequence would go beyond MAX_WORDS words; nothing is taken then
   */
  take(kernel: TorchKernel, dtype: TorchDtype, elementCount: number): TorchDraw {
    const isCached = this.#cached !== undefined;
    const end = this.#position + countWords(kernel, dtype, elementCount, isCached);
    if (end > MAX_WORDS) {
      const found = `The draw of ${elementCount} elements would go beyond word 2^53 - 625 of the generator.`;
      throw new ValueError('TOO_LARGE', found, 'Use a generator with another seed from here on.');
    }
    const normals = countNormals(kernel, elementCount);
    const reads = normals > 0 && normals < NORMAL_BLOCK;
    const cachedNormal = reads ? this.cachedNormal : undefined;
    const { root } = this;
    const draw: TorchDraw = {
      generator: 'torch',
      dtype,
      kernel,
      root,
      firstWord: this.#position,
      elementCount,
      ...(cachedNormal !== undefined && { cachedNormal }),
    };
    this.#position = end;
    if (reads) this.#cached = leavesCached(normals, isCached) ? draw : undefined;
    return draw;
  }
}
