/**
 * Jumps of mt19937: n steps at once, for the price of one polynomial.
 *
 * The raw words obey one linear recurrence over GF(2), whose polynomial is the characteristic polynomial p of a step. So if
 * x^n mod p is the sum of c_i x^i, then word k + n is the xor of the words k + i with c_i = 1 (Haramoto, Matsumoto, Nishimura,
 * Panneton, L'Ecuyer, "Efficient Jump Ahead for F2-Linear Random Number Generators", INFORMS J. Comput. 20(3), 2008,
 * https://doi.org/10.1287/ijoc.1070.0251).
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import { DEGREE, STATE_WORDS, unrollWords } from './mt19937.js';
import { powerOfX } from './mt19937-polynomials.js';

/** The polynomials of the last few jumps of this thread, the latest last: 2.5 KB each. */
const recentPolynomials = new Map<number, Uint32Array>();
const KEPT_POLYNOMIALS = 8;

/**
 * x^steps mod the characteristic polynomial of mt19937.
 * @param steps  raw words to jump over: any safe integer from 0
 * @returns      shape [624]: bit i of the whole is the coefficient of x^i. Kept for the next call: not to be written to
 */
export function jumpPolynomial(steps: number): Uint32Array {
  const polynomial = recentPolynomials.get(steps) ?? powerOfX(steps);
  recentPolynomials.delete(steps);
  recentPolynomials.set(steps, polynomial);
  const [oldest] = recentPolynomials.keys();
  if (recentPolynomials.size > KEPT_POLYNOMIALS && oldest !== undefined) recentPolynomials.delete(oldest);
  return polynomial;
}

/** Words that a jump adds up, from the block on, then a block of zeros for what pads the last rows. */
const ADDED_WORDS = DEGREE - 1 + STATE_WORDS;
/** Blocks that are added in one pass: with 8, three times as fast as with one, which loads and stores each sum as often. */
const ROWS = 8;

/** The exponents of a polynomial's terms, padded to whole rows with the place of the zeros. */
function rowsOf(polynomial: Uint32Array): Uint32Array {
  const exponents: number[] = [];
  for (let exponent = 0; exponent < DEGREE; exponent++) {
    if ((uint32At(polynomial, exponent >>> 5) >>> (exponent & 31)) & 1) exponents.push(exponent);
  }
  while (exponents.length % ROWS > 0) exponents.push(ADDED_WORDS);
  return Uint32Array.from(exponents);
}

/** Adds the blocks that begin at eight words, given by their indices from rows[first] on. */
function addRows(sums: Uint32Array, words: Uint32Array, rows: Uint32Array, first: number): void {
  const row0 = uint32At(rows, first);
  const row1 = uint32At(rows, first + 1);
  const row2 = uint32At(rows, first + 2);
  const row3 = uint32At(rows, first + 3);
  const row4 = uint32At(rows, first + 4);
  const row5 = uint32At(rows, first + 5);
  const row6 = uint32At(rows, first + 6);
  const row7 = uint32At(rows, first + 7);
  for (let i = 0; i < STATE_WORDS; i++) {
    sums[i] =
      uint32At(sums, i) ^
      uint32At(words, row0 + i) ^
      uint32At(words, row1 + i) ^
      uint32At(words, row2 + i) ^
      uint32At(words, row3 + i) ^
      uint32At(words, row4 + i) ^
      uint32At(words, row5 + i) ^
      uint32At(words, row6 + i) ^
      uint32At(words, row7 + i);
  }
}

/**
 * The block that lies as many steps after a block as the polynomial says.
 * @param block  shape [624], twisted at least once: seedState says why
 */
export function applyJump(block: Uint32Array, polynomial: Uint32Array): Uint32Array<ArrayBuffer> {
  const words = unrollWords(block, ADDED_WORDS + STATE_WORDS).fill(0, ADDED_WORDS);
  const rows = rowsOf(polynomial);
  const jumped = new Uint32Array(STATE_WORDS);
  for (let first = 0; first < rows.length; first += ROWS) addRows(jumped, words, rows, first);
  return jumped;
}
