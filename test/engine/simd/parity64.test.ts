/** The float64 SIMD kernels equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DoubleKernel } from '../../../src/domain/kernels/kernel.js';
import * as bounded from '../../../src/domain/kernels/bounded-normal64.js';
import * as normal from '../../../src/domain/kernels/normal64.js';
import * as truncated from '../../../src/domain/kernels/truncated-normal64.js';
import { fillUniform64, uniform64Parameters } from '../../../src/domain/kernels/uniform64.js';
import { boundedNormal64Numbers } from '#built/engine/simd/bind64.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { kernelsOn } from '#built/engine/simd/kernels.js';
import type { LanesExports } from '#built/engine/simd/modules.js';
import { allocateMemory } from '#built/engine/memory/wasm.js';
import { anyRange, anyRoot, BLOCK, expectParity } from '../../support/parity.js';
import { anyBounds } from '../../support/random.js';
import { LAST_WORD } from '../../support/words64.js';

const anyMagnitude = fc
  .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -940, max: 1000 }))
  .map(([fraction, exponent]) => fraction * 2 ** exponent);
const anySigned = fc.tuple(anyMagnitude, fc.constantFrom(-1, 0, 1)).map(([size, sign]) => size * sign);
const anyUniform = fc
  .oneof(
    fc.tuple(anySigned, anySigned),
    anyMagnitude.map((limit) => [-limit, limit] as const),
    fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0.1, max: 9, noNaN: true })),
  )
  .map(([a, b]): DoubleKernel => uniform64Parameters(Math.min(a, b), Math.max(a, b)));
const anyNormal = fc
  .tuple(anySigned, fc.oneof(anyMagnitude, fc.constant(0)), fc.boolean())
  .map(([mean, std, bounded]): DoubleKernel =>
    bounded
      ? truncated.truncatedNormal64Parameters(mean / 8, std / 8)
      : normal.normal64Parameters(mean / 8, std / 32),
  );
const anyBounded = fc
  .tuple(
    anyBounds,
    fc.oneof(fc.constant(0), fc.double({ min: -50, max: 50, noNaN: true })),
    fc.constantFrom(1, 0.02, 3e-7, 2 ** -940, 2 ** 900, 0),
  )
  .map(([[low, high], z, std]): DoubleKernel => bounded.boundedNormal64Parameters(z * std, std, low, high));
const anyConstant = anySigned.map((value): DoubleKernel => ({ kind: 'constant64', value }));

test('any draw and any range, in place and through the scratch', () => {
  const anyKernel = fc.oneof(anyUniform, anyNormal, anyBounded, anyConstant);
  const law = fc.property(anyKernel, anyRoot, anyRange, (kernel, root, range) => {
    expectParity({ dtype: 'float64', kind: 'stream', root, kernel }, range);
  });
  fc.assert(law, { numRuns: 200, seed: 64 });
});

test.each([
  [-1, 1],
  [0.1, 0.7],
  [5, 5],
  [-0, 0],
  [-1e308, 1.7e308],
  [1, 1 + 2 ** -50],
])('uniform on [%d, %d]', (low, high) => {
  const kernel = uniform64Parameters(low, high);
  expectParity({ dtype: 'float64', kind: 'stream', root: [1, 2, 3, 4], kernel }, [BLOCK - 9, 5000, 1]);
});

const memory = allocateMemory(8 * BLOCK) ?? expect.fail('no memory');
const doubles = new Float64Array(memory.buffer);
// Transforms have no lanes.
const { transforms64: transforms } = kernelsOn(compileSimd(), {} as LanesExports, memory);
const GROUP = 8;

function expectSame(elements: number, specification: (out: Float64Array) => void): void {
  const wanted = new Float64Array(elements);
  specification(wanted);
  const got = doubles.slice(0, elements);
  const difference = wanted.findIndex((value, i) => !Object.is(value, got[i]));
  expect(difference === -1 ? [] : [difference, got[difference], wanted[difference]]).toEqual([]);
}

/** Words that random ones do not reach: every bit length from 0, from the ends and from the seam of the tail. */
function structuredWords(): BigInt64Array {
  const seam = LAST_WORD - BigInt(normal.TAIL_BELOW * 2 ** 63);
  const list = Array.from({ length: 62 * 64 }, (_, i) => {
    const offset = (1n << BigInt(i >> 6)) + BigInt(i & 63) - 32n;
    const small = offset % (1n << 55n);
    return [offset, LAST_WORD - offset, seam + small, seam - small].flatMap((word) => [word, ~word]);
  });
  return BigInt64Array.from(list.flat());
}
const structured = structuredWords();
const structuredHalves = new Uint32Array(structured.buffer);

/** Replaces words by u, from which the transforms of the truncated normal start. */
function toLattice(count: number, halves: Uint32Array): void {
  fillUniform64(doubles.subarray(0, count), halves, uniform64Parameters(-1, 1));
}

test.each([
  [0, 1],
  [0.1, 0.02],
  [-3, 1e-16],
  [1e5, 3],
])('truncated normal of mean %d and std %d', (mean, std) => {
  const parameters = truncated.truncatedNormal64Parameters(mean, std);
  for (const halves of [structuredHalves]) {
    const count = halves.length / 2;
    toLattice(count, halves);
    transforms.truncatedNormal64(0, count / GROUP, std, mean, parameters.lowest, parameters.highest);
    expectSame(count, (out) => {
      truncated.fillTruncatedNormal64(out, halves, parameters);
    });
  }
});

test.each([
  [0, 1],
  [0.1, 0.02],
  [-7, 1e-16],
])('normal of mean %d and std %d', (mean, std) => {
  const parameters = normal.normal64Parameters(mean, std);
  for (const halves of [structuredHalves]) {
    const count = halves.length / 2;
    new Uint32Array(memory.buffer).set(halves);
    transforms.normal64(0, count / GROUP, std, mean);
    expectSame(count, (out) => {
      normal.fillNormal64(out, halves, parameters);
    });
  }
});

/** Words next to lattice point `split`, and to the point from which on 1 - y is taken for y, on either side of it. */
function wordsAround({ split, slope }: bounded.BoundedNormal64Parameters): Uint32Array {
  const near = BigInt(Math.min(Math.floor((1 - Math.SQRT1_2) / slope), 2 ** 62));
  const centres = [BigInt(split), BigInt(split) + near, BigInt(split) - near, 0n, (1n << 63n) - 1n];
  const list = centres.flatMap((centre) =>
    Array.from({ length: 64 }, (_, i) => {
      const step = BigInt(i & 31) << BigInt(i < 32 ? 0 : 10);
      return [centre + step, centre - step].map((point) =>
        BigInt.asIntN(64, (BigInt.asUintN(63, point) << 1n) ^ (1n << 63n)),
      );
    }).flat(),
  );
  return new Uint32Array(BigInt64Array.from(list).buffer);
}

test('normal between bounds, for structured words and for words around the seams', () => {
  const law = fc.property(anyBounds, fc.double({ min: -50, max: 50, noNaN: true }), ([low, high], mean) => {
    const parameters = bounded.boundedNormal64Parameters(mean, 1, low, high);
    for (const halves of [structuredHalves, wordsAround(parameters)]) {
      const count = halves.length / 2;
      new Uint32Array(memory.buffer).set(halves);
      transforms.boundedNormal64(0, count / GROUP, ...boundedNormal64Numbers(parameters));
      expectSame(count, (out) => {
        bounded.fillBoundedNormal64(out, halves, parameters);
      });
    }
  });
  fc.assert(law, { numRuns: 150, seed: 64 });
});
