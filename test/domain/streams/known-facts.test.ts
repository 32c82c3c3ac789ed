/** What the byte contract's page says is known of the words, on the specification. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { fillRange } from '../../../src/domain/draws/draw.js';
import { boundedNormalParameters } from '../../../src/domain/kernels/bounded-normal.js';
import { boundedNormal64Parameters } from '../../../src/domain/kernels/bounded-normal64.js';
import {
  runDoubleKernel,
  runKernel,
  type DoubleKernel,
  type FloatKernel,
} from '../../../src/domain/kernels/kernel.js';
import { normalFromWord } from '../../../src/domain/kernels/normal.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { truncatedNormal64Parameters } from '../../../src/domain/kernels/truncated-normal64.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { uniform64Parameters } from '../../../src/domain/kernels/uniform64.js';
import { BLOCK_ELEMENTS, STEP_WORDS } from '../../../src/domain/streams/generator.js';
import { LANES, xoroshiro128plus } from '../../../src/domain/streams/xoroshiro128plus.js';
import { countElements } from '../../../src/domain/tensors/shapes.js';
import { anyBlock, anyName, anySeed } from '../../support/random.js';

const page = readFileSync('src/domain/streams/BYTE_CONTRACT.md', 'utf8').replace(/\s+/g, ' ');

/** A block's first 32-bit words, in element order. */
function drawWords(seed: bigint, name: string, block: number, count: number): Uint32Array {
  const words = new Uint32Array(count);
  xoroshiro128plus.openBlock(xoroshiro128plus.root(seed, name), block, 0).read(words);
  return words;
}

describe('bit 0 of a 64-bit output is linear:', () => {
  const [, listed = ''] = /always XOR to 0: ([\d ]+)\./.exec(page) ?? [];
  const elements = listed.split(' ').map(Number);
  const parity = (words: Uint32Array, bit: number, chosen: readonly number[]): number =>
    chosen.reduce((sum, element) => sum ^ ((at(words, element) >>> bit) & 1), 0);

  test('the page lists 67 even elements of the first 258, the last among them', () => {
    expect(elements.length).toBe(67);
    expect([...new Set(elements)].sort((a, b) => a - b)).toEqual(elements);
    expect(elements.filter((element) => element % 2 !== 0)).toEqual([]);
    expect(elements.at(-1)).toBe(256);
  });

  test('their lowest bits XOR to 0 for every seed, name and block', () => {
    const law = fc.property(anySeed, anyName, anyBlock, (seed, name, block) => {
      expect(parity(drawWords(seed, name, block, 258), 0, elements)).toBe(0);
    });
    fc.assert(law);
  });

  test('neither the bit above nor one element more or less does that', () => {
    const drawn = Array.from({ length: 64 }, (_, i) => drawWords(BigInt(i), 'w', 0, 258));
    const odd = (bit: number, chosen: readonly number[]): number =>
      drawn.filter((words) => parity(words, bit, chosen) !== 0).length;
    expect(odd(1, elements)).toBeGreaterThan(10);
    expect(odd(0, elements.slice(1))).toBeGreaterThan(10);
    expect(odd(0, [0, ...elements])).toBeGreaterThan(10);
  });
});

describe('who takes bit 0:', () => {
  const COUNT = 2 ** 14;
  const words = drawWords(7n, 'who takes bit 0', 3, 2 * COUNT);
  const flipped = words.map((word, i) => (i % 2 === 0 ? word ^ 1 : word));

  const floats = (kernel: FloatKernel, from: Uint32Array): Float32Array => {
    const out = new Float32Array(COUNT);
    runKernel(kernel, out, from);
    return out;
  };
  const doubles = (kernel: DoubleKernel, from: Uint32Array): Float64Array => {
    const out = new Float64Array(COUNT);
    runDoubleKernel(kernel, out, from);
    return out;
  };

  test.each([
    uniformParameters(-0.1, 3),
    truncatedNormalParameters(0, 1),
    boundedNormalParameters(0, 1, -1, 3),
    boundedNormalParameters(0, 1, 6, 7),
  ])('not $kind, of float32', (kernel) => {
    expect(floats(kernel, flipped)).toEqual(floats(kernel, words));
  });

  test.each([
    uniform64Parameters(-0.1, 3),
    truncatedNormal64Parameters(0, 1),
    boundedNormal64Parameters(0, 1, -1, 3),
  ])('not $kind', (kernel) => {
    expect(doubles(kernel, flipped)).toEqual(doubles(kernel, words));
  });

  test('of a 64-bit output it is bit 0 of the even element', () => {
    const whole = new BigUint64Array(words.buffer);
    const shown = [...whole.subarray(0, 1000)].map((output) => Number(output & 1n));
    expect(shown).toEqual(Array.from({ length: 1000 }, (_, i) => at(words, 2 * i) & 1));
  });

  test('normal: 95 of 100 words do without, and it moves fewer than one value in 1,000 by more than 16 ulp', () => {
    const lattice = Array.from({ length: 2 ** 18 }, (_, i) => Math.imul(i, 0x9e3779b1));
    const ulp = (x: number): number => 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23);
    const moves = lattice.map((word) => {
      const z = normalFromWord(word);
      return Math.abs(z - normalFromWord(word ^ 1)) / ulp(z);
    });
    expect(moves.filter((move) => move === 0).length / moves.length).toBeGreaterThan(0.95);
    const far = moves.filter((move) => move > 16).length / moves.length;
    expect(far).toBeGreaterThan(0.0001);
    expect(far).toBeLessThan(0.001);
  });
});

describe('overlaps:', () => {
  const STREAMS = 2 ** 53 / (BLOCK_ELEMENTS / LANES);

  test('the streams of a tensor are 2^64 steps apart, take 8,192 at most, and end before the period does', () => {
    const longest = BLOCK_ELEMENTS / LANES;
    expect(longest).toBe(8192);
    expect(BLOCK_ELEMENTS / STEP_WORDS).toBe(longest / 2);
    expect(STREAMS).toBe(2 ** 40);
    expect(BigInt(STREAMS) * 2n ** 64n).toBeLessThan(2n ** 128n - 1n);
  });

  test('two tensors of a Llama of 70 billion elements share a word with the probability 2^-82', () => {
    interface Model {
      readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
    }
    const model = JSON.parse(readFileSync('bench/models/llama-3-70b.json', 'utf8')) as Model;
    const streams = model.tensors.map(
      ({ shape }) => LANES * Math.ceil(countElements(shape) / BLOCK_ELEMENTS),
    );
    expect(page).toContain(`the ${streams.length} tensors of a Llama of 70 billion`);
    // Two tensors of j and k streams meet if the distance of their roots is within a stream's length of one of j + k - 1 multiples of
    // 2^64; over all pairs, each stream is counted once for every other tensor.
    const pairs = (streams.length - 1) * streams.reduce((sum, count) => sum + count, 0);
    const steps = BLOCK_ELEMENTS / STEP_WORDS;
    const bits = Math.log2(pairs * 2 * steps) - 128;
    expect(Math.ceil(bits)).toBe(-82);
    expect(page).toContain('probability 2^-82');
  });
});

describe('shared words:', () => {
  test('element i of 64 bits is elements 2i and 2i + 1 of 32 bits, in every block', () => {
    const law = fc.property(anySeed, anyName, fc.integer({ min: 0, max: 2 ** 36 }), (seed, name, block) => {
      const root = xoroshiro128plus.root(seed, name);
      const draw = { kind: 'stream', root } as const;
      const narrow = new Uint32Array(64);
      const wide = new BigUint64Array(32);
      fillRange({ ...draw, dtype: 'uint32', kernel: { kind: 'bits' } }, block * BLOCK_ELEMENTS, narrow);
      fillRange({ ...draw, dtype: 'uint64', kernel: { kind: 'bits64' } }, block * BLOCK_ELEMENTS, wide);
      expect(new Uint32Array(wide.buffer)).toEqual(narrow);
    });
    fc.assert(law);
  });

  test('a uniform and a truncated normal of one seed and name have the same order', () => {
    const words = drawWords(1n, 'same name', 0, 4096);
    const orderOf = (values: Float32Array): number[] =>
      [...values.keys()].sort((a, b) => at(values, a) - at(values, b));
    const [uniform, normal] = [new Float32Array(4096), new Float32Array(4096)];
    runKernel(uniformParameters(-1, 1), uniform, words);
    runKernel(truncatedNormalParameters(0, 1), normal, words);
    expect(new Set(uniform).size).toBe(4096);
    expect(orderOf(normal)).toEqual(orderOf(uniform));
  });
});
