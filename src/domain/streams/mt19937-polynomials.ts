/**
 * Polynomials over GF(2) modulo the characteristic polynomial p of mt19937, as 624 words: bit i of the whole is the coefficient of x^i.
 * p has degree 19937 and only 135 terms: squaring a polynomial is spreading its bits and folding the upper half back, and x^n takes one
 * squaring for each bit of n beyond the first fourteen. So n of 2^53 costs 39 of them, at 0.1 ms each.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import { DEGREE, MIDDLE_WORD, STATE_WORDS, TWIST_MATRIX } from './mt19937.js';

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

/** The coefficients of x^DEGREE times x^(32 word) on, 32 of them. */
const bitsAbove = (square: Uint32Array, word: number): number =>
  (uint32At(square, TOP_WORD + word) >>> TOP_BIT) |
  ((uint32At(square, TOP_WORD + word + 1) << 1) << (31 - TOP_BIT));

/** Words that are folded at a time: the terms below x^DEGREE begin 227 lower, so what 7 words of 32 bits add never comes back. */
const FOLDED_WORDS = 7;

/** Folds the 224 coefficients from x^DEGREE times x^(32 word) on. */
function foldWords(square: Uint32Array, word: number): void {
  const bits0 = bitsAbove(square, word);
  const bits1 = bitsAbove(square, word + 1);
  const bits2 = bitsAbove(square, word + 2);
  const bits3 = bitsAbove(square, word + 3);
  const bits4 = bitsAbove(square, word + 4);
  const bits5 = bitsAbove(square, word + 5);
  const bits6 = bitsAbove(square, word + 6);
  for (let t = 0; t < termWords.length; t++) {
    const target = word + uint32At(termWords, t);
    const left = uint32At(termBits, t);
    const right = 31 - left; // after a shift by one: a shift by 32 would be one by 0
    square[target] = uint32At(square, target) ^ (bits0 << left);
    square[target + 1] = uint32At(square, target + 1) ^ (bits1 << left) ^ ((bits0 >>> 1) >>> right);
    square[target + 2] = uint32At(square, target + 2) ^ (bits2 << left) ^ ((bits1 >>> 1) >>> right);
    square[target + 3] = uint32At(square, target + 3) ^ (bits3 << left) ^ ((bits2 >>> 1) >>> right);
    square[target + 4] = uint32At(square, target + 4) ^ (bits4 << left) ^ ((bits3 >>> 1) >>> right);
    square[target + 5] = uint32At(square, target + 5) ^ (bits5 << left) ^ ((bits4 >>> 1) >>> right);
    square[target + 6] = uint32At(square, target + 6) ^ (bits6 << left) ^ ((bits5 >>> 1) >>> right);
    square[target + 7] = uint32At(square, target + 7) ^ ((bits6 >>> 1) >>> right);
  }
}

/**
 * Folds a polynomial of less than twice the degree, from its highest coefficients down: x^DEGREE is the sum of the lower terms.
 * @param square  1,248 words; afterwards its first 624 are the remainder
 */
function reduce(square: Uint32Array): void {
  for (let word = TOP_WORD - FOLDED_WORDS; word >= 0; word -= FOLDED_WORDS) foldWords(square, word);
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
  for (const exponent of lowerTerms) {
    polynomial[exponent >>> 5] = uint32At(polynomial, exponent >>> 5) ^ (1 << (exponent & 31));
  }
}

/** x^steps mod p, a squaring for each bit of steps after those that stay below the degree. */
export function powerOfX(steps: number): Uint32Array {
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
