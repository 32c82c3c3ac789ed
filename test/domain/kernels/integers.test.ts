import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillIntegers, integersParameters } from '../../../src/domain/kernels/integers.js';
import { anyWord64, halvesOf } from '../../support/words64.js';

const ARRAYS = [
  [Int8Array, 8, true],
  [Uint8Array, 8, false],
  [Int16Array, 16, true],
  [Uint16Array, 16, false],
  [Int32Array, 32, true],
  [Uint32Array, 32, false],
  [BigInt64Array, 64, true],
  [BigUint64Array, 64, false],
] as const;

const rangeOf = (bits: number, isSigned: boolean): readonly [bigint, bigint] =>
  isSigned ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1)] : [0n, 2n ** BigInt(bits)];

const wordsOf = (words: readonly bigint[]): Uint32Array => Uint32Array.from(words.flatMap(halvesOf));

/** The contract, in the plainest arithmetic. */
const expectedOf = (words: readonly bigint[], low: bigint, high: bigint): bigint[] =>
  words.map((word) => low + ((BigInt.asUintN(64, word) * (high - low)) >> 64n));

const LEAST = 0n;
const GREATEST = -1n;

test.each(ARRAYS)(
  '%o: low + floor(word range / 2^64), for any interval that it holds',
  (Elements, bits, isSigned) => {
    const [least, most] = rangeOf(bits, isSigned);
    const anyEnd = fc.oneof(fc.bigInt({ min: least, max: most }), fc.constantFrom(least, most));
    const law = fc.property(fc.array(anyWord64), anyEnd, anyEnd, (list, a, b) => {
      fc.pre(a !== b);
      const [low, high] = a < b ? [a, b] : [b, a];
      const words = [...list, LEAST, GREATEST];
      const out = new Elements(words.length);
      fillIntegers(out, wordsOf(words), integersParameters(low, high));
      expect([...out].map(BigInt)).toEqual(expectedOf(words, low, high));
    });
    fc.assert(law, { numRuns: 300, seed: 13 });
  },
);

test.each(ARRAYS)('%o: both ends of the whole range are reached', (Elements, bits, isSigned) => {
  const [least, most] = rangeOf(bits, isSigned);
  const out = new Elements(2);
  fillIntegers(out, wordsOf([LEAST, GREATEST]), integersParameters(least, most));
  expect([...out].map(BigInt)).toEqual([least, most - 1n]);
});

test.each([
  [Float32Array, 24],
  [Float64Array, 53],
] as const)('%o: the same numbers, exact to 2^%d', (Elements, bits) => {
  const most = 2n ** BigInt(bits);
  const anyEnd = fc.oneof(fc.bigInt({ min: -most, max: most }), fc.constantFrom(-most, most));
  const law = fc.property(fc.array(anyWord64), anyEnd, anyEnd, (list, a, b) => {
    const [low, last] = a < b ? [a, b] : [b, a];
    const words = [...list, LEAST, GREATEST];
    const out = new Elements(words.length);
    fillIntegers(out, wordsOf(words), integersParameters(low, last + 1n));
    expect([...out].map(BigInt)).toEqual(expectedOf(words, low, last + 1n));
  });
  fc.assert(law, { numRuns: 300, seed: 13 });
});

test('no value of a float is -0', () => {
  const out = new Float64Array(3);
  fillIntegers(out, wordsOf([0n, 1n << 63n, -1n]), integersParameters(-1n, 1n));
  expect([...out]).toEqual([-1, 0, 0]);
});
