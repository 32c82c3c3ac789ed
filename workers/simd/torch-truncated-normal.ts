// Upstream's truncated normal: of the four normals of an element the first within (-2, 2), or else the first of all. In a block of 16
// words these are normals 0 to 3 of its first element, 4 to 7 of its second, and so on. Most elements need the first only, so the pairs
// (0, 8) and (4, 12) of four blocks are made as one block. One element in 22 lies outside; its second normal is in pair (1, 9) or (5, 13) of
// its block, which is made likewise. What is outside then too, one in 480, has all four pairs made. Every step rounds to the format of the
// elements, the normals first.
//
// A half of a block is words 0 to 3 and 8 to 11, for elements 0 and 2, or the others, for 1 and 3.

import { BLOCK_BYTES, BLOCK_BYTES_LOG2 } from "./torch-block";
import { arrange, gather } from "./torch-gathered";
import { BFLOAT16, FLOAT16, FLOAT32, roundTo } from "./torch-half";
import { fillStandard } from "./torch-normal";

/** A value per element of a block, in dst. */
const VALUES_BYTES: usize = 16;
const VALUES_BYTES_LOG2: usize = 4;

export let bound: f32 = 2;

/** A bit for each value that is within the bounds. */
// @ts-ignore: decorator
@inline
function insideBits(values: v128): i32 {
  return i32x4.bitmask(f32x4.lt(f32x4.abs(values), f32x4.splat(bound)));
}

/** Where number `index` of what is made beside the words has its radius; its angle lies 32 bytes on. */
// @ts-ignore: decorator
@inline
function placeOf(base: usize, index: usize): usize {
  return base + ((index >> 3) << BLOCK_BYTES_LOG2) + ((index & 7) << 2);
}

/** Lists the halves with a value outside, by the address of their first value, and gathers the words of their second normals. */
function listOutside(words: usize, at: usize, end: usize, seconds: usize, list: usize): usize {
  let count: usize = 0;
  do {
    const outside = insideBits(v128.load(at)) ^ 15;
    if (outside != 0) {
      // No more branches: nothing could predict them. What is not counted is overwritten.
      for (let half: usize = 0; half < 2; half++) {
        const place = placeOf(seconds, count), from = words + (half << 4);
        store<u32>(list + (count << 2), <u32>(at + (half << 2)));
        store<u32>(place, load<u32>(from, 4));
        store<u32>(place, load<u32>(from, 36), 32);
        count += <usize>((outside & (5 << <i32>half)) != 0);
      }
    }
    words += BLOCK_BYTES;
    at += VALUES_BYTES;
  } while (at != end);
  return count;
}

// @ts-ignore: decorator
@inline
function isInside(value: f32): bool {
  return abs(value) < bound;
}

/** Takes the second normals where the first are outside; lists the halves that have a value outside still. */
function takeSeconds(seconds: usize, list: usize, count: usize): usize {
  let left: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const at: usize = load<u32>(list + (i << 2)), place = placeOf(seconds, i);
    const c = load<f32>(place), s = load<f32>(place, 32);
    const first = load<f32>(at), other = load<f32>(at, 8);
    // The first stays if the second is outside as well: it is taken if all four are.
    const newFirst = select<f32>(first, select<f32>(c, first, isInside(c)), isInside(first));
    const newOther = select<f32>(other, select<f32>(s, other, isInside(s)), isInside(other));
    store<f32>(at, newFirst);
    store<f32>(at, newOther, 8);
    store<u32>(list + (left << 2), <u32>at);
    left += <usize>(max(abs(newFirst), abs(newOther)) >= bound);
  }
  return left;
}

/** The first of four normals within the bounds, or else the first of all. */
// @ts-ignore: decorator
@inline
function firstInside(normals: usize): f32 {
  const inside = insideBits(v128.load(normals));
  return load<f32>(normals + (<usize>(inside == 0 ? 0 : ctz(inside)) << 2));
}

/** The words of the half whose first value lies at `at`. */
// @ts-ignore: decorator
@inline
function copyHalf(words: usize, dst: usize, at: usize, to: usize): void {
  const offset = at - dst;
  const from = words + ((offset >> VALUES_BYTES_LOG2) << BLOCK_BYTES_LOG2) + ((offset & 4) << 2);
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 32), 32);
}

// @ts-ignore: decorator
@inline
function takeFirstInside(at: usize, normals: usize): void {
  store<f32>(at, firstInside(normals));
  store<f32>(at, firstInside(normals + 32), 8);
}

// @ts-ignore: decorator
@inline
function roundAll(format: i32, at: usize, end: usize): void {
  do {
    // A zero has no sign: torch adds a mean of 0.
    v128.store(at, roundTo(format, f32x4.add(v128.load(at), f32x4.splat(0))));
    at += 16;
  } while (at != end);
}

/** Standard normals of whole blocks, rounded to the format. */
function fillRounded(format: i32, words: usize, dst: usize, blocks: i32): void {
  fillStandard(words, dst, blocks);
  const end = dst + (<usize>blocks << BLOCK_BYTES_LOG2);
  if (format == FLOAT16) roundAll(FLOAT16, dst, end);
  else if (format == BFLOAT16) roundAll(BFLOAT16, dst, end);
  else roundAll(FLOAT32, dst, end);
}

/** x * std, rounded to the format, + mean, rounded to float32: the narrowing rounds to halves. */
// @ts-ignore: decorator
@inline
function scaleRounded(format: i32, at: usize, end: usize, mean: f32, std: f32): void {
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  do {
    v128.store(at, f32x4.add(roundTo(format, f32x4.mul(v128.load(at), stds)), means));
    at += VALUES_BYTES;
  } while (at != end);
}

/** Makes all four normals of the listed halves, two halves in a block at a time. */
function takeAny(format: i32, words: usize, dst: usize, block: usize, list: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 2) {
    const one: usize = load<u32>(list + (i << 2)), other: usize = load<u32>(list + (min(i + 1, count - 1) << 2));
    copyHalf(words, dst, one, block);
    copyHalf(words, dst, other, block + 16);
    fillRounded(format, block, block, 1);
    takeFirstInside(one, block);
    takeFirstInside(other, block + 16);
  }
}

// @ts-ignore: decorator
@inline
function fill(format: i32, words: usize, dst: usize, blocks: i32, mean: f32, std: f32): void {
  const groups = (blocks + 3) >> 2;
  const end = dst + (<usize>groups << BLOCK_BYTES_LOG2);
  // Beside the words: at most two halves a block, each with two words and an address.
  const seconds = words + (<usize>groups << (BLOCK_BYTES_LOG2 + 2));
  const list = seconds + (<usize>groups << BLOCK_BYTES_LOG2);
  gather(words, dst, end);
  fillRounded(format, dst, dst, groups);
  arrange(dst, end);
  const count = listOutside(words, dst, end, seconds, list);
  if (count != 0) {
    fillRounded(format, seconds, seconds, <i32>((count + 7) >> 3));
    const left = takeSeconds(seconds, list, count);
    takeAny(format, words, dst, seconds, list, left);
  }
  scaleRounded(format, dst, end, mean, std);
}

/**
 * Four values a block, 16 bytes, at dst. The number of blocks is rounded up to a multiple of four: there must be so much room for words and
 * for values, and half as much room again as for the words, behind them.
 * @param mean  float32, as `std` is
 */
export function torchTruncatedNormal(words: usize, dst: usize, blocks: i32, mean: f32, std: f32): void {
  fill(FLOAT32, words, dst, blocks, mean, std);
}

/** The same for float16 elements: float32 numbers that are still to be narrowed. mean is a float16 number, and no value may be too large. */
export function torchTruncatedNormalFloat16(words: usize, dst: usize, blocks: i32, mean: f32, std: f32): void {
  fill(FLOAT16, words, dst, blocks, mean, std);
}

/** The same for bfloat16 elements. */
export function torchTruncatedNormalBfloat16(words: usize, dst: usize, blocks: i32, mean: f32, std: f32): void {
  fill(BFLOAT16, words, dst, blocks, mean, std);
}
