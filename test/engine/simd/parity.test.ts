/** The SIMD kernels equal the specification byte for byte, wherever a range begins and ends. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillRange, type Draw } from '../../../src/domain/draw.js';
import type { Kernel } from '../../../src/domain/kernel.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { SimdFiller } from '#built/engine/simd/filler.js';
import { compileRevectorized, compileSimd } from '#built/engine/simd/code.js';
import { SCRATCH_BYTES } from '#built/engine/filler.js';
import { allocateMemory } from '#built/engine/wasm.js';
import { expectSameBytes } from '../../support/bytes.js';
import { anyBlock } from '../../support/random.js';
import { HAS_REVECTORIZER } from '../../support/revectorizer.js';

const BLOCK = 65_536;
const LONGEST = 3 * BLOCK;
const GUARD = 64;
const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** Revectorized code is other code of the processor. */
const codes = [compileSimd(), ...(HAS_REVECTORIZER ? [compileRevectorized()] : [])];
const fillers = codes.map((code) => new SimdFiller(code, SCRATCH_BYTES));
const memory = allocateMemory(4 * LONGEST + 4 * GUARD) ?? expect.fail('no memory');
const plain = new SharedArrayBuffer(4 * LONGEST + 4 * GUARD);
const expected = new Float32Array(LONGEST);

type Range = readonly [start: number, count: number, byteOffset: number];

/** Fills the range in place and through the scratch; both equal the specification, and nothing around it is touched. */
function expectParity(draw: Draw, [start, count, byteOffset]: Range): void {
  const wanted = expected.subarray(0, count);
  fillRange(draw, start, wanted);
  for (const [filler, buffer] of fillers.flatMap(
    (one) =>
      [
        [one, memory.buffer],
        [one, plain],
      ] as const,
  )) {
    const bytes = new Uint8Array(buffer);
    const end = byteOffset + 4 * count;
    const before = bytes.subarray(0, byteOffset);
    const after = bytes.subarray(end, end + GUARD);
    before.fill(0xaa);
    after.fill(0xaa);
    if (buffer === plain) filler.fillBuffer(draw, start, count, plain, byteOffset);
    else filler.fillMemory(draw, start, count, memory, byteOffset);
    const where = `${JSON.stringify(draw.kernel)} from ${start}, ${count} elements at byte ${byteOffset}`;
    expectSameBytes(new Float32Array(buffer, byteOffset, count), wanted, where);
    expect(before.every((byte) => byte === 0xaa) && after.every((byte) => byte === 0xaa), where).toBe(true);
  }
}

const anyWord = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const anyRoot = fc.tuple(anyWord, anyWord, anyWord, anyWord);
const anyByteOffset = fc.nat(GUARD / 4).map((words) => 4 * words);
const anyPlace = fc.oneof(
  fc.nat(40),
  fc.nat(BLOCK - 1),
  fc.nat(40).map((before) => BLOCK - 1 - before),
);
const anyStart = fc
  .tuple(fc.oneof(fc.nat(3), anyBlock), anyPlace)
  .map(([block, place]) => Math.min(block * BLOCK + place, 2 ** 53 - 1 - LONGEST));
const anyCount = fc.oneof(fc.nat(70), fc.nat(10_000), fc.nat(LONGEST));
const anyRange = fc.tuple(anyStart, anyCount, anyByteOffset);

const anyMagnitude = fc
  .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -126, max: 126 }))
  .map(([fraction, exponent]) => fraction * 2 ** exponent);
const anySigned = fc.tuple(anyMagnitude, fc.constantFrom(-1, 0, 1)).map(([size, sign]) => size * sign);
const anyUniform = fc
  .oneof(
    fc.tuple(anySigned, anySigned),
    anyMagnitude.map((limit) => [-limit, limit] as const),
    fc.tuple(anySigned, fc.double({ min: 2 ** -20, max: 1, noNaN: true })).map(([low, width]) => {
      return [low, low + Math.abs(low || 1) * width] as const;
    }),
  )
  .map(([a, b]): Kernel => uniformParameters(Math.min(a, b), Math.max(a, b)));
const anyTruncatedNormal = fc
  .tuple(anySigned, fc.oneof(anyMagnitude, fc.constant(0)))
  .map(([mean, std]): Kernel => truncatedNormalParameters(mean / 4, std / 4));
const anyConstant = anySigned.map((value): Kernel => ({ kind: 'constant', value: Math.fround(value) }));
const anyDraw = fc
  .tuple(anyRoot, fc.oneof(anyUniform, anyTruncatedNormal, anyConstant))
  .map(([root, kernel]): Draw => ({ dtype: 'float32', generator: 'xoroshiro128+', root, kernel }));

test('any draw, any range: in place and through the scratch', () => {
  const law = fc.property(anyDraw, anyRange, (draw, range) => {
    expectParity(draw, range);
  });
  fc.assert(law, { numRuns: 400, seed: 20 });
});

const extremes: readonly Kernel[] = [
  uniformParameters(-FLOAT32_MAX, FLOAT32_MAX),
  uniformParameters(0, FLOAT32_MAX),
  uniformParameters(-(2 ** -103), 2 ** -103),
  uniformParameters(-(2 ** -102) * 1.0000001, 2 ** -102),
  uniformParameters(0, 2 ** -102),
  uniformParameters(-0, 0),
  uniformParameters(-0, 1),
  uniformParameters(-1, -0),
  uniformParameters(1, 1),
  uniformParameters(-1e-46, 1),
  uniformParameters(16_777_215, 16_777_217),
  uniformParameters(0.1, 0.1 + 2 ** -23),
  truncatedNormalParameters(0, 2 ** -149),
  truncatedNormalParameters(0, 2 ** -140),
  truncatedNormalParameters(0, 2 ** -126),
  truncatedNormalParameters(-0, 2 ** -101),
  truncatedNormalParameters(0, 2 ** -100),
  truncatedNormalParameters(2 ** -140, 2 ** -120),
  truncatedNormalParameters(0, FLOAT32_MAX / 2),
  truncatedNormalParameters(-FLOAT32_MAX / 2, FLOAT32_MAX / 4),
  truncatedNormalParameters(1e30, 1),
  truncatedNormalParameters(-0, 0),
  truncatedNormalParameters(3, 0),
  { kind: 'constant', value: 0 },
  { kind: 'constant', value: -FLOAT32_MAX },
  { kind: 'constant', value: 2 ** -149 },
];

test.each(extremes)('%o, over the end of a block', (kernel) => {
  const draw: Draw = { dtype: 'float32', generator: 'xoroshiro128+', root: [1, -2, 3, -4], kernel };
  expectParity(draw, [BLOCK - 5000, 12_345, 4]);
});

test('every length from 0 to 40 at every place of a group', () => {
  const kernel = truncatedNormalParameters(1, 2);
  const draw: Draw = { dtype: 'float32', generator: 'xoroshiro128+', root: [5, 6, 7, 8], kernel };
  for (let place = 0; place < 16; place++) {
    for (let count = 0; count <= 40; count++) expectParity(draw, [BLOCK - 24 + place, count, 8]);
  }
});

test('draws of several roots on one thread do not mix', () => {
  const roots = [
    [1, 2, 3, 4],
    [1, 2, 3, 5],
  ] as const;
  for (const start of [0, BLOCK, 0, 7 * BLOCK + 3, 8 * BLOCK]) {
    for (const root of roots) {
      const draw: Draw = {
        dtype: 'float32',
        generator: 'xoroshiro128+',
        root,
        kernel: uniformParameters(0, 1),
      };
      expectParity(draw, [start, 100, 0]);
    }
  }
});
