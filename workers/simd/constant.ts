// Gives every element the same value; takes no words.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";

/** Stores `value` in each element. */
export function fillConstant(dst: usize, groups: i32, value: f32): void {
  const values = f32x4.splat(value);
  const end = dst + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    v128.store(dst, values, $offset);
    dst += GROUP_BYTES;
  } while (dst != end);
}
