import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halvesOf, multiplyHigh } from '../../../src/domain/arithmetic/multiply-high.js';
import { anyWord64 } from '../../support/words64.js';

function highOf(word: bigint, last: bigint): bigint {
  const into = new Uint32Array(2);
  const { low, high } = halvesOf(word);
  multiplyHigh(low, high, halvesOf(last), into);
  return (BigInt(into[1] ?? NaN) << 32n) | BigInt(into[0] ?? NaN);
}

const EXTREMES = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 2n ** 32n, 2n ** 64n - 1n];

test('is the upper half of word times last + 1, for any two integers of 64 bits', () => {
  const anyInteger = fc.oneof(
    anyWord64.map((word) => BigInt.asUintN(64, word)),
    fc.constantFrom(...EXTREMES),
  );
  const law = fc.property(anyInteger, anyInteger, (word, last) => {
    expect(highOf(word, last)).toBe((word * (last + 1n)) >> 64n);
  });
  fc.assert(law, { numRuns: 5000, seed: 64 });
});

test('the least word gives 0 and the greatest gives last', () => {
  for (const last of EXTREMES) {
    expect(highOf(0n, last)).toBe(0n);
    expect(highOf(2n ** 64n - 1n, last)).toBe(last);
  }
});
