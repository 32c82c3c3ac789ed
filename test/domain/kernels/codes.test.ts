import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { codeOf, codeStep, largestCode, narrowToCodes } from '../../../src/domain/kernels/codes.js';
import {
  codeShares,
  isCollapsed,
  measureCodeUse,
  type CodeUse,
} from '../../../src/domain/recipes/code-use.js';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { codeUseOf, resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { floatLattice, latticeOf } from '../../../src/domain/recipes/lattice.js';
import { runKernel, type FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { fillUniform, uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { quantize } from '../../../src/domain/operators/wage-operators.js';
import { wageLimits } from '../../../src/domain/recipes/wage.js';
import { casesOf } from '../../support/thorough.js';

/** The float32 weights of codes: code * step / weightScale, exact; without a scale, Q of the weights drawn. */
function dequantizeCodes(out: Float32Array, codes: Int8Array, bits: number, weightScale = 1): void {
  const step = codeStep(bits) / weightScale;
  for (let i = 0; i < out.length; i++) out[i] = at(codes, i) * step;
}

function fillCodes(out: Int8Array, words: Uint32Array, kernel: FloatKernel, bits: number): void {
  const values = new Float32Array(out.length);
  runKernel(kernel, values, words);
  narrowToCodes(out, values, bits);
}

const anyBits = fc.integer({ min: 2, max: 8 });
const anyFanIn = fc.integer({ min: 1, max: 200_000 });
const wageKernel = (fanIn: number, bits: number): ReturnType<typeof uniformParameters> => {
  const { limit } = wageLimits([1, fanIn], bits);
  return uniformParameters(-limit, limit);
};

test('codes dequantize to exactly Q of the float run, and with the scale to QW', () => {
  const law = fc.property(
    anyFanIn,
    anyBits,
    fc.uint32Array({ minLength: 16, maxLength: 64 }),
    (fanIn, bits, words) => {
      const kernel = wageKernel(fanIn, bits);
      const { weightScale } = wageLimits([1, fanIn], bits);
      const codes = new Int8Array(words.length);
      fillCodes(codes, words, kernel, bits);
      for (const scale of [1, weightScale]) {
        const floats = new Float32Array(words.length);
        fillUniform(floats, words, kernel);
        quantize(floats, { bits, rounding: 'half_even', scale });
        const dequantized = new Float32Array(words.length);
        dequantizeCodes(dequantized, codes, bits, scale);
        expect(Buffer.compare(Buffer.from(dequantized.buffer), Buffer.from(floats.buffer))).toBe(0);
      }
    },
  );
  fc.assert(law, { numRuns: 300 });
});

test.each([
  [8, 0.5 / 128, 0],
  [8, 1.5 / 128, 2],
  [8, -1.5 / 128, -2],
  [8, 1, 127],
  [8, -9, -127],
  [2, 0.25, 0],
  [2, 0.2500001, 1],
  [2, -0.75, -1],
  [4, 0.4375, 4],
  [4, 0.3125, 2],
])('at %s bits the code of %s is %s', (bits, weight, code) => {
  expect(codeOf(Math.fround(weight), bits)).toBe(code);
});

test('every code is the code of its own value', () => {
  for (let bits = 2; bits <= 8; bits++) {
    const largest = largestCode(bits);
    const codes = Int8Array.from({ length: 2 * largest + 1 }, (_, i) => i - largest);
    const values = new Float32Array(codes.length);
    const again = new Int8Array(codes.length);
    dequantizeCodes(values, codes, bits);
    narrowToCodes(again, values, bits);
    expect(again).toEqual(codes);
    expect(values[values.length - 1]).toBe(1 - codeStep(bits));
  }
});

describe('measureCodeUse', () => {
  test('a fan-in of 65,536 leaves 3 of 255 codes at 8 bits, a third of them 0', () => {
    const use = measureCodeUse(floatLattice(wageKernel(65_536, 8)), 8);
    expect([use.used, use.available, use.outermostShare]).toEqual([3, 255, 0]);
    expect(Math.abs(use.zeroShare - 1 / 3)).toBeLessThan(2 ** -23);
    expect(isCollapsed(use)).toBe(true);
  });

  test('at 8 bits the collapse begins past a fan-in of 43,690; with 2 bits there are only 3 values to lose', () => {
    expect(measureCodeUse(floatLattice(wageKernel(43_690, 8)), 8).used).toBe(5);
    expect(isCollapsed(measureCodeUse(floatLattice(wageKernel(43_691, 8)), 8))).toBe(true);
    expect(measureCodeUse(floatLattice(wageKernel(1024, 8)), 8)).toMatchObject({
      used: 21,
      outermostShare: 0,
    });
    expect(isCollapsed(measureCodeUse(floatLattice(wageKernel(1024, 8)), 8))).toBe(false);
    expect(measureCodeUse(floatLattice(wageKernel(576, 2)), 2)).toMatchObject({ used: 3, available: 3 });
    expect(isCollapsed(measureCodeUse(floatLattice(wageKernel(576, 2)), 2))).toBe(false);
  });

  /** Every one of the 2^24 lattice points, counted. */
  function countCodes(kernel: FloatKernel, bits: number): Map<number, number> {
    const counts = new Float64Array(2 ** 8);
    const words = new Uint32Array(2 ** 16);
    const codes = new Int8Array(words.length);
    for (let first = -(2 ** 23); first < 2 ** 23; first += words.length) {
      for (let i = 0; i < words.length; i++) words[i] = (first + i) << 8;
      fillCodes(codes, words, kernel, bits);
      for (const code of codes) counts[code + 128] = at(counts, code + 128) + 2 ** -24;
    }
    const shares = [...counts].map((share, i) => [i - 128, share] as const);
    return new Map(shares.filter(([, share]) => share > 0));
  }

  const LATTICES = [
    ['uniform', wageKernel(65_536, 8), 8],
    ['uniform', wageKernel(3, 8), 8],
    ['uniform', wageKernel(9, 4), 4],
    ['truncated normal', truncatedNormalParameters(0, 0.05), 8],
  ] as const;

  test.each(LATTICES.slice(0, casesOf({ few: 1, all: LATTICES.length })))(
    'equals counting the whole lattice: %s %#',
    (_, kernel, bits) => {
      const counted = countCodes(kernel, bits);
      const shares = codeShares(floatLattice(kernel), bits);
      expect([...shares].sort()).toEqual([...counted].sort());
      expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBe(1);
    },
  );
});

describe("the code use of torch's uniform", () => {
  const useOf = (
    dtype: 'float32' | 'float64' | 'float16' | 'bfloat16',
    fanIn: number,
    bits: number,
  ): CodeUse => {
    const form = { shape: [1, fanIn], dtype, name: 'w' };
    return (
      codeUseOf(resolveRecipe(completeInit({ kind: 'wage', bits }), form, 'torch')) ?? expect.fail('none')
    );
  };

  test("is that of the default generator's, but for a few lattice points: the interval is the same", () => {
    for (const [fanIn, bits] of [
      [65_536, 8],
      [1024, 8],
      [9, 4],
      [576, 2],
    ] as const) {
      const own = measureCodeUse(floatLattice(wageKernel(fanIn, bits)), bits);
      for (const dtype of ['float32', 'float64'] as const) {
        const use = useOf(dtype, fanIn, bits);
        expect([use.used, use.available]).toEqual([own.used, own.available]);
        // Exactly -limit is one point of torch's, and at 65,536 inputs a tie that goes to a code of its own.
        expect(use.outermostShare).toBeCloseTo(own.outermostShare, 6);
        expect(Math.abs(use.zeroShare - own.zeroShare)).toBeLessThan(2 ** -22);
      }
    }
  });

  test('of halves counts their rounding: in a bfloat16 the ties are common, and go to the even code', () => {
    const shares = (dtype: 'float32' | 'bfloat16'): Map<number, number> => {
      const form = { shape: [1, 3], dtype, name: 'w' };
      const lattice = latticeOf(resolveRecipe(completeInit({ kind: 'wage', bits: 8 }), form, 'torch'));
      return codeShares(lattice ?? expect.fail('none'), 8);
    };
    const [single, half] = [shares('float32'), shares('bfloat16')];
    const ratio = (code: number): number => (half.get(code) ?? 0) / (single.get(code) ?? 1);
    // Between 64 / 128 and 1, bfloat16 has two values a step: the odd code has one, the even code three halves.
    expect(ratio(101)).toBeCloseTo(0.5, 2);
    expect(ratio(100)).toBeCloseTo(1.5, 2);
    for (const map of [single, half])
      expect([...map.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test('a collapse is warned of, at the same fan-in as with the default generator', () => {
    expect(isCollapsed(useOf('float32', 43_690, 8))).toBe(false);
    expect(isCollapsed(useOf('float32', 43_691, 8))).toBe(true);
  });
});
