/** torch's float32 normals by SIMD equal the specification bit for bit, whatever the words, the mean and the standard deviation. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transformSingles, type NormalLaw } from '../../../src/domain/torch/normal-block.js';
import { ROUND } from '../../../src/domain/torch/rounding.js';
import { truncate } from '../../../src/domain/torch/truncate.js';
import { compileSimd, moduleOf } from '#built/engine/simd/code.js';
import type { TorchNormalsExports } from '#built/engine/simd/torch-modules.js';
import { allocateMemory, instantiate } from '#built/engine/memory/wasm.js';
import { expectSameBytes } from '../../support/bytes.js';
import { seededRandom } from '../../support/random.js';
import { casesOf, slowTest } from '../../support/thorough.js';

const BLOCK = 16;
const VALUES = 4;
const MOST_BLOCKS = 128;
/** The words have half as much room again behind them. */
const DST = 6 * BLOCK * MOST_BLOCKS;
const GUARD = 4;
const memory = allocateMemory(2 * DST) ?? expect.fail('no memory');
const normals = instantiate(moduleOf(compileSimd(), 'torch-normals'), {
  env: { memory },
}) as TorchNormalsExports;

const { fround } = Math;
const words = new Uint32Array(memory.buffer, 0, BLOCK * MOST_BLOCKS);
const wordsInUse = (blocks: number): Uint32Array => words.subarray(0, BLOCK * blocks);

/** The specification's uniform numbers of the words. */
const uniforms = (of: Uint32Array): Float32Array => Float32Array.from(of, (w) => (w & 0xffffff) * 2 ** -24);

function fillWords(seed: number, blocks: number): Uint32Array {
  const random = seededRandom(seed);
  return wordsInUse(blocks).map(() => random() * 2 ** 32);
}

function standardNormals(of: Uint32Array): Float32Array {
  const values = uniforms(of);
  transformSingles(values, { mean: 0, std: 1 });
  return values;
}

const anyFloat = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 2 ** -149, 2 ** -126, 2 ** -100, fround(3e38)),
  fc.double({ min: -4, max: 4, noNaN: true }).map(fround),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
);
const anyLaw = fc.record({ mean: anyFloat, std: anyFloat.map(Math.abs) });
const anyBlocks = fc.integer({ min: 1, max: MOST_BLOCKS });
const anyDraw = fc.record({ seed: fc.nat(), blocks: anyBlocks, law: anyLaw });
const numRuns = casesOf({ few: 60, all: 3000 });

function expectNormals(from: Uint32Array, { mean, std }: NormalLaw, dst: number): void {
  const wanted = uniforms(from);
  transformSingles(wanted, { mean, std });
  words.set(from);
  normals.torchNormal(0, dst, from.length / BLOCK, mean, std);
  expectSameBytes(new Float32Array(memory.buffer, dst, from.length), wanted, `mean ${mean}, std ${std}`);
}

test('normals of any words are the specification’s, in the place of the words and beside them', () => {
  fc.assert(
    fc.property(anyDraw, fc.constantFrom(0, DST), ({ seed, blocks, law }, dst) => {
      expectNormals(fillWords(seed, blocks), law, dst);
    }),
    { numRuns, seed: 1 },
  );
});

/** Their values are float32 numbers: halves are still to be narrowed. */
const TRUNCATIONS = {
  float32: normals.torchTruncatedNormal,
  float16: normals.torchTruncatedNormalFloat16,
  bfloat16: normals.torchTruncatedNormalBfloat16,
} as const;

type Dtype = keyof typeof TRUNCATIONS;
const DTYPES = ['float32', 'float16', 'bfloat16'] as const;

function expectTruncated(dtype: Dtype, from: Uint32Array, { mean, std }: NormalLaw): void {
  const blocks = from.length / BLOCK;
  const wanted = truncate(standardNormals(from), dtype, { mean, std });
  // Made four blocks at a time.
  const made = VALUES * 4 * Math.ceil(blocks / 4);
  const guarded = new Float32Array(memory.buffer, DST, made + GUARD).fill(7);
  words.set(from);
  TRUNCATIONS[dtype](0, DST, blocks, ROUND[dtype](mean), std);
  const values = guarded.subarray(0, VALUES * blocks).map(ROUND[dtype]);
  expectSameBytes(values, wanted, `${blocks} blocks, mean ${mean}, std ${std}`);
  expect([...guarded.subarray(made)]).toEqual(Array<number>(GUARD).fill(7));
}

/** Nothing reaches float16's largest number. */
const anySmall = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 2 ** -149, 2 ** -24, 2 ** -14, 8000),
  fc.double({ min: -4, max: 4, noNaN: true }).map(fround),
  fc.float({ min: -(2 ** -12), max: 2 ** -12, noNaN: true }),
);
const anySmallLaw = fc.record({ mean: anySmall, std: anySmall.map(Math.abs) });

test.each(DTYPES)('truncated normals of any words are %s’s, and nothing beyond them is touched', (dtype) => {
  const anyTruncation = anyDraw.chain((draw) =>
    (dtype === 'float32' ? anyLaw : anySmallLaw).map((law) => ({ ...draw, law })),
  );
  fc.assert(
    fc.property(anyTruncation, ({ seed, blocks, law }) => {
      expectTruncated(dtype, fillWords(seed, blocks), law);
    }),
    { numRuns, seed: 1 },
  );
});

/** Of 128 words, those of radii from 1 to 4: many elements have several normals outside. */
const LARGE_RADII = 2 ** 24 - 1200;

test('truncated normals of words with large radii: often two, three or all four of an element lie outside', () => {
  let outside = 0;
  for (let seed = 0; seed < casesOf({ few: 20, all: 1000 }); seed++) {
    const from = fillWords(seed, 1 + (seed % MOST_BLOCKS));
    from.forEach((word, i) => {
      if (i % BLOCK < BLOCK / 2 && word % 3 > 0) from[i] = LARGE_RADII + (word % 1200);
    });
    outside += standardNormals(from).filter((x) => Math.abs(x) >= 2).length / from.length;
    expectTruncated(DTYPES[seed % 3] ?? 'float32', from, { mean: 0.25, std: 0.02 });
  }
  expect(outside).toBeGreaterThan(5);
});

/** A word whose radius is 1, so that its normals are the cosine and the sine. */
const UNIT_RADIUS = 6601320;

/** All words from `first` on, `step` apart, as the radii and as the angles of blocks. */
function expectWords(first: number, step: number): void {
  const place = (i: number): number => Math.floor(i / BLOCK) * (BLOCK / 2) + (i % (BLOCK / 2));
  const isRadius = (i: number): boolean => i % BLOCK < BLOCK / 2;
  const all = words.map((_, i) => (first + step * place(i)) % 2 ** 24);
  expectNormals(
    all.map((word, i) => (isRadius(i) ? word : 0)),
    { mean: 0, std: 1 },
    DST,
  );
  expectNormals(
    all.map((word, i) => (isRadius(i) ? UNIT_RADIUS : word)),
    { mean: 0, std: 1 },
    DST,
  );
}

const WORDS_AT_ONCE = (BLOCK / 2) * MOST_BLOCKS;

test('a radius of 0 is -0, which a mean of -0 shows', () => {
  const from = wordsInUse(1).map((_, i) => (i % 3) * 2 ** 21);
  for (const std of [1, 0]) expectNormals(from, { mean: -0, std }, DST);
  for (const dtype of DTYPES) expectTruncated(dtype, from, { mean: -0, std: 1 });
});

test('radii and angles at the ends and at every eighth of a turn', () => {
  for (let eighth = 0; eighth < 8; eighth++) {
    expectWords((eighth * 2 ** 21 - WORDS_AT_ONCE / 2 + 2 ** 24) % 2 ** 24, 1);
  }
});

test('radii and angles of words all over the range', () => {
  for (let i = 0; i < 16; i++) expectWords(1021 * i, 16_381);
});

slowTest('radii and angles of all 2^24 words', () => {
  for (let first = 0; first < 2 ** 24; first += WORDS_AT_ONCE) expectWords(first, 1);
});
