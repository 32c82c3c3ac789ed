/**
 * mt19937, the generator of torch's CPU, Python's `random` and numpy's RandomState: x[k + 624] is made of x[k], x[k + 1] and x[k + 397].
 * Its raw words come in blocks of 624 consecutive ones; a user gets them tempered. mt19937-words.ts numbers and finds them.
 *
 * Source: Matsumoto, Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform pseudorandom number generator", ACM
 * TOMACS 8(1), 1998, https://doi.org/10.1145/272991.272995; the seeding is init_genrand of the authors' mt19937ar.c (2002),
 * http://www.math.sci.hiroshima-u.ac.jp/m-mat/MT/emt.html.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';

/** The paper's n: raw words of a block. */
export const STATE_WORDS = 624;
/** The paper's m: x[k + 397] goes into x[k + 624]. */
export const MIDDLE_WORD = 397;
/** The degree of the characteristic polynomial: the bits of the state. */
export const DEGREE = 19_937;
/** The paper's a, the last row of the twist matrix, as an int32: V8 then keeps words in registers, not as doubles. */
export const TWIST_MATRIX = 0x9908b0df | 0;

/** The paper's u, the upper w - r = 1 bit of a word, and its l, the lower r = 31. */
const UPPER_BIT = 0x80000000 | 0;
const LOWER_BITS = 0x7fffffff;

const SEED_FACTOR = 1812433253;

/**
 * The words x[0] to x[623] of a seed (init_genrand). No user gets them: the first word drawn is x[624], after a twist. The lower 31
 * bits of x[0] are no part of the linear state: jumps begin from a block that was twisted.
 * @param seed32  0 to 2^32 - 1
 */
export function seedState(seed32: number): Uint32Array<ArrayBuffer> {
  const state = new Uint32Array(STATE_WORDS);
  let word = seed32 >>> 0;
  state[0] = word;
  for (let i = 1; i < STATE_WORDS; i++) {
    word = (Math.imul(SEED_FACTOR, word ^ (word >>> 30)) + i) >>> 0;
    state[i] = word;
  }
  return state;
}

/** x[k + 624] from x[k], x[k + 1] and x[k + 397]. */
const nextWord = (first: number, second: number, middle: number): number => {
  const joined = (first & UPPER_BIT) | (second & LOWER_BITS);
  return middle ^ (joined >>> 1) ^ (-(joined & 1) & TWIST_MATRIX);
};

/** Where a stretch of the recurrence finds x[k + 397] and puts x[k + 624], from x[k] on: indices, as a twist overwrites what it used. */
interface Places {
  readonly middle: number;
  readonly next: number;
}

/** The recurrence for x[begin] to x[end - 1]. */
function runRecurrence(words: Uint32Array, begin: number, end: number, { middle, next }: Places): void {
  let first = uint32At(words, begin);
  for (let i = begin; i < end; i++) {
    const second = uint32At(words, i + 1);
    words[i + next] = nextWord(first, second, uint32At(words, i + middle));
    first = second;
  }
}

const OLD_MIDDLE: Places = { middle: MIDDLE_WORD, next: 0 };
const NEW_MIDDLE: Places = { middle: MIDDLE_WORD - STATE_WORDS, next: 0 };
const UNROLLED: Places = { middle: MIDDLE_WORD, next: STATE_WORDS };

/** Overwrites a block with the next one. */
export function twist(state: Uint32Array): void {
  const last = STATE_WORDS - 1;
  runRecurrence(state, 0, STATE_WORDS - MIDDLE_WORD, OLD_MIDDLE);
  runRecurrence(state, STATE_WORDS - MIDDLE_WORD, last, NEW_MIDDLE);
  state[last] = nextWord(uint32At(state, last), uint32At(state, 0), uint32At(state, MIDDLE_WORD - 1));
}

/** The raw words from a block on. @returns  shape [wordCount], at least 624: the block, then what follows it */
export function unrollWords(block: Uint32Array, wordCount: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(wordCount);
  words.set(block);
  runRecurrence(words, 0, wordCount - STATE_WORDS, UNROLLED);
  return words;
}

/** The word that a user gets for a raw word. @returns  an int32: the uint32's bits */
export function temper(word: number): number {
  let y = word ^ (word >>> 11);
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >>> 18);
}
