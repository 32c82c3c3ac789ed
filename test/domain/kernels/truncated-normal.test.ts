import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toNumber } from '../../../bench/fit/approximation/fixed-point.js';
import {
  preciseTruncatedNormal,
  referenceTruncatedNormal,
} from '../../../bench/fit/reference/truncated-normal.js';
import {
  fillTruncatedNormal,
  standardFromWord,
  truncatedNormalParameters,
} from '../../../src/domain/kernels/truncated-normal.js';

const anyWord = fc.nat(2 ** 32 - 1);
/** The exact lattice point of a word: m * 2^-23. */
const latticePoint = (word: number): number => ((word >> 8) + 0.5) * 2 ** -23;

test('is within 7.2 ulp and 4.7e-7 relative of the inverse of the distribution function', () => {
  let worstUlp = 0;
  let worstRelative = 0;
  // Every 61st of the 2^23 positive lattice points, and both ends; the kernel is odd (next test). `npm run fit -- truncated-normal` sweeps all.
  for (let k = 0; k < 2 ** 23; k += 61) {
    for (const word of [k << 8, ((2 ** 23 - 1 - k) << 8) >>> 0]) {
      const exact = referenceTruncatedNormal(latticePoint(word));
      const error = Math.abs(standardFromWord(word) - exact);
      const ulp = 2 ** (Math.floor(Math.log2(exact)) - 23);
      worstUlp = Math.max(worstUlp, error / ulp);
      worstRelative = Math.max(worstRelative, error / exact);
    }
  }
  expect(worstUlp).toBeLessThan(7.2);
  expect(worstRelative).toBeLessThan(4.7e-7);
  expect(worstUlp).toBeGreaterThan(3); // the reference is another computation, not this one again
});

test('the bound of z never acts: no word reaches 2 (the SIMD kernel has no bound)', () => {
  let most = 0;
  for (let k = 0; k < 2 ** 23; k++) {
    most = Math.max(most, standardFromWord(k << 8), -standardFromWord(~(k << 8)));
  }
  expect(most).toBeLessThan(2);
  expect(most).toBeGreaterThan(1.999999);
});

test('the reference in double precision agrees with one in 256 bits', () => {
  const law = fc.property(fc.double({ min: 2 ** -24, max: 1, noNaN: true }), (u) => {
    const precise = toNumber(preciseTruncatedNormal(u));
    expect(Math.abs(referenceTruncatedNormal(u) / precise - 1)).toBeLessThan(4e-15);
  });
  fc.assert(law, { numRuns: 40 });
});

test('is odd: w and ~w give opposite values; never 0, never beyond 2', () => {
  const law = fc.property(anyWord, (word) => {
    const z = standardFromWord(word);
    expect(standardFromWord(~word)).toBe(-z);
    expect(z !== 0 && Math.abs(z) <= 2).toBe(true);
    expect(Math.fround(z)).toBe(z);
  });
  fc.assert(law, { numRuns: 2000 });
});

test('the outermost words stay within 2', () => {
  for (const word of [0x7fffffff, 0x80000000]) {
    expect(Math.abs(standardFromWord(word))).toBeLessThanOrEqual(2);
    expect(Math.abs(standardFromWord(word))).toBeGreaterThan(1.999999);
  }
});

test('a value is mean + std * z, each operation rounded to float32', () => {
  const parameter = fc.float({ min: -1e6, max: 1e6, noNaN: true });
  const law = fc.property(anyWord, parameter, parameter, (word, mean, spread) => {
    const std = Math.abs(spread);
    const out = new Float32Array(1);
    fillTruncatedNormal(out, Uint32Array.of(word), truncatedNormalParameters(mean, std));
    const product = Float32Array.of(std * standardFromWord(word));
    const sum = Float32Array.of(mean + (product[0] ?? NaN));
    expect(out).toEqual(sum);
  });
  fc.assert(law);
});
