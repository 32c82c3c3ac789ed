// The first normals of a truncated normal's elements, of four blocks together: the pairs (0, 8) and (4, 12) of each are made as one block.

import { BLOCK_BYTES } from "./torch-block";

/** Words 0 and 4 of two blocks, from `offset` of the first on. */
// @ts-ignore: decorator
@inline
function firstWords(words: usize): v128 {
  const one = v128.shuffle<i32>(v128.load(words), v128.load(words, 16), 0, 4, 1, 5);
  const other = v128.shuffle<i32>(v128.load(words, BLOCK_BYTES), v128.load(words, BLOCK_BYTES + 16), 0, 4, 1, 5);
  return v128.shuffle<i64>(one, other, 0, 2);
}

/** Gathers the words of the first normals of four blocks into one block. */
export function gather(words: usize, dst: usize, end: usize): void {
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
export function arrange(at: usize, end: usize): void {
  do {
    const c = v128.load(at), d = v128.load(at, 16), s = v128.load(at, 32), t = v128.load(at, 48);
    v128.store(at, v128.shuffle<i64>(c, s, 0, 2));
    v128.store(at, v128.shuffle<i64>(c, s, 1, 3), 16);
    v128.store(at, v128.shuffle<i64>(d, t, 0, 2), 32);
    v128.store(at, v128.shuffle<i64>(d, t, 1, 3), 48);
    at += BLOCK_BYTES;
  } while (at != end);
}
