/**
 * The window of mt19937's raw words from which a thread draws, and how it gets to a position.
 * @module
 */
import { uint32At } from '../../domain/arithmetic/typed-at.js';
import type { StreamState } from '../../domain/streams/generator.js';
import { jumpPolynomial } from '../../domain/streams/mt19937-jump.js';
import { indexOf, isSameRoot, wordsOfRoot } from '../../domain/streams/mt19937-words.js';
import { DEGREE } from '../../domain/streams/mt19937.js';
import type { SharedMemory } from '../memory/wasm.js';
import { GROUP_BYTES, GROUP_ELEMENTS } from './groups.js';
import { SUM_OFFSET, TERMS_OFFSET, UNROLLED_GROUPS, WINDOW_BYTES } from './torch-area.js';
import type { TorchWordsExports } from './torch-modules.js';

/** So many words, and fewer, are stepped over rather than jumped over: either takes milliseconds there (bench/README.md). */
const STEPPED_WORDS = 2 ** 23;

/** A root's window, where it begins in the sequence of the root's raw words. */
interface Place {
  readonly root: StreamState;
  readonly index: number;
}

interface KeptWindow extends Place {
  readonly words: Uint8Array;
}

/** Windows that were left for another root, or for an earlier position. */
const KEPT_WINDOWS = 4;

export class TorchWindow {
  /** The address of the window. */
  readonly raw: number;
  readonly #words: TorchWordsExports;
  readonly #bytes: Uint8Array;
  readonly #terms: Uint32Array;
  #place: Place = { root: [], index: 0 };
  #kept: readonly KeptWindow[] = [];

  /** @param base  the address of its part, WINDOW_MEMORY_BYTES of the instance's memory */
  constructor(words: TorchWordsExports, memory: SharedMemory, base: number) {
    this.raw = base;
    this.#words = words;
    this.#bytes = new Uint8Array(memory.buffer, base, WINDOW_BYTES);
    this.#terms = new Uint32Array(memory.buffer, base + TERMS_OFFSET, DEGREE);
  }

  /** Makes the window begin at a word of the root: goes on from where it is, or from one that it left, or from the root. */
  seek(root: StreamState, word: number): void {
    const index = indexOf(root, word);
    if (!this.#isBefore(this.#place, root, index)) this.#leaveFor(root, index);
    const distance = index - this.#place.index;
    if (distance > STEPPED_WORDS) this.#jump(distance);
    else this.#step(distance);
  }

  /** Tells that a fill left the window so many groups further in its memory. */
  advance(groups: number): void {
    this.#words.slide(this.raw, this.raw + GROUP_BYTES * groups);
    this.#pass(GROUP_ELEMENTS * groups);
  }

  /** Copies the window to a memory, for a fill in place there. */
  lend(memory: SharedMemory, byteOffset: number): void {
    new Uint8Array(memory.buffer, byteOffset, WINDOW_BYTES).set(this.#bytes);
  }

  /** Takes it back, so many groups later. */
  takeBack(memory: SharedMemory, byteOffset: number, groups: number): void {
    this.#bytes.set(new Uint8Array(memory.buffer, byteOffset, WINDOW_BYTES));
    this.#pass(GROUP_ELEMENTS * groups);
  }

  #isBefore(place: Place, root: StreamState, index: number): boolean {
    return place.index <= index && isSameRoot(place.root, root);
  }

  /** Keeps the window, and goes on from the nearest one before the index. */
  #leaveFor(root: StreamState, index: number): void {
    const left: KeptWindow = { ...this.#place, words: this.#bytes.slice() };
    const usable = this.#kept.filter((kept) => this.#isBefore(kept, root, index));
    const start: KeptWindow = { root, index: 0, words: new Uint8Array(wordsOfRoot(root).buffer) };
    const nearest = usable.reduce((best, kept) => (kept.index > best.index ? kept : best), start);
    this.#bytes.set(nearest.words);
    this.#place = nearest;
    this.#kept = [left, ...this.#kept.filter((kept) => kept !== nearest)].slice(0, KEPT_WINDOWS);
  }

  #step(distance: number): void {
    for (let left = distance; left > 0;) {
      const words = Math.min(left, GROUP_ELEMENTS * UNROLLED_GROUPS);
      this.#words.skipWords(this.raw, Math.ceil(words / GROUP_ELEMENTS));
      this.#words.slide(this.raw, this.raw + 4 * words);
      left -= words;
    }
    this.#pass(distance);
  }

  #jump(distance: number): void {
    // The lower 31 bits of a root's first word are no part of the linear state.
    this.#step(1);
    const count = listTerms(jumpPolynomial(distance - 1), this.#terms);
    this.#words.skipWords(this.raw, UNROLLED_GROUPS);
    const sum = this.raw + SUM_OFFSET;
    this.#words.addWindows(this.raw, this.#terms.byteOffset, count, sum);
    this.#words.slide(this.raw, sum);
    this.#pass(distance - 1);
  }

  #pass(words: number): void {
    const { root, index } = this.#place;
    this.#place = { root, index: index + words };
  }
}

/** Lists the terms of a polynomial as byte offsets of the windows they stand for. @returns  how many there are */
function listTerms(polynomial: Uint32Array, out: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < polynomial.length; word++) {
    for (let bits = uint32At(polynomial, word); bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      out[count++] = 4 * (32 * word + bit);
    }
  }
  return count;
}
