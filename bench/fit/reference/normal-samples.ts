/**
 * The functions that the normal kernels approximate, sampled in 256-bit fixed point.
 * @module
 */
import {
  divide,
  FIXED_ONE,
  LN2,
  logarithm,
  multiply,
  squareRoot,
  toFixed,
  type Fixed,
} from '../approximation/fixed-point.js';
import type { Sample } from '../approximation/remez.js';
import { range } from '../range.js';
import { preciseCentralMass, SLOPE_AT_ZERO } from './normal-mass.js';

/** Errors of this sample are relative. */
const relative = (x: Fixed, value: Fixed): Sample => ({ x, value, weight: divide(FIXED_ONE, value) });

const binaryLog = (x: Fixed): Fixed => divide(logarithm(x), LN2);

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
    return relative(squareRoot(FIXED_ONE - multiply(x, x)), f);
  });
}

/** The tail's function from 0: with W = -log2(1 - x), z / W as a function of W. Errors are relative. */
export function sampleTail(reach: number, intervals: number): Sample[] {
  return deviations(reach, intervals).map((z) => {
    const depth = -binaryLog(FIXED_ONE - preciseCentralMass(z));
    const f = z === 0n ? multiply(SLOPE_AT_ZERO, LN2) : divide(z, depth);
    return relative(depth, f);
  });
}

/** The normal kernel's tail: with W = -log2(1 - erf(z / sqrt 2)), z as a function of W, for z between two bounds; relative errors. */
export function sampleEnd(nearest: number, furthest: number, intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = toFixed(nearest) + (toFixed(furthest - nearest) * BigInt(i)) / BigInt(intervals);
    return relative(-binaryLog(FIXED_ONE - preciseCentralMass(z)), z);
  });
}

/** 1 - log2(1.5 + t) for t in [-1/2, 1/2]: the bits that a mantissa 1.5 + t is short of the next power of two. */
export function sampleMantissa(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const t = (BigInt(2 * i - intervals) * FIXED_ONE) / BigInt(2 * intervals);
    return { x: t, value: FIXED_ONE - binaryLog(t + (3n * FIXED_ONE) / 2n), weight: FIXED_ONE };
  });
}

/** -log2(1 - t/2) / t for t in [0, 1]; relative errors. */
export function sampleShortfall(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const t = (BigInt(i) * FIXED_ONE) / BigInt(intervals);
    const f = i === 0 ? divide(FIXED_ONE, 2n * LN2) : divide(-binaryLog(FIXED_ONE - t / 2n), t);
    return relative(t, f);
  });
}
