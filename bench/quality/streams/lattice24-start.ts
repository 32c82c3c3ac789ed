/**
 * Where lattice24 starts, for the driver in C: what drivers/lattice24.h reads.
 * @module
 */
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { multiply, type Polynomial } from '#built/domain/streams/gf2.js';
import {
  blockLanes,
  LANES,
  STREAM_JUMP,
  xoroshiro128plus,
  type LaneState,
} from '#built/domain/streams/xoroshiro128plus.js';
import { PLACE_ELEMENTS, QUALITY_SEED } from './arrangement.js';

const hex = (...limbs: readonly number[]): string =>
  limbs.map((limb) => (limb >>> 0).toString(16).padStart(8, '0')).join('');

const laneHex = ([high0, low0, high1, low1]: LaneState): string => hex(high0, low0, high1, low1);
const polynomialHex = ([x0, x32, x64, x96]: Polynomial): string => hex(x32, x0, x96, x64);

/** The lanes of a block are LANES streams on from those of the block before. */
const blockJump = (): Polynomial => {
  let jump = STREAM_JUMP;
  for (let streams = 1; streams < LANES; streams++) jump = multiply(jump, STREAM_JUMP);
  return jump;
};

/** States of the lanes at a place of the arrangement, and the jump to the next block, in hexadecimal digits. */
export function lattice24Start(place: number): string {
  const root = xoroshiro128plus.root(QUALITY_SEED, 'lattice24');
  const lanes = blockLanes(root, (place * PLACE_ELEMENTS) / BLOCK_ELEMENTS);
  return [...lanes.map(laneHex), polynomialHex(blockJump())].join('');
}
