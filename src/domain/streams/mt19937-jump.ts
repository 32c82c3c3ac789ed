/**
 * Jumps of mt19937: n steps at once, for the price of one polynomial.
 *
 * The raw words obey one linear recurrence over GF(2), whose polynomial is the characteristic polynomial p of a step. So if
 * x^n mod p is the sum of c_i x^i, then word k + n is the xor of the words k + i with c_i = 1 (Haramoto, Matsumoto, Nishimura,
 * Panneton, L'Ecuyer, "Efficient Jump Ahead for F2-Linear Random Number Generators", INFORMS J. Comput. 20(3), 2008,
 * https://doi.org/10.1287/ijoc.1070.0251). p has degree 19937 and only 135 terms: squaring a polynomial is spreading its bits and
 * folding the upper half back, and x^n takes one squaring for each bit of n beyond the first fourteen.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import { MIDDLE_WORD, STATE_WORDS, TWIST_MATRIX, unrollWords } from './mt19937.js';

/** The degree of the characteristic polynomial: the bits of the state. */
export const DEGREE = 19_937;
/** The word and bit of a polynomial that hold the coefficient of x^DEGREE. */
const TOP_WORD = DEGREE >>> 5;
const TOP_BIT = DEGREE & 31;
const BELOW_TOP = (1 << TOP_BIT) - 1;

/**
 * The exponents of the characteristic polynomial, in no order: the paper's closed form (its appendix A), expanded over GF(2). With
 * s = x^624 + x^397 and t = x^623 + x^396 it is s t^31 + the sum of a_i s t^(30 - i) over i < 31 + a_31, where a_i are the bits of
 * the twist matrix.
 */
export function characteristicExponents(): number[] {
  const exponents = new Set<number>();
  const toggle = (exponent: number): void => {
    if (!exponents.delete(exponent)) exponents.add(exponent);
  };
  const addProduct = (power: number): void => {
    for (let j = 0; j <= power; j++) {
      if ((power & j) !== j) continue; // Lucas: the binomial coefficient of power and j is odd where j's bits are among power's
      const exponent = (STATE_WORDS - 1) * (power - j) + (MIDDLE_WORD - 1) * j;
      toggle(exponent + STATE_WORDS);
      toggle(exponent + MIDDLE_WORD);
    }
  };
  addProduct(31);
  for (let i = 0; i < 31; i++) if ((TWIST_MATRIX >>> i) & 1) addProduct(30 - i);
  if (TWIST_MATRIX >>> 31) toggle(0);
  return [...exponents];
}

/** All terms of the characteristic polynomial but x^DEGREE: the word and the bit of each. */
const lowerTerms = characteristicExponents().filter((exponent) => exponent !== DEGREE);
const termWords = Uint32Array.from(lowerTerms, (exponent) => exponent >>> 5);
const termBits = Uint32Array.from(lowerTerms, (exponent) => exponent & 31);

/** Adds `bits` times the lower terms, times x^(32 word), to a polynomial. */
function addLowerTerms(polynomial: Uint32Array, word: number, bits: number): void {
  for (let t = 0; t < termWords.length; t++) {
    const target = word + uint32At(termWords, t);
    const shift = uint32At(termBits, t);
    polynomial[target] = uint32At(polynomial, target) ^ (bits << shift);
    polynomial[target + 1] = uint32At(polynomial, target + 1) ^ ((bits >>> 1) >>> (31 - shift));
  }
}

/**
 * Folds a polynomial of less than twice the degree: x^DEGREE is the sum of the lower terms. It folds 32 coefficients at a time, from
 * the highest; the terms below x^DEGREE begin 227 lower, so what is folded never comes back.
 * @param square  1,248 words; afterwards its first 624 are the remainder
 */
function reduce(square: Uint32Array): void {
  for (let word = TOP_WORD - 1; word >= 0; word--) {
    const above = TOP_WORD + word;
    const bits =
      (uint32At(square, above) >>> TOP_BIT) | ((uint32At(square, above + 1) << 1) << (31 - TOP_BIT));
    if (bits !== 0) addLowerTerms(square, word, bits);
  }
  square[TOP_WORD] = uint32At(square, TOP_WORD) & BELOW_TOP;
}

/** 16 bits with a zero after each: the square of a polynomial over GF(2). */
function spread(bits: number): number {
  let spaced = bits & 0xffff;
  spaced = (spaced | (spaced << 8)) & 0x00ff00ff;
  spaced = (spaced | (spaced << 4)) & 0x0f0f0f0f;
  spaced = (spaced | (spaced << 2)) & 0x33333333;
  return (spaced | (spaced << 1)) & 0x55555555;
}

const squareBuffer = new Uint32Array(2 * STATE_WORDS);

function squareInPlace(polynomial: Uint32Array): void {
  for (let i = 0; i < STATE_WORDS; i++) {
    const bits = uint32At(polynomial, i);
    squareBuffer[2 * i] = spread(bits);
    squareBuffer[2 * i + 1] = spread(bits >>> 16);
  }
  reduce(squareBuffer);
  polynomial.set(squareBuffer.subarray(0, STATE_WORDS));
}

function timesXInPlace(polynomial: Uint32Array): void {
  let carry = 0;
  for (let i = 0; i < STATE_WORDS; i++) {
    const bits = uint32At(polynomial, i);
    polynomial[i] = (bits << 1) | carry;
    carry = bits >>> 31;
  }
  const top = uint32At(polynomial, TOP_WORD);
  if (((top >>> TOP_BIT) & 1) === 0) return;
  polynomial[TOP_WORD] = top & BELOW_TOP;
  addLowerTerms(polynomial, 0, 1);
}

/** x^steps mod p, a squaring for each bit of steps after those that stay below the degree. */
function powerOfX(steps: number): Uint32Array {
  let leading = steps;
  const rest: number[] = [];
  while (leading >= DEGREE) {
    rest.push(leading % 2);
    leading = Math.floor(leading / 2);
  }
  const power = new Uint32Array(STATE_WORDS);
  power[leading >>> 5] = 1 << (leading & 31);
  for (const bit of rest.reverse()) {
    squareInPlace(power);
    if (bit === 1) timesXInPlace(power);
  }
  return power;
}

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
