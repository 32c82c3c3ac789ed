import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fillUniform64,
  latticeFromWord,
  outermostValues64,
  uniform64Parameters,
} from '../../../src/domain/kernels/uniform64.js';
import { LAST_WORD, anyWord64, halvesOf } from '../../support/words64.js';

function draw(words: readonly bigint[], low: number, high: number): Float64Array {
  const out = new Float64Array(words.length);
  fillUniform64(out, Uint32Array.from(words.flatMap(halvesOf)), uniform64Parameters(low, high));
  return out;
}

const EXTREMES = [LAST_WORD, ~LAST_WORD, 0n, -1n];

test('m is k + 0.5 of the top 53 bits, exactly', () => {
  const law = fc.property(anyWord64, (word) => {
    const k = BigInt.asIntN(64, word) >> 11n;
    expect(BigInt(2 * latticeFromWord(...halvesOf(word)))).toBe(2n * k + 1n);
  });
  fc.assert(law, { numRuns: 2000 });
});

test('no value leaves [low, high], for any finite bounds', () => {
  const anyBound = fc.oneof(
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const law = fc.property(fc.array(anyWord64), anyBound, anyBound, (words, a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    for (const value of draw([...words, ...EXTREMES], low, high)) {
      expect(value >= low && value <= high).toBe(true);
    }
  });
  fc.assert(law, { numRuns: 1000 });
});

test('for low = -high the lattice is symmetric: never 0, never an end point, w and ~w give opposite values', () => {
  const law = fc.property(
    fc.array(anyWord64),
    fc.double({ min: 1e-290, max: 1e300, noNaN: true }),
    (list, limit) => {
      const words = [...list, ...EXTREMES];
      const mirrored = draw(
        words.map((word) => ~word),
        -limit,
        limit,
      );
      draw(words, -limit, limit).forEach((value, i) => {
        expect(value).not.toBe(0);
        expect(Math.abs(value)).toBeLessThan(limit);
        expect(mirrored[i]).toBe(-value);
      });
    },
  );
  fc.assert(law);
});

test('values are the lattice of the contract: centre + (k + 0.5) * spacing', () => {
  expect([...draw([0n, 1n << 11n, LAST_WORD, ~LAST_WORD, -1n], -1, 1)]).toEqual([
    2 ** -53,
    1.5 * 2 ** -52,
    1 - 2 ** -53,
    -(1 - 2 ** -53),
    -(2 ** -53),
  ]);
  expect([...draw([0x7ffn, 0n], 2, 6)]).toEqual([4, 4]);
});

test('the outermost words give the outermost values', () => {
  const parameters = uniform64Parameters(-0.3, 0.7);
  const [least, greatest] = outermostValues64(parameters);
  expect([...draw([~LAST_WORD, LAST_WORD], -0.3, 0.7)]).toEqual([
    Math.max(least, -0.3),
    Math.min(greatest, 0.7),
  ]);
});
