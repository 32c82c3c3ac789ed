import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueError } from '../../../src/base/errors.js';
import { checkSeed, chooseSeed } from '../../../src/domain/streams/seed.js';

function refusalOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (error instanceof ValueError && error.code === 'BAD_SEED') return error.message;
    throw error;
  }
  throw new Error('the seed was accepted');
}

test('torch takes seeds from -2^63 to 2^64 - 1, modulo 2^64', () => {
  const anySeed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
  const law = fc.property(anySeed, (seed) => {
    expect(checkSeed(seed, 'torch')).toBe(BigInt.asUintN(64, seed));
  });
  fc.assert(law);
  expect(checkSeed(-1, 'torch')).toBe(2n ** 64n - 1n);
  expect(checkSeed(-(2n ** 63n), 'torch')).toBe(2n ** 63n);
});

test.each([-(2n ** 63n) - 1n, 2n ** 64n])(
  'torch takes no %s, which is no matter of how it is written',
  (seed) => {
    expect(refusalOf(() => checkSeed(seed, 'torch'))).toBe(
      `The seed is ${seed}. A seed is a whole number from -2^63 to 2^64 - 1.`,
    );
  },
);

test.each([-(2 ** 53), 0.5, 'one'])('torch takes no %s', (seed) => {
  expect(refusalOf(() => checkSeed(seed, 'torch'))).toMatch(
    /from -2\^63 to 2\^64 - 1; from 2\^53 on write it as a bigint/,
  );
});

test.each(['-1', '18446744073709551616', '1e3', ''])('nothing is to be made of %o', (seed) => {
  expect(refusalOf(() => checkSeed(seed))).not.toContain('BigInt');
});

test('digits in a string are no seed, and how to make one of them is said', () => {
  expect(refusalOf(() => checkSeed('18446744073709551615'))).toBe(
    'The seed is "18446744073709551615". A seed is a whole number from 0 to 2^64 - 1: convert digits with BigInt("18446744073709551615").',
  );
});

test('the default generator takes no negative seeds, and its message names the one that does', () => {
  expect(refusalOf(() => checkSeed(-1))).toBe(
    'The seed is -1. A seed is a whole number from 0 to 2^64 - 1; `generator` torch takes this one.',
  );
  expect(refusalOf(() => checkSeed(2n ** 64n))).not.toContain('torch');
});

test('an option goes before the seed of the spec, and that before the fallback', () => {
  expect(chooseSeed(-1, 2n, 3n, 'torch')).toBe(2n ** 64n - 1n);
  expect(chooseSeed(undefined, 2n, 3n, 'torch')).toBe(2n);
  expect(chooseSeed(undefined, undefined, 3n, 'xoroshiro128+')).toBe(3n);
});
