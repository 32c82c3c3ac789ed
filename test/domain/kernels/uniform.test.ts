import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillUniform, uniformParameters } from '../../../src/domain/kernels/uniform.js';

const words = (...list: number[]): Uint32Array => Uint32Array.from(list);

function draw(list: Uint32Array, low: number, high: number): Float32Array {
  const out = new Float32Array(list.length);
  fillUniform(out, list, uniformParameters(low, high));
  return out;
}

const anyWords = fc.uint32Array({ minLength: 1, maxLength: 50 });
const anyBound = fc.oneof(
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.double({ min: -3e38, max: 3e38, noNaN: true }),
);

test('no value leaves [low, high], even if the bounds are not float32', () => {
  const law = fc.property(anyWords, anyBound, anyBound, (list, a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const { lowest, highest } = uniformParameters(low, high);
    fc.pre(lowest <= highest);
    const extremes = Uint32Array.from([...list, 0x80000000, 0x7fffffff, 0, 0xffffffff]);
    for (const value of draw(extremes, low, high)) expect(value >= low && value <= high).toBe(true);
  });
  fc.assert(law, { numRuns: 500 });
});

test('for low = -high the lattice is symmetric: never 0, never an end point, w and ~w give opposite values', () => {
  const law = fc.property(
    fc.uint32Array({ minLength: 1, maxLength: 50 }),
    fc.double({ min: 1e-20, max: 1e20, noNaN: true }),
    (list, limit) => {
      const values = draw(list, -limit, limit);
      const mirrored = draw(
        list.map((word) => ~word),
        -limit,
        limit,
      );
      values.forEach((value, i) => {
        expect(value).not.toBe(0);
        expect(Math.abs(value)).toBeLessThan(limit);
        expect(mirrored[i]).toBe(-value);
      });
    },
  );
  fc.assert(law);
});

test('values are the lattice of the contract: centre + (k + 0.5) * spacing, k the top 24 bits', () => {
  // Exactly representable, so the arithmetic of doubles is exact as well.
  expect([...draw(words(0, 0x100, 0x7fffffff, 0x80000000, 0xffffffff), -1, 1)]).toEqual([
    2 ** -24,
    1.5 * 2 ** -23,
    1 - 2 ** -24,
    -(1 - 2 ** -24),
    -(2 ** -24),
  ]);
  expect([...draw(words(0x40000000, 0xc0000000), 2, 6)]).toEqual([
    Math.fround(5 + 2 ** -23),
    Math.fround(3 + 2 ** -23),
  ]);
});

test('the low 8 bits of a word do not matter', () => {
  expect(draw(words(0x12345600), -1, 1)).toEqual(draw(words(0x123456ff), -1, 1));
});

test('an interval of one float32 gives that float32', () => {
  expect([...draw(words(0, 0x80000000), 3, 3)]).toEqual([3, 3]);
});
