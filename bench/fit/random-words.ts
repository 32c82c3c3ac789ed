/**
 * Words for measuring kernels, the same in each run.
 * @module
 */
const ALL_ONES = (1n << 64n) - 1n;

let state = 0x9e3779b97f4a7c15n;

/** 64 bits: the upper halves of two steps of Knuth's linear congruential generator (MMIX). */
export function randomWord(): bigint {
  const next = (): bigint => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ALL_ONES;
    return state >> 32n;
  };
  return (next() << 32n) | next();
}
