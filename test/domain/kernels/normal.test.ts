import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toFixed, toNumber } from '../../../bench/fit/approximation/fixed-point.js';
import { preciseCentralMass } from '../../../bench/fit/reference/normal-mass.js';
import {
  fillNormal,
  NORMAL_REACH,
  normalFromWord,
  normalParameters,
} from '../../../src/domain/kernels/normal.js';
import { deltaAtDepth } from '../../../src/domain/arithmetic/normal-tail.js';

const anyWord = fc.nat(2 ** 32 - 1);

/** |z| of the n-th lattice point from the centre. */
function exactQuantile(n: number): number {
  const x = (n + 0.5) / 2 ** 31;
  return deltaAtDepth(0, x < 0.5 ? -Math.log1p(-x) : -Math.log((2 ** 31 - n - 0.5) / 2 ** 31));
}

test('is within 7 ulp and 4.6e-7 relative of the inverse of the distribution function', () => {
  const END = 2 ** 31 - 1;
  const places = Array.from({ length: 60_000 }, (_, i) => [
    i, // the centre
    35_791 * i, // everywhere
    END - i, // the end
    END - Math.floor(1.00035 ** i % 2 ** 30), // the tail, evenly in its logarithm
  ]).flat();
  let worstUlp = 0;
  let worstRelative = 0;
  for (const n of places) {
    const exact = exactQuantile(n);
    const error = Math.abs(normalFromWord(n) - exact);
    worstUlp = Math.max(worstUlp, error / 2 ** (Math.floor(Math.log2(exact)) - 23));
    worstRelative = Math.max(worstRelative, error / exact);
  }
  expect(worstUlp).toBeLessThan(7);
  expect(worstRelative).toBeLessThan(4.6e-7);
  expect(worstUlp).toBeGreaterThan(3); // the reference is another computation, not this one again
});

test('the reference agrees with 256 bits: the mass within the quantile is the lattice point’s', () => {
  for (const n of [
    0,
    1,
    1000,
    2 ** 20,
    2 ** 29,
    2 ** 30,
    2 ** 31 - 3 * 2 ** 20,
    2 ** 31 - 1000,
    2 ** 31 - 1,
  ]) {
    const z = exactQuantile(n);
    const tail = 1 - toNumber(preciseCentralMass(toFixed(z)));
    const wanted = (2 ** 31 - n - 0.5) / 2 ** 31;
    // A relative error e of z moves the tail's logarithm by about z * hazard * e, at most 42 e here.
    expect(Math.abs(tail / wanted - 1)).toBeLessThan(z < 1 ? 1e-14 : 2 ** -52 / wanted + 1e-12);
  }
});

test('is odd: w and ~w give opposite values; never 0, never beyond the stated reach', () => {
  const law = fc.property(anyWord, (word) => {
    const z = normalFromWord(word);
    expect(normalFromWord(~word)).toBe(-z);
    expect(z !== 0 && Math.abs(z) < NORMAL_REACH).toBe(true);
    expect(Math.fround(z)).toBe(z);
  });
  fc.assert(law, { numRuns: 2000 });
});

test('the tail is complete: the outermost words reach 6.33795, and every bit of a word counts there', () => {
  expect(normalFromWord(0x7fffffff)).toBeCloseTo(6.337958, 5);
  expect(normalFromWord(0x80000000)).toBe(-normalFromWord(0x7fffffff));
  for (let n = 2 ** 31 - 1; n > 2 ** 31 - 1000; n--) {
    expect(normalFromWord(n)).toBeGreaterThan(normalFromWord(n - 1));
  }
});

test('a value is mean + std * z, each operation rounded to float32', () => {
  const parameter = fc.float({ min: -1e6, max: 1e6, noNaN: true });
  const law = fc.property(anyWord, parameter, parameter, (word, mean, spread) => {
    const std = Math.abs(spread);
    const out = new Float32Array(1);
    fillNormal(out, Uint32Array.of(word), normalParameters(mean, std));
    expect(out[0]).toBe(Math.fround(mean + Math.fround(std * normalFromWord(word))));
  });
  fc.assert(law);
});
