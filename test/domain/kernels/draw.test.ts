import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { fillRange } from '../../../src/domain/draws/draw.js';
import type { StreamDraw } from '../../../src/domain/draws/stream-draw.js';
import { BLOCK_ELEMENTS } from '../../../src/domain/streams/generator.js';
import { GENERATORS } from '../../../src/domain/streams/generators.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { expectSameBytes } from '../../support/bytes.js';
import { anyName, anySeed } from '../../support/random.js';

const drawOf = (seed: bigint, name: string): StreamDraw => ({
  dtype: 'float32',
  kind: 'stream',
  root: GENERATORS['xoroshiro128+'].root(seed, name),
  kernel: uniformParameters(-1, 1),
});

function fill(draw: StreamDraw, start: number, count: number): Float32Array {
  const out = new Float32Array(count);
  fillRange(draw, start, out);
  return out;
}

/** Element by element, as the contract's sentence says it: step i >> 4, lane 2 ((i >> 2) & 3) + ((i >> 1) & 1), half i & 1. */
function elementByContract(draw: StreamDraw, element: number): number {
  const i = element % BLOCK_ELEMENTS;
  const generator = xoroshiro128plusFromState(draw.root);
  const stream = 8 * Math.floor(element / BLOCK_ELEMENTS) + 2 * ((i >> 2) & 3) + ((i >> 1) & 1);
  for (let k = 0; k < stream; k++) generator.jump();
  for (let step = 0; step < i >> 4; step++) generator.next();
  const u64 = (high = 0, low = 0): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const [s01, s00, s11, s10] = generator.getState();
  const sum = BigInt.asUintN(64, u64(s01, s00) + u64(s11, s10));
  const word = Number(BigInt.asIntN(32, i % 2 === 0 ? sum : sum >> 32n));
  return Math.fround(((word >> 8) + 0.5) * 2 ** -23);
}

test("each element, computed alone, is what the contract's sentence says", () => {
  const law = fc.property(anySeed, anyName, fc.nat(3 * BLOCK_ELEMENTS), (seed, name, element) => {
    const draw = drawOf(seed, name);
    expect(fill(draw, element, 1)[0]).toBe(elementByContract(draw, element));
  });
  fc.assert(law, { numRuns: 200 });
});

test('a slice equals the same piece of the whole', () => {
  const draw = drawOf(5n, 'slices');
  const whole = fill(draw, 0, 2.5 * BLOCK_ELEMENTS);
  const law = fc.property(fc.nat(whole.length), fc.nat(whole.length), (a, b) => {
    const [start, end] = a < b ? [a, b] : [b, a];
    expectSameBytes(fill(draw, start, end - start), whole.subarray(start, end));
  });
  fc.assert(law, { numRuns: 60 });
});

test('slices at the far end of the addressable elements, across a block border too', () => {
  const draw = drawOf(5n, 'far');
  const border = (2 ** 37 - 1) * BLOCK_ELEMENTS;
  const across = fill(draw, border - 20, 40);
  expect(fill(draw, border - 20, 20)).toEqual(across.subarray(0, 20));
  expect(fill(draw, border, 20)).toEqual(across.subarray(20));
  expect(fill(draw, 2 ** 53 - 17, 16)).toHaveLength(16);
});

test('another seed, name or block gives other values', () => {
  const heads = [drawOf(1n, 'a'), drawOf(2n, 'a'), drawOf(1n, 'b')].flatMap((draw) => [
    fill(draw, 0, 8),
    fill(draw, BLOCK_ELEMENTS, 8),
  ]);
  expect(new Set(heads.map(String)).size).toBe(heads.length);
});
