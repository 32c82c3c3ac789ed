/**
 * The words of mt19937 by their position. A root is `[seed32]`: word p is then the raw word x[624 + p], tempered. Or it is a state that
 * somebody's generator had, 624 raw words and the index of the next one to draw: word p is then x[next + p].
 *
 * A thread keeps the blocks that it used last. It steps to a block that lies a little after one of them, jumps to any other, and
 * begins at the root where none lies before it.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import { at } from '../../base/at.js';
import type { StreamState, WordSource } from './generator.js';
import { applyJump, jumpPolynomial } from './mt19937-jump.js';
import { seedState, STATE_WORDS, temper, twist } from './mt19937.js';

/** A block of raw words, by its number from the root: block 0 is what the root says. */
interface NumberedBlock {
  number: number;
  words: Uint32Array<ArrayBuffer>;
}

/** The raw words in which a position lies, and the index of its word: `block` is the caller's own. */
export interface StateAt {
  readonly block: Uint32Array<ArrayBuffer>;
  readonly index: number;
}

/** A block that lies at most this far ahead is stepped to, not jumped to: either takes milliseconds there (bench/README.md). */
const STEPPED_BLOCKS = 2000;

/** A root as an array that is not a seed has the raw words, then the next one's index. */
const isSeed = (root: StreamState): boolean => root.length === 1;

/** 2^53 - 625: so far words have positions after any root, so that their indices from block 0 are safe integers. */
export const MAX_WORDS = Number.MAX_SAFE_INTEGER - STATE_WORDS;

const firstIndex = (root: StreamState): number => (isSeed(root) ? STATE_WORDS : at(root, STATE_WORDS));

/**
 * The index of a word among the raw words, from block 0.
 * @param word  position, from 0 to MAX_WORDS
 * @throws {RangeError} any other
 */
export function indexOf(root: StreamState, word: number): number {
  if (Number.isSafeInteger(word) && word >= 0 && word <= MAX_WORDS) return firstIndex(root) + word;
  throw new RangeError(`There is no word ${word} after a root.`);
}

/** The raw words of block 0, a new array. */
export const wordsOfRoot = (root: StreamState): Uint32Array<ArrayBuffer> =>
  isSeed(root) ? seedState(at(root, 0)) : Uint32Array.from(root.slice(0, STATE_WORDS));

interface Kept {
  readonly root: StreamState;
  /** Moves on while the source reads on that has it. */
  readonly block: NumberedBlock;
}

/** What this thread used last, the latest first: 2.5 KB each. */
const keptBlocks: Kept[] = [];
const KEPT_BLOCKS = 8;

/** Roots are compared by what they hold: those that crossed a thread are copies. */
export const isSameRoot = (a: StreamState, b: StreamState): boolean =>
  a === b || (a.length === b.length && a.every((word, i) => word === b[i]));

/** The kept block of a root that is nearest before a block, or that block. */
function findNearest(root: StreamState, number: number): Kept | undefined {
  let nearest: Kept | undefined;
  for (const kept of keptBlocks) {
    if (kept.block.number > number || kept.block.number < (nearest?.block.number ?? 0)) continue;
    if (isSameRoot(kept.root, root)) nearest = kept;
  }
  return nearest;
}

/** Remembers a block instead of the one it was stepped from, or of the one that was used longest ago. */
function keep(kept: Kept, instead: Kept | undefined): void {
  const index = instead === undefined ? -1 : keptBlocks.indexOf(instead);
  if (index >= 0) keptBlocks.splice(index, 1);
  keptBlocks.unshift(kept);
  if (keptBlocks.length > KEPT_BLOCKS) keptBlocks.pop();
}

function stepTo(block: NumberedBlock, number: number): void {
  while (block.number < number) {
    twist(block.words);
    block.number++;
  }
}

/** Jumps from one block to another, the first twisted at least once. */
function jumpTo(block: NumberedBlock, number: number): void {
  stepTo(block, Math.max(block.number, 1));
  block.words = applyJump(block.words, jumpPolynomial((number - block.number) * STATE_WORDS));
  block.number = number;
}

/** A block of the root's words, the caller's own. */
function openBlock(root: StreamState, number: number): NumberedBlock {
  const nearest = findNearest(root, number);
  const block = nearest
    ? { number: nearest.block.number, words: nearest.block.words.slice() }
    : { number: 0, words: wordsOfRoot(root) };
  const isNear = number - block.number <= STEPPED_BLOCKS;
  if (isNear) stepTo(block, number);
  else jumpTo(block, number);
  keep({ root, block }, isNear ? nearest : undefined);
  return block;
}

/** Numbers a word's block and finds the word in it. */
function locate(root: StreamState, word: number): { number: number; index: number } {
  const index = indexOf(root, word);
  return { number: Math.floor(index / STATE_WORDS), index: index % STATE_WORDS };
}

/**
 * The block of raw words that holds a word: what torch's generator has as its state after it drew that word (and an index of 0 stands
 * for the end of the block before).
 * @param word  position, from 0 to MAX_WORDS
 */
export function stateAt(root: StreamState, word: number): StateAt {
  const { number, index } = locate(root, word);
  return { block: openBlock(root, number).words.slice(), index };
}

/**
 * Reads the tempered words from a position on. Sources of one root may be read in turns.
 * @param word  position of the first word, from 0 to MAX_WORDS
 */
export function openWords(root: StreamState, word: number): WordSource {
  const first = locate(root, word);
  const block = openBlock(root, first.number);
  let { index } = first;
  return {
    read(out) {
      let done = 0;
      while (done < out.length) {
        if (index === STATE_WORDS) {
          stepTo(block, block.number + 1);
          index = 0;
        }
        const count = Math.min(out.length - done, STATE_WORDS - index);
        for (let i = 0; i < count; i++) out[done + i] = temper(uint32At(block.words, index + i));
        done += count;
        index += count;
      }
    },
  };
}
