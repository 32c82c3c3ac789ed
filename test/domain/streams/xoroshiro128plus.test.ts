import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import {
  blockLanes,
  jump,
  LANES,
  STREAM_JUMP,
  xoroshiro128plus,
} from '../../../src/domain/streams/xoroshiro128plus.js';
import { multiply, power, squarings, type Polynomial } from '../../../src/domain/streams/gf2.js';
import { anyBlock, anyName, anySeed } from '../../support/random.js';

test("the lanes of the first 64 blocks are pure-rand's state after 8b + lane calls of jump()", () => {
  const root = xoroshiro128plus.root(42n, 'fc1.weight');
  const generator = xoroshiro128plusFromState(root);
  for (let block = 0; block < 64; block++) {
    const lanes = blockLanes(root, block);
    for (let lane = 0; lane < LANES; lane++) {
      expect(lanes[lane], `block ${block}, lane ${lane}`).toEqual(generator.getState());
      generator.jump();
    }
  }
});

test('large jumps compose: block a + b from the root is block b from block a', () => {
  const law = fc.property(anySeed, anyName, anyBlock, anyBlock, (seed, name, a, b) => {
    fc.pre(a + b < 2 ** 37);
    const root = xoroshiro128plus.root(seed, name);
    const [begin] = blockLanes(root, a);
    expect(blockLanes(begin ?? root, b)).toEqual(blockLanes(root, a + b));
  });
  fc.assert(law);
});

test('the last block a tensor can have is reached exactly: 2^37 - 1 blocks of 8 streams', () => {
  const root = xoroshiro128plus.root(0n, 'last');
  // 8 (2^37 - 1) jumps by square-and-multiply on a bigint, a second way.
  let by: Polynomial = [1, 0, 0, 0];
  for (
    let rest = 8n * (2n ** 37n - 1n), square = STREAM_JUMP;
    rest > 0n;
    rest >>= 1n, square = multiply(square, square)
  ) {
    if (rest & 1n) by = multiply(by, square);
  }
  expect(blockLanes(root, 2 ** 37 - 1)[0]).toEqual(
    jump([at(root, 0), at(root, 1), at(root, 2), at(root, 3)], by),
  );
});

test('a source opened at word w gives what the source opened at 0 gives from w on', () => {
  const law = fc.property(
    anySeed,
    anyBlock,
    fc.nat(4000),
    fc.integer({ min: 1, max: 100 }),
    (seed, block, step, count) => {
      const root = xoroshiro128plus.root(seed, 'w');
      const whole = new Uint32Array(16 * step + count);
      xoroshiro128plus.openBlock(root, block, 0).read(whole);
      const part = new Uint32Array(count);
      xoroshiro128plus.openBlock(root, block, 16 * step).read(part);
      expect(part).toEqual(whole.subarray(16 * step));
    },
  );
  fc.assert(law, { numRuns: 30 });
});

test('reading in pieces of whole steps is the same as reading at once', () => {
  const root = xoroshiro128plus.root(7n, 'pieces');
  const whole = new Uint32Array(16 * 10 + 5);
  xoroshiro128plus.openBlock(root, 3, 0).read(whole);
  const pieces = new Uint32Array(whole.length);
  const source = xoroshiro128plus.openBlock(root, 3, 0);
  for (const [begin, end] of [
    [0, 16],
    [16, 96],
    [96, 165],
  ] as const)
    source.read(pieces.subarray(begin, end));
  expect(pieces).toEqual(whole);
});

test('squarings reach every exponent below 2^53', () => {
  const squares = squarings(STREAM_JUMP, 53);
  const law = fc.property(fc.maxSafeNat(), (exponent) => {
    const half = Math.floor(exponent / 2);
    expect(power(squares, exponent)).toEqual(multiply(power(squares, half), power(squares, exponent - half)));
  });
  fc.assert(law);
});
