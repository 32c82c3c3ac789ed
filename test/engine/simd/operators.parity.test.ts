/** WAGE's operators by SIMD equal the specification byte for byte, at any count and alignment. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  clip,
  largestMagnitude,
  quantize,
  shift,
  type Rounding,
} from '../../../src/domain/operators/wage-operators.js';
import { compileSimd } from '#built/engine/simd/code.js';
import type { OperatorsExports } from '#built/engine/simd/modules.js';
import { clipSimd, quantizeSimd, shiftSimd, type FloatRange } from '#built/engine/simd/operators.js';
import { allocateMemory, instantiate } from '#built/engine/memory/wasm.js';
import { expectSameBytes } from '../../support/bytes.js';

const LONGEST = 2 ** 16;
const memory = allocateMemory(12 * LONGEST) ?? expect.fail('no memory');
const operators = instantiate(compileSimd().operators, { env: { memory } }) as OperatorsExports;
const WORDS_AT = 8 * LONGEST;

const ROUNDINGS = ['half_even', 'half_up', 'stochastic'] as const;
const anyRounding = fc.constantFrom<Rounding>(...ROUNDINGS);
/** On the grid of 2^-9 as often as not: ties of every width up to 9 bits. */
const anyValue = fc.oneof(
  fc.integer({ min: -1200, max: 1200 }).map((n) => n / 512),
  fc.float({ min: -2, max: 2 }),
  fc.float(),
);
/** Any bits: a sixteenth or so are NaNs, quiet and signalling, and many underflow. */
const anyPattern = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(0x7fc00001, 0x7f800001, 0xff812345, 0x80000000, 0x80000001),
);
const anyValues = fc.oneof(
  fc.array(anyValue, { maxLength: 40 }).map((values) => Float32Array.from(values)),
  fc
    .array(anyPattern, { maxLength: 40 })
    .map((patterns) => new Float32Array(Uint32Array.from(patterns).buffer)),
);
const anyBits = fc.integer({ min: 1, max: 20 });
const anyScale = fc.constantFrom(1, 1.8, 2, 64, Math.fround(1.9));
const anyPlace = fc.nat(7).map((words) => 4 * words);

/** Runs both on copies of the values; nothing beside the range changes. */
function expectParity(
  values: Float32Array,
  at: number,
  bySpecification: (range: Float32Array) => void,
  bySimd: (range: FloatRange) => void,
): void {
  const guarded = new Float32Array(memory.buffer, 0, (at >> 2) + values.length + 8).fill(7);
  const range = guarded.subarray(at >> 2, (at >> 2) + values.length);
  range.set(values);
  bySimd({ at, count: values.length });
  const wanted = values.slice();
  bySpecification(wanted);
  expectSameBytes(range, wanted, `of ${[...values].join()}`);
  expect(guarded.subarray(0, at >> 2).every((x) => x === 7)).toBe(true);
  expect(guarded.subarray((at >> 2) + values.length).every((x) => x === 7)).toBe(true);
}

test('clip', () => {
  const law = fc.property(anyValues, anyPlace, anyBits, (values, at, bits) => {
    expectParity(
      values,
      at,
      (range) => {
        clip(range, bits);
      },
      (range) => {
        clipSimd(operators, range, bits);
      },
    );
  });
  fc.assert(law, { numRuns: 1000 });
});

const anyWords = fc.uint32Array({ minLength: 40, maxLength: 40 });

test('quantize', () => {
  const anyCase = fc.tuple(anyBits, anyRounding, anyScale, anyPlace, anyWords);
  const law = fc.property(anyValues, anyCase, (values, [bits, rounding, scale, at, words]) => {
    new Uint32Array(memory.buffer, WORDS_AT, words.length).set(words);
    expectParity(
      values,
      at,
      (range) => {
        quantize(range, { bits, rounding, scale }, words);
      },
      (range) => {
        quantizeSimd(operators, range, { bits, rounding, scale }, WORDS_AT);
      },
    );
  });
  fc.assert(law, { numRuns: 3000 });
});

test.each(ROUNDINGS)('quantize, %s: every 1021st float32', (rounding) => {
  const values = new Float32Array(LONGEST);
  const patterns = new Uint32Array(values.buffer);
  for (let first = 0; first < 2 ** 32; first += 1021 * LONGEST) {
    patterns.forEach((_, i) => (patterns[i] = first + 1021 * i));
    const words = patterns.map((pattern) => Math.imul(pattern, 0x9e3779b1));
    new Uint32Array(memory.buffer, WORDS_AT, LONGEST).set(words);
    const wanted = values.slice();
    quantize(wanted, { bits: 8, rounding, scale: 1 }, words);
    const range = new Float32Array(memory.buffer, 0, LONGEST);
    range.set(values);
    quantizeSimd(operators, { at: 0, count: LONGEST }, { bits: 8, rounding, scale: 1 }, WORDS_AT);
    expectSameBytes(range, wanted, `from ${first}`);
  }
});

test('shift, also past the range of float32', () => {
  const law = fc.property(
    anyValues,
    anyPlace,
    fc.integer({ min: -149, max: 128 }),
    (values, at, exponent) => {
      expectParity(
        values,
        at,
        (range) => {
          shift(range, exponent);
        },
        (range) => {
          shiftSimd(operators, range, exponent);
        },
      );
    },
  );
  fc.assert(law, { numRuns: 2000 });
});

test('the largest magnitude', () => {
  const law = fc.property(anyValues, anyPlace, (values, at) => {
    new Float32Array(memory.buffer, at, values.length).set(values);
    expect(operators.largestMagnitude(at, values.length)).toBe(largestMagnitude(values));
  });
  fc.assert(law, { numRuns: 1000 });
});
