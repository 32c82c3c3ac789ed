// torch's float32 normals, from whole blocks of words.

import { addToOdd } from "./round-to-odd";
import { BLOCK_BYTES_LOG2 } from "./torch-block";
import { demote, promoteHigh, promoteLow } from "./torch-floats";
import { turnRadii } from "./torch-normal-angle";
import { fillRadii } from "./torch-normal-radius";

/** 2^-100: from here on no product with a normal underflows to -0. */
export let neverUnderflows: f32 = 7.888609052210118e-31; // 0x0d800000

/** Standard normals of whole blocks of words, rounded as torch rounds them. */
export function fillStandard(words: usize, dst: usize, blocks: i32): void {
  fillRadii(words, dst, blocks);
  turnRadii(words, dst, blocks);
}

/** fma(n, std, 0), in place: the product, a zero without its sign. */
function scaleCentred(at: usize, end: usize, std: f32): void {
  const stds = f32x4.splat(std), zeros = f32x4.splat(0);
  do {
    v128.store(at, f32x4.add(f32x4.mul(v128.load(at), stds), zeros));
    v128.store(at, f32x4.add(f32x4.mul(v128.load(at, 16), stds), zeros), 16);
    at += 32;
  } while (at != end);
}

// @ts-ignore: decorator
@inline
function fuseWith(n: v128, std: v128, mean: v128): v128 {
  return addToOdd(f64x2.mul(n, std), mean);
}

/** fma(n, std, mean), in place. */
function scaleFused(at: usize, end: usize, mean: f32, std: f32): void {
  const stds = f64x2.splat(<f64>std), means = f64x2.splat(<f64>mean);
  do {
    const n = v128.load(at);
    v128.store(at, demote(fuseWith(promoteLow(n), stds, means), fuseWith(promoteHigh(n), stds, means)));
    at += 16;
  } while (at != end);
}

/**
 * 16 normals a block: dst may be `words`. A mean of -0 keeps the sign of a zero, as torch's does.
 * @param mean  float32, as `std` is; neither is NaN
 */
export function torchNormal(words: usize, dst: usize, blocks: i32, mean: f32, std: f32): void {
  fillStandard(words, dst, blocks);
  const end = dst + (<usize>blocks << BLOCK_BYTES_LOG2);
  if (reinterpret<i32>(mean) == 0 && std >= neverUnderflows) scaleCentred(dst, end, std);
  else scaleFused(dst, end, mean, std);
}
