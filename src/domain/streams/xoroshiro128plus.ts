/**
 * xoroshiro128+ (24, 16, 37) in the byte contract's arrangement: eight lanes a block, each a stream of its own.
 * The steps are pure-rand's; the jumps to a block are polynomials (gf2.ts), because reaching block b by calling
 * jump() 8b times would cost more than filling it.
 *
 * Source: Blackman, Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021,
 * https://doi.org/10.1145/3460772.
 * @module
 */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { int32At } from '../arithmetic/typed-at.js';
import { STEP_WORDS, type StreamGenerator, type StreamState, type WordSource } from './generator.js';
import { multiply, polynomial, power, squarings, type Polynomial } from './gf2.js';
import { sha256 } from './sha256.js';

/** Each step of a lane gives two words: the low and the high half of its sum. */
const WORDS_PER_LANE = 2;

/** Streams that a block owns: block b has streams LANES * b to LANES * b + LANES - 1. */
export const LANES = STEP_WORDS / WORDS_PER_LANE;

/** x^(2^64) mod p: what pure-rand's jump() applies (its constants, as one number). */
export const STREAM_JUMP = polynomial(0x170865df4b3201fcdf900294d8f554a5n);

/** A tensor has at most 2^53 elements, so at most 2^37 blocks. */
const BLOCK_BITS = 37;

const squared = (a: Polynomial): Polynomial => multiply(a, a);

/** The jump from a block to the next, 8 streams on, and its squarings. */
const blockJumps = squarings(squared(squared(squared(STREAM_JUMP))), BLOCK_BITS);

/** The state of one lane: [high s0, low s0, high s1, low s1] as int32, in pure-rand's order. */
export type LaneState = readonly [number, number, number, number];
const HIGH_S0 = 0;
const LOW_S0 = 1;
const HIGH_S1 = 2;

const isLaneState = (state: StreamState): state is LaneState => state.length === 4;

function asLaneState(state: StreamState): LaneState {
  if (!isLaneState(state)) throw new RangeError(`The state of a lane is 4 integers, not ${state.length}.`);
  return state;
}

/** Separates the root's hash from every other use of SHA-256. */
const ROOT_DOMAIN = 'jumpfill/1\0';
const ROOM_FOR_SEED = '\0'.repeat(8);

/** The first 16 bytes of SHA-256(domain + seed as u64 little-endian + name as UTF-8), as two little-endian u64. */
function root(seed: bigint, name: string): LaneState {
  const message = Buffer.from(ROOT_DOMAIN + ROOM_FOR_SEED + name, 'utf8');
  message.writeBigUInt64LE(seed, ROOT_DOMAIN.length);
  const digest = sha256(message);
  return [littleEndian(digest, 1), littleEndian(digest, 0), littleEndian(digest, 3), littleEndian(digest, 2)];
}

function littleEndian(words: Int32Array, index: number): number {
  const word = int32At(words, index);
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** Moves a state along the sequence by the polynomial: the sum of the states after the steps whose bit is set. */
export function jump(state: LaneState, by: Polynomial): LaneState {
  let [s01, s00, s11, s10] = state;
  let t01 = 0;
  let t00 = 0;
  let t11 = 0;
  let t10 = 0;
  for (const limb of by) {
    for (let bit = 0; bit < 32; bit++) {
      const select = -((limb >>> bit) & 1);
      t01 ^= s01 & select;
      t00 ^= s00 & select;
      t11 ^= s11 & select;
      t10 ^= s10 & select;
      const x0 = s10 ^ s00;
      const x1 = s11 ^ s01;
      const rotated0 = (s00 << 24) | (s01 >>> 8);
      const rotated1 = (s01 << 24) | (s00 >>> 8);
      s00 = rotated0 ^ x0 ^ (x0 << 16);
      s01 = rotated1 ^ x1 ^ ((x1 << 16) | (x0 >>> 16));
      s10 = (x1 << 5) | (x0 >>> 27);
      s11 = (x0 << 5) | (x1 >>> 27);
    }
  }
  return [t01, t00, t11, t10];
}

/** The first states of the lanes of block b: streams LANES * b on. */
export function blockLanes(rootState: StreamState, block: number): readonly LaneState[] {
  let lane = jump(asLaneState(rootState), power(blockJumps, block));
  const lanes = [lane];
  while (lanes.length < LANES) lanes.push((lane = jump(lane, STREAM_JUMP)));
  return lanes;
}

function openBlock(rootState: StreamState, block: number, firstWord: number): WordSource {
  const lanes = blockLanes(rootState, block).map((state) => xoroshiro128plusFromState(state));
  for (const lane of lanes) {
    for (let step = 0; step < firstWord / STEP_WORDS; step++) lane.next();
  }
  return {
    read(out) {
      lanes.forEach((lane, l) => {
        for (let i = WORDS_PER_LANE * l; i < out.length; i += STEP_WORDS) {
          const state = asLaneState(lane.getState());
          const low = lane.next();
          const carry = low >>> 0 < state[LOW_S0] >>> 0 ? 1 : 0;
          out[i] = low;
          if (i + 1 < out.length) out[i + 1] = state[HIGH_S0] + state[HIGH_S1] + carry;
        }
      });
    },
  };
}

export const xoroshiro128plus: StreamGenerator = {
  contract: 1,
  leastSeed: 0n,
  order: 'streams',
  root,
  openBlock,
};
