/**
 * The second passes of the normal kernels equal the specification for chosen words, which no generator gives on request: the
 * ends of the range, both sides of the centre, of the split and of where the normal's pieces meet, powers of two.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedNormalParameters, fillBoundedNormal } from '../../../src/domain/kernels/bounded-normal.js';
import { fillNormal, normalParameters } from '../../../src/domain/kernels/normal.js';
import { boundedNormalNumbers } from '#built/engine/simd/bind.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { kernelsOn } from '#built/engine/simd/kernels.js';
import type { LanesExports } from '#built/engine/simd/modules.js';
import { allocateMemory, instantiate } from '#built/engine/memory/wasm.js';
import { expectSameBytes } from '../../support/bytes.js';
import { anyBounds } from '../../support/random.js';
import { casesOf } from '../../support/thorough.js';

const COUNT = 2 ** 17;
const GROUPS = COUNT / 16;

const memory = allocateMemory(4 * COUNT) ?? expect.fail('no memory');
const code = compileSimd();
const lanes = instantiate(code.lanes, { env: { memory: allocateMemory(1) } }) as LanesExports;
const { transforms } = kernelsOn(code, lanes, memory);

const words = new Uint32Array(COUNT);
const expected = new Float32Array(COUNT);

/** 64 words from `centre - 32` on, and their complements, for each centre; the rest from a linear congruence (Knuth's, MMIX). */
function chooseWords(seed: number, centres: readonly number[]): void {
  let place = 0;
  for (const centre of centres) {
    for (let i = -32; i < 32; i++) {
      words[place++] = centre + i;
      words[place++] = ~(centre + i);
    }
  }
  let state = BigInt(seed);
  for (; place < COUNT; place++) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    words[place] = Number(state >> 32n);
  }
}

function runOnWords(pass: (at: number, groups: number) => void): Float32Array {
  new Uint32Array(memory.buffer).set(words);
  pass(0, GROUPS);
  return new Float32Array(memory.buffer);
}

/** Where the normal's pieces meet: 3 * 2^20 words from the end. */
const MEETING = 2 ** 31 - 3 * 2 ** 20;
const POWERS = Array.from({ length: 32 }, (_, k) => 2 ** k);
const CENTRES = [0, 2 ** 31, MEETING, ...POWERS, ...POWERS.map((power) => 2 ** 31 - power)];

test('normal: 2^22 words and the chosen ones, with and without a mean', () => {
  for (let seed = 0; seed < 32; seed++) {
    chooseWords(seed, CENTRES);
    const parameters = normalParameters(seed % 2 === 0 ? 0 : 0.3, seed % 3 === 0 ? 1 : 2 ** -120);
    fillNormal(expected, words, parameters);
    const found = runOnWords((at, groups) => {
      transforms.normal(at, groups, parameters.std, parameters.mean);
    });
    expectSameBytes(found, expected, JSON.stringify(parameters));
  }
});

test('normal: groups with any number of words of the end', () => {
  for (let start = 0; start < COUNT; start++) {
    const inEnd = (start * 2654435761) % 2 ** 32 < 2 ** 31;
    words[start] = inEnd ? (start & 1 ? 2 ** 31 - 1 - start : 2 ** 31 + 7 * start) : 2 ** 29 + 5 * start;
  }
  const parameters = normalParameters(0, 1);
  fillNormal(expected, words, parameters);
  expectSameBytes(
    runOnWords((at, groups) => {
      transforms.normal(at, groups, 1, 0);
    }),
    expected,
    'words of the end',
  );
});

test('any bounds: 2^17 words for each of some parameter sets, including words around the split', () => {
  const law = fc.property(
    fc.nat(),
    anyBounds,
    fc.double({ min: -9, max: 9, noNaN: true }),
    (seed, [low, high], mean) => {
      const parameters = boundedNormalParameters(mean, 1.25, low, high);
      chooseWords(seed, [...CENTRES, 2 * parameters.split]);
      fillBoundedNormal(expected, words, parameters);
      const found = runOnWords((at, groups) => {
        transforms.boundedNormal(at, groups, ...boundedNormalNumbers(parameters));
      });
      expectSameBytes(found, expected, JSON.stringify({ low, high, mean }));
    },
  );
  fc.assert(law, { numRuns: casesOf({ few: 15, all: 80 }) });
});
