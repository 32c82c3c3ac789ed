/**
 * Polynomials over GF(2) modulo the characteristic polynomial of xoroshiro128+ (24, 16, 37).
 *
 * Stepping the generator is multiplying by x in GF(2)[x]/(p), so jumping n steps is multiplying by x^n mod p, and
 * a jump of any length costs one polynomial applied to the state (Haramoto, Matsumoto, Nishimura, Panneton,
 * L'Ecuyer, "Efficient Jump Ahead for F2-Linear Random Number Generators", INFORMS J. Comput. 20(3), 2008,
 * https://doi.org/10.1287/ijoc.1070.0251).
 * @module
 */

/** Coefficients of x^0 to x^127 as four 32-bit limbs, lowest first. */
export type Polynomial = readonly [number, number, number, number];

/** Splits a 128-bit constant into limbs, so that it can be written as one number. */
export function polynomial(coefficients: bigint): Polynomial {
  const limb = (i: bigint): number => Number(BigInt.asIntN(32, coefficients >> (32n * i)));
  return [limb(0n), limb(1n), limb(2n), limb(3n)];
}

/**
 * The characteristic polynomial without its leading x^128, computed from the state transition by
 * Berlekamp-Massey; gf2.test.ts shows that it annihilates the generator.
 */
const CHARACTERISTIC = polynomial(0x0008828e513b43d5095b8f76579aa001n);

/** The jump of no steps. */
export const ONE: Polynomial = [1, 0, 0, 0];

/** a * b mod p, by Horner over the bits of b from the highest. */
export function multiply(a: Polynomial, b: Polynomial): Polynomial {
  const [p0, p1, p2, p3] = CHARACTERISTIC;
  const [a0, a1, a2, a3] = a;
  const [b0, b1, b2, b3] = b;
  let r0 = 0;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;
  for (const limb of [b3, b2, b1, b0]) {
    for (let bit = 31; bit >= 0; bit--) {
      const overflow = r3 >> 31; // all ones when x^127 is about to become x^128, which p reduces
      const select = -((limb >>> bit) & 1);
      r3 = ((r3 << 1) | (r2 >>> 31)) ^ (p3 & overflow) ^ (a3 & select);
      r2 = ((r2 << 1) | (r1 >>> 31)) ^ (p2 & overflow) ^ (a2 & select);
      r1 = ((r1 << 1) | (r0 >>> 31)) ^ (p1 & overflow) ^ (a1 & select);
      r0 = (r0 << 1) ^ (p0 & overflow) ^ (a0 & select);
    }
  }
  return [r0, r1, r2, r3];
}

/** [a, a^2, a^4, ...]: what square-and-multiply needs for exponents of `bits` bits. */
export function squarings(a: Polynomial, bits: number): readonly Polynomial[] {
  const powers = [a];
  let power = a;
  while (powers.length < bits) powers.push((power = multiply(power, power)));
  return powers;
}

/**
 * a^exponent, from a's squarings.
 * @param exponent  a whole number from 0 to 2^53 - 1
 */
export function power(squares: readonly Polynomial[], exponent: number): Polynomial {
  let product = ONE;
  let rest = exponent;
  for (const square of squares) {
    if (rest === 0) break;
    if (rest % 2 === 1) product = multiply(product, square);
    rest = Math.floor(rest / 2);
  }
  return product;
}
