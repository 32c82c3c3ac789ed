// Upstream's truncated normal: of the four normals of an element the first within (-2, 2), or else the first of all. In a block of 16
// words these are normals 0 to 3 of its first element, 4 to 7 of its second, and so on. Four elements in five need the first only, so
// the pairs (0, 8) and (4, 12) of four blocks are made as one block. Where that is not enough, the half of a block that an element lies in
// - words 0 to 3 and 8 to 11 for elements 0 and 2, the others for 1 and 3 - is kept, and halves are made two at a time. Every step rounds
// to the format of the elements, the normals first.

import { BLOCK_BYTES, BLOCK_BYTES_LOG2 } from "./torch-block";
import { BFLOAT16, FLOAT16, FLOAT32, roundTo } from "./torch-half";
import { fillStandard } from "./torch-normal";

/** A value per element of a block, in dst. */
const VALUES_BYTES: usize = 16;
const VALUES_BYTES_LOG2: usize = 4;

export let bound: f32 = 2;

/** Words 0 and 4 of two blocks, from `offset` of the first on. */
// @ts-ignore: decorator
@inline
function firstWords(words: usize): v128 {
  const one = v128.shuffle<i32>(v128.load(words), v128.load(words, 16), 0, 4, 1, 5);
  const other = v128.shuffle<i32>(v128.load(words, BLOCK_BYTES), v128.load(words, BLOCK_BYTES + 16), 0, 4, 1, 5);
  return v128.shuffle<i64>(one, other, 0, 2);
}

/** Gathers the words of the first normals of four blocks into one block. */
function gather(words: usize, dst: usize, end: usize): void {
  do {
    v128.store(dst, firstWords(words));
    v128.store(dst, firstWords(words + 2 * BLOCK_BYTES), 16);
    v128.store(dst, firstWords(words + 32), 32);
    v128.store(dst, firstWords(words + 2 * BLOCK_BYTES + 32), 48);
    words += 4 * BLOCK_BYTES;
    dst += BLOCK_BYTES;
  } while (dst != end);
}

/** Puts the normals of gathered blocks in the order of elements: cosines belong to elements 0 and 1, sines to 2 and 3. */
function arrange(at: usize, end: usize): void {
  do {
    const c = v128.load(at), d = v128.load(at, 16), s = v128.load(at, 32), t = v128.load(at, 48);
    v128.store(at, v128.shuffle<i64>(c, s, 0, 2));
    v128.store(at, v128.shuffle<i64>(c, s, 1, 3), 16);
    v128.store(at, v128.shuffle<i64>(d, t, 0, 2), 32);
    v128.store(at, v128.shuffle<i64>(d, t, 1, 3), 48);
    at += BLOCK_BYTES;
  } while (at != end);
}

/** A bit for each value that is within the bounds. */
// @ts-ignore: decorator
@inline
function insideBits(values: v128): i32 {
  return i32x4.bitmask(f32x4.lt(f32x4.abs(values), f32x4.splat(bound)));
}

/** Where half-block number `kept` goes; its other four words lie 32 bytes on. */
// @ts-ignore: decorator
@inline
function placeOfHalf(base: usize, kept: usize): usize {
  return base + ((kept >> 1) << BLOCK_BYTES_LOG2) + ((kept & 1) << 4);
}

// @ts-ignore: decorator
@inline
function keepHalf(from: usize, to: usize): void {
  const radii = v128.load(from), angles = v128.load(from, 32);
  v128.store(to, radii);
  v128.store(to, angles, 32);
}

/** Moves the halves with a value outside to the beginning of `words`: never over one that is still to be read. Returns how many. */
function keepHalves(words: usize, at: usize, end: usize): usize {
  const base = words;
  let kept: usize = 0;
  do {
    const outside = insideBits(v128.load(at)) ^ 15;
    if (outside != 0) {
      if ((outside & 5) != 0) keepHalf(words, placeOfHalf(base, kept++));
      if ((outside & 10) != 0) keepHalf(words + 16, placeOfHalf(base, kept++));
    }
    words += BLOCK_BYTES;
    at += VALUES_BYTES;
  } while (at != end);
  return kept;
}

/** The first of four normals within the bounds, or else the first of all. */
// @ts-ignore: decorator
@inline
function firstInside(normals: usize): f32 {
  const inside = insideBits(v128.load(normals));
  return load<f32>(normals + (<usize>(inside == 0 ? 0 : ctz(inside)) << 2));
}

/** Replaces the values outside, half after half as they were kept. */
function replaceOutside(normals: usize, at: usize, end: usize): void {
  let kept: usize = 0;
  do {
    const outside = insideBits(v128.load(at)) ^ 15;
    if (outside != 0) {
      if ((outside & 5) != 0) {
        const half = placeOfHalf(normals, kept++);
        if ((outside & 1) != 0) store<f32>(at, firstInside(half));
        if ((outside & 4) != 0) store<f32>(at, firstInside(half + 32), 8);
      }
      if ((outside & 10) != 0) {
        const half = placeOfHalf(normals, kept++);
        if ((outside & 2) != 0) store<f32>(at, firstInside(half), 4);
        if ((outside & 8) != 0) store<f32>(at, firstInside(half + 32), 12);
      }
    }
    at += VALUES_BYTES;
  } while (at != end);
}

/** Rounds standard normals to the format, in place. */
// @ts-ignore: decorator
@inline
function fillRounded(format: i32, words: usize, dst: usize, blocks: i32): void {
  fillStandard(words, dst, blocks);
  if (format == FLOAT32) return;
  const end = dst + (<usize>blocks << BLOCK_BYTES_LOG2);
  for (let at = dst; at != end; at += 16) v128.store(at, roundTo(format, v128.load(at)));
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

// @ts-ignore: decorator
@inline
function fill(format: i32, words: usize, dst: usize, blocks: i32, mean: f32, std: f32): void {
  const end = dst + (<usize>blocks << VALUES_BYTES_LOG2);
  const groups = blocks >> 2;
  const gathered = dst + (<usize>groups << BLOCK_BYTES_LOG2);
  if (groups != 0) {
    gather(words, dst, gathered);
    fillRounded(format, dst, dst, groups);
    arrange(dst, gathered);
  }
  // The last blocks, up to three, are kept whole: what stands for their values is outside.
  for (let at = gathered; at != end; at += VALUES_BYTES) v128.store(at, f32x4.splat(bound));
  const kept = keepHalves(words, dst, end);
  if (kept != 0) {
    fillRounded(format, words, words, <i32>((kept + 1) >> 1));
    replaceOutside(words, dst, end);
  }
  scaleRounded(format, dst, end, mean, std);
}

/**
 * Four values a block, 16 bytes, at dst; overwrites `words`, with which dst must not overlap.
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
