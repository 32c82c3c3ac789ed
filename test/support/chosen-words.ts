/** A root of torch's generator whose first words are chosen: the raw words that tempering turns into them. */
import { STATE_WORDS } from '../../src/domain/streams/mt19937.js';
import type { StreamState } from '../../src/domain/streams/generator.js';

/** @param words  at most 624; zeros follow */
export function rootOfWords(words: readonly number[]): StreamState {
  const raw = Array.from({ length: STATE_WORDS }, (_, i) => untemper(words[i] ?? 0));
  return [...raw, 0];
}

/** The raw word that mt19937 tempers into a word. */
function untemper(word: number): number {
  let x = word ^ (word >>> 18);
  x ^= (x << 15) & 0xefc60000;
  x = solve(x, (y) => (y << 7) & 0x9d2c5680);
  x = solve(x, (y) => y >>> 11);
  return x >>> 0;
}

/** The x with x ^ shifted(x) = result, for a shift of at least 7: each round makes that many more bits right. */
function solve(result: number, shifted: (x: number) => number): number {
  let x = result;
  for (let bits = 0; bits < 32; bits += 7) x = result ^ shifted(x);
  return x;
}
