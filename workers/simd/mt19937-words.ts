// mt19937's words as they are, and how its window moves.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { highBit, step, temper, temperB, temperC, twistMatrix, WINDOW_BYTES } from "./mt19937";

/** Tempered words. */
export function fillTempered(raw: usize, dst: usize, groups: i32): void {
  const high = i32x4.splat(highBit), matrix = i32x4.splat(twistMatrix), masksB = i32x4.splat(temperB), masksC = i32x4.splat(temperC);
  const end = raw + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    v128.store(dst, temper(step(raw + $offset, high, matrix), masksB, masksC), $offset);
    raw += GROUP_BYTES;
    dst += GROUP_BYTES;
  } while (raw != end);
}

/** Makes the raw words after the window: as many groups as that, and nothing of them. */
export function skipWords(raw: usize, groups: i32): void {
  const high = i32x4.splat(highBit), matrix = i32x4.splat(twistMatrix);
  const end = raw + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    step(raw + $offset, high, matrix);
    raw += GROUP_BYTES;
  } while (raw != end);
}

/** Moves the window from `from` to `to`; the two may overlap. */
export function slide(to: usize, from: usize): void {
  memory.copy(to, from, WINDOW_BYTES);
}
