import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { seedState, STATE_WORDS, twist, unrollWords } from '#built/domain/streams/mt19937.js';
import { applyJump, jumpPolynomial } from '#built/domain/streams/mt19937-jump.js';
import { characteristicExponents } from '#built/domain/streams/mt19937-polynomials.js';
import { DEGREE } from '#built/domain/streams/mt19937.js';

/** A block of a seed that is twisted at least once, so that all of its bits are linear. */
function blockOf(seed: number, twists = 1): Uint32Array {
  const block = seedState(seed);
  for (let i = 0; i < twists; i++) twist(block);
  return block;
}

const anySeed32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('the characteristic polynomial has the degree 19937 and 135 terms', () => {
  const exponents = characteristicExponents();
  expect(Math.max(...exponents)).toBe(DEGREE);
  expect(exponents).toHaveLength(135);
});

test('the characteristic polynomial annihilates the generator: the words at its exponents cancel, from any word on', () => {
  const law = fc.property(anySeed32, (seed) => {
    const words = unrollWords(blockOf(seed), DEGREE + 700);
    const exponents = characteristicExponents();
    for (let k = 0; k < 700; k++) {
      expect(exponents.reduce((sum, exponent) => sum ^ at(words, k + exponent), 0)).toBe(0);
    }
  });
  fc.assert(law, { numRuns: 5 });
});

test('a jump over 2^20 words, or a few more or less, is as many steps', () => {
  const words = unrollWords(blockOf(5489), 2 ** 20 + 2000);
  const law = fc.property(fc.integer({ min: 0, max: 600 }), (more) => {
    const steps = 2 ** 20 + more;
    expect(applyJump(words.subarray(0, STATE_WORDS), jumpPolynomial(steps))).toEqual(
      words.slice(steps, steps + STATE_WORDS),
    );
  });
  fc.assert(law, { numRuns: 10 });
});

test('a jump over up to three times the degree is as many steps', () => {
  const words = unrollWords(blockOf(42), 3 * DEGREE + STATE_WORDS);
  const edges = [0, 1, 31, 32, 623, 624, DEGREE - 1, DEGREE, DEGREE + 1, 2 * DEGREE - 1, 2 * DEGREE];
  const anyDistance = fc.oneof(fc.constantFrom(...edges), fc.nat(3 * DEGREE));
  const law = fc.property(anyDistance, (steps) => {
    expect(applyJump(words.subarray(0, STATE_WORDS), jumpPolynomial(steps))).toEqual(
      words.slice(steps, steps + STATE_WORDS),
    );
  });
  fc.assert(law, { numRuns: 40 });
});

test('jumps compose: over a and then over b is over a + b, up to 2^53 - 1', () => {
  const anyDistances = fc
    .tuple(fc.maxSafeNat(), fc.maxSafeNat())
    .filter(([a, b]) => Number.isSafeInteger(a + b));
  const law = fc.property(anySeed32, anyDistances, (seed, [a, b]) => {
    const block = blockOf(seed);
    const stepwise = applyJump(applyJump(block, jumpPolynomial(a)), jumpPolynomial(b));
    expect(stepwise).toEqual(applyJump(block, jumpPolynomial(a + b)));
  });
  fc.assert(law, { numRuns: 8, examples: [[1, [2 ** 52, 2 ** 52 - 1]]] });
});

test('jumps need a twisted block: of the first word of a seed only the top bit is linear', () => {
  const untwisted = unrollWords(seedState(1), 2 * DEGREE);
  const jumped = applyJump(untwisted.subarray(0, STATE_WORDS), jumpPolynomial(DEGREE));
  const stepped = untwisted.slice(DEGREE, DEGREE + STATE_WORDS);
  expect(jumped).not.toEqual(stepped);
  expect(at(jumped, 0) >>> 31).toBe(at(stepped, 0) >>> 31);
  expect(jumped.subarray(1)).toEqual(stepped.subarray(1));
});
