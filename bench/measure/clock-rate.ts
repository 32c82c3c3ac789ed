/**
 * The processor's clock, from work whose cycles are known.
 * @module
 */

/** Shift and exclusive or, three times: each waits for the one before, and takes a cycle on any processor of today. */
const CYCLES_PER_STEP = 6;

/** Marsaglia's xorshift32 (https://doi.org/10.18637/jss.v008.i14), for being one chain that no compiler shortens. */
function stepOften(steps: number, start: number): number {
  let x = start | 0;
  for (let step = 0; step < steps; step++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/**
 * Cycles a second while one thread works: the highest of the samples, since other work can only lower one. Too high where a
 * processor joins a shift to the operation after it (64-bit ARM does).
 */
export function measureClockRate(isQuick: boolean): number {
  // Short samples, half a millisecond: on a busy machine some are left alone.
  const steps = isQuick ? 1e5 : 3e5;
  let state = 1;
  const rates = Array.from({ length: isQuick ? 2 : 400 }, () => {
    const startedAt = performance.now();
    state = stepOften(steps, state);
    return (CYCLES_PER_STEP * steps * 1000) / (performance.now() - startedAt);
  });
  // Marsaglia's never reaches 0: only so is the state read, and the loop kept.
  if (state === 0) throw new Error('xorshift32 cannot reach 0');
  return Math.max(...rates);
}
