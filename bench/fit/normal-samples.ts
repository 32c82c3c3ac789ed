/** The functions that the normal kernels approximate, sampled in 256-bit fixed point. */
import {
  FIXED_ONE,
  SLOPE_AT_ZERO,
  divide,
  multiply,
  preciseCentralMass,
  squareRoot,
  toFixed,
} from './truncated-normal-reference.js';
import type { Fixed } from './truncated-normal-reference.js';
import { PRECISE_LN2, preciseLog } from './normal-reference.js';
import { range } from './arrays.js';
import type { Sample } from './rational.js';

const preciseLog2 = (x: Fixed): Fixed => divide(preciseLog(x), PRECISE_LN2);

/** Deviations of 0 to `reach`, denser towards 0. */
function deviations(reach: number, intervals: number): Fixed[] {
  return range(
    intervals + 1,
    (i) => (toFixed(reach) * BigInt(i * (intervals + i))) / BigInt(2 * intervals ** 2),
  );
}

/**
 * The normal kernel's middle piece: with x = erf(z / sqrt 2), z / x as a function of sqrt(1 - x^2), for z up to `reach`.
 * Errors are relative.
 */
export function sampleMiddle(reach: number, intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = (toFixed(reach) * BigInt(i * (2 * intervals - i))) / BigInt(intervals ** 2);
    const x = preciseCentralMass(z);
    const f = z === 0n ? SLOPE_AT_ZERO : divide(z, x);
    return { s: squareRoot(FIXED_ONE - multiply(x, x)), f, unit: f };
  });
}

/** The tail's function from 0: with W = -log2(1 - x), z / W as a function of W. Errors are relative. */
export function sampleTail(reach: number, intervals: number): Sample[] {
  return deviations(reach, intervals).map((z) => {
    const depth = -preciseLog2(FIXED_ONE - preciseCentralMass(z));
    const f = z === 0n ? multiply(SLOPE_AT_ZERO, PRECISE_LN2) : divide(z, depth);
    return { s: depth, f, unit: f };
  });
}

/** The normal kernel's tail: with W = -log2(1 - erf(z / sqrt 2)), z as a function of W, for z between two bounds; relative errors. */
export function sampleEnd(nearest: number, furthest: number, intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = toFixed(nearest) + (toFixed(furthest - nearest) * BigInt(i)) / BigInt(intervals);
    return { s: -preciseLog2(FIXED_ONE - preciseCentralMass(z)), f: z, unit: z };
  });
}

/** 1 - log2(1.5 + t) for t in [-1/2, 1/2]: the bits that a mantissa 1.5 + t is short of the next power of two. */
export function sampleMantissa(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const t = (BigInt(2 * i - intervals) * FIXED_ONE) / BigInt(2 * intervals);
    return { s: t, f: FIXED_ONE - preciseLog2(t + (3n * FIXED_ONE) / 2n), unit: FIXED_ONE };
  });
}

/** -log2(1 - t/2) / t for t in [0, 1]; relative errors. */
export function sampleShortfall(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const t = (BigInt(i) * FIXED_ONE) / BigInt(intervals);
    const f = i === 0 ? divide(FIXED_ONE, 2n * PRECISE_LN2) : divide(-preciseLog2(FIXED_ONE - t / 2n), t);
    return { s: t, f, unit: f };
  });
}
