/**
 * xoroshiro128+ (24, 16, 37) in the byte contract's arrangement: eight lanes a block, each a stream of its own.
 * The steps are pure-rand's; the jumps to a block are polynomials (gf2.ts), because reaching block b by calling
 * jump() 8b times would cost more than filling it.
 *
 * Source: Blackman, Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021,
 * https://doi.org/10.1145/3460772.
 * @module
 */
import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Generator, StreamState, WordSource } from './generator.js';
import { multiply, polynomial, power, squarings, type Polynomial } from './gf2.js';

/** Streams a block owns: block b has streams LANES * b to LANES * b + LANES - 1. */
export const LANES = 8;

/** One step of all lanes gives this many uint32 words: the low and the high half of each lane's sum. */
const WORDS_PER_STEP = 2 * LANES;

/** x^(2^64) mod p: what pure-rand's jump() applies (its constants, as one number). */
export const STREAM_JUMP = polynomial(0x170865df4b3201fcdf900294d8f554a5n);

/** A tensor has at most 2^53 elements, so at most 2^37 blocks. */
const BLOCK_BITS = 37;

const squared = (a: Polynomial): Polynomial => multiply(a, a);

/** The jump from a block to the next, 8 streams on, and its squarings. */
const blockJumps = squarings(squared(squared(squared(STREAM_JUMP))), BLOCK_BITS);

/** The state of one lane: [high s0, low s0, high s1, low s1] as int32, pure-rand's order. */
export type LaneState = readonly [number, number, number, number];
const HIGH_S0 = 0;
const LOW_S0 = 1;
const HIGH_S1 = 2;

function asLaneState(state: StreamState): LaneState {
  const [s01 = 0, s00 = 0, s11 = 0, s10 = 0] = state;
  return [s01, s00, s11, s10];
}

/** Domain of the root's hash, so that no other use of SHA-256 gives the same streams. */
const ROOT_DOMAIN = 'jumpfill/1\0';

/** The first 16 bytes of SHA-256(domain + seed as u64 little-endian + name as UTF-8), as two little-endian u64. */
function root(seed: bigint, name: string): LaneState {
  const seedBytes = Buffer.alloc(8);
  seedBytes.writeBigUInt64LE(seed);
  const digest = createHash('sha256').update(ROOT_DOMAIN).update(seedBytes).update(name, 'utf8').digest();
  return [digest.readInt32LE(4), digest.readInt32LE(0), digest.readInt32LE(12), digest.readInt32LE(8)];
}

/** Moves a state along the sequence by the polynomial: the sum of the states after the steps whose bit is set. */
export function jump(state: LaneState, by: Polynomial): LaneState {
  let [s01, s00, s11, s10] = state;
  let t01 = 0;
  let t00 = 0;
  let t11 = 0;
  let t10 = 0;
  for (let bit = 0; bit < 128; bit++) {
    const select = -(((by[bit >> 5] ?? 0) >>> (bit & 31)) & 1);
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
    for (let step = 0; step < firstWord / WORDS_PER_STEP; step++) lane.next();
  }
  return {
    read(out) {
      lanes.forEach((lane, l) => {
        for (let i = 2 * l; i < out.length; i += WORDS_PER_STEP) {
          const state = lane.getState();
          const low = lane.next();
          const carry = low >>> 0 < (state[LOW_S0] ?? 0) >>> 0 ? 1 : 0;
          out[i] = low;
          if (i + 1 < out.length) out[i + 1] = (state[HIGH_S0] ?? 0) + (state[HIGH_S1] ?? 0) + carry;
        }
      });
    },
  };
}

export const xoroshiro128plus: Generator = { root, openBlock };
