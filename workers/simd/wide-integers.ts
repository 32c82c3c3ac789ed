// Whole numbers within any interval, from 64-bit words that a fill has left, in place: src/domain/kernels/integers.ts is the specification.
// There is no product of 128 bits, in vectors or out of them, so these are four products of halves in integer registers.

import { GROUP_BYTES_LOG2 } from "./group";

const LOW_HALF: u64 = 0xffffffff;

/** floor(word * (last + 1) / 2^64). No sum overflows: a product of halves leaves room for two more halves. */
// @ts-ignore: decorator
@inline
function multiplyHigh(word: u64, lastLow: u64, lastHigh: u64): u64 {
  const low = word & LOW_HALF, high = word >> 32;
  const first = low * lastLow + low;
  const second = high * lastLow + high + (first >> 32);
  const third = low * lastHigh + (second & LOW_HALF);
  return high * lastHigh + (second >> 32) + (third >> 32);
}

/** Replaces words by low + floor(word * (last + 1) / 2^64); last is unsigned. */
export function spreadWords64(at: usize, groups: i32, last: i64, low: i64): void {
  const lastLow = <u64>last & LOW_HALF, lastHigh = <u64>last >> 32;
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    store<i64>(at, low + <i64>multiplyHigh(load<u64>(at), lastLow, lastHigh));
    at += 8;
  } while (at != end);
}

/** The same as float64, within +-2^53. */
export function spreadWordsFloat64(at: usize, groups: i32, last: i64, low: i64): void {
  const lastLow = <u64>last & LOW_HALF, lastHigh = <u64>last >> 32;
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    store<f64>(at, <f64>(low + <i64>multiplyHigh(load<u64>(at), lastLow, lastHigh)));
    at += 8;
  } while (at != end);
}
