/**
 * Derives the double coefficients of the float64 kernels (src/domain/kernels/truncated-normal64.ts and normal64.ts).
 *
 * Both draw by inversion. z is the argument times a smooth ratio; a straight line of a few bits comes close to the ratio, and a
 * rational function takes up the small rest: its rounding errors hardly count.
 *
 * Truncated normal: u = x / erf(sqrt 2), s = 1 - u^2, z = u + u * ((line - s / 2) + P(s) / Q(s)).
 * Normal, centre:   v = sqrt(1 - x^2), z = 1.5 x + x * ((line - v) + P(v) / Q(v)).
 * Normal, tail:     r = sqrt(-2 ln(1 - |x|) - offset), |z| = r + P(r) / Q(r).
 *
 * As a function of 1 - x^2 the ratio is singular at 0, with a cut from there on. In v the cut opens to a half-plane, and a
 * lower degree does: for |z| <= 2, (8,7) in place of (10,10). For the truncated normal the square root costs more than it
 * spares (28.5 against 25.5 ms for 64 MiB, one thread of an AMD EPYC (Zen 5), Node 20.20) and its rounding some accuracy (1.8
 * against 1.6 ulp); the normal's centre goes further, to 2.49, where v spares more.
 *
 * Prints the coefficients and the errors of the approximations, relative to z, in real arithmetic.
 * @module
 */
import { at } from '#built/base/at.js';
import { CENTRE_BASE, LINE, SMALLEST_TAIL, TAIL_BELOW, TAIL_OFFSET } from '#built/domain/kernels/normal64.js';
import {
  LINE as TRUNCATED_LINE,
  SLOPE as TRUNCATED_SLOPE,
} from '#built/domain/kernels/truncated-normal64.js';
import { roundToDoubles } from './approximation/double-coefficients.js';
import {
  divide,
  FIXED_ONE,
  LN2,
  logarithm,
  multiply,
  squareRoot,
  toFixed,
  toNumber,
} from './approximation/fixed-point.js';
import {
  bestApproximation,
  mapRational,
  maxError,
  roundedToFixed,
  type Degrees,
  type Sample,
} from './approximation/remez.js';
import { range } from './range.js';
import {
  PRECISE_TOTAL_MASS,
  preciseCentralMass,
  preciseTailMass,
  SLOPE_AT_ZERO,
  tailQuantile,
} from './reference/normal-mass.js';

const TAIL_START_Z = tailQuantile(TAIL_BELOW);
const LARGEST_Z = tailQuantile(SMALLEST_TAIL);

const SEARCH_INTERVALS = 1000;
const VERIFY_INTERVALS = 7000;

/** The exchange goes on until the largest error is this close to the levelled one. */
const EXCHANGE_TOLERANCE = 1e-3;

/** Samples of P / Q over s, by choice of z, which spares an inversion; they gather quadratically where z is 2. */
function sampleTruncated(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = (toFixed(2) * BigInt(i * (2 * intervals - i))) / BigInt(intervals ** 2);
    const u = divide(preciseCentralMass(z), PRECISE_TOTAL_MASS);
    const ratio = i === 0 ? multiply(SLOPE_AT_ZERO, PRECISE_TOTAL_MASS) : divide(z, u);
    const s = FIXED_ONE - multiply(u, u);
    const line = toFixed(TRUNCATED_LINE) - multiply(toFixed(TRUNCATED_SLOPE), s);
    return { x: s, value: ratio - FIXED_ONE - line, weight: divide(FIXED_ONE, ratio) };
  }).reverse();
}

/** Samples of P / Q over v; they gather where the centre ends. */
function sampleCentre(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = (toFixed(TAIL_START_Z) * BigInt(i * (2 * intervals - i))) / BigInt(intervals ** 2);
    const x = preciseCentralMass(z);
    const ratio = i === 0 ? SLOPE_AT_ZERO : divide(z, x);
    const v = squareRoot(FIXED_ONE - multiply(x, x));
    const line = toFixed(LINE) - v;
    return { x: v, value: ratio - toFixed(CENTRE_BASE) - line, weight: divide(FIXED_ONE, ratio) };
  }).reverse();
}

/** Samples of P / Q over r for z from the tail's start to the last word's. */
function sampleTail(intervals: number): Sample[] {
  const span = LARGEST_Z / TAIL_START_Z;
  return range(intervals + 1, (i) => {
    const t = (1 - Math.cos((Math.PI * i) / intervals)) / 2;
    const z = toFixed(TAIL_START_Z * span ** t);
    const r = squareRoot(-2n * logarithm(preciseTailMass(z)) - toFixed(TAIL_OFFSET));
    return { x: r, value: z - r, weight: divide(FIXED_ONE, z) };
  });
}

/** The factor of w^3 in -2 ln((1 + w) / (1 - w)): (-2 ln((1 + w) / (1 - w)) + 4 w) / w^3, for fractions in [sqrt 1/2, sqrt 2]. */
function sampleLog(intervals: number): Sample[] {
  const limit = 3 - 2 * Math.SQRT2;
  return range(intervals, (i) => {
    const w = toFixed(limit * Math.sin((Math.PI * (i + 1)) / (2 * intervals)));
    const square = multiply(w, w);
    const log = logarithm(divide(FIXED_ONE + w, FIXED_ONE - w));
    const cube = multiply(w, square);
    return { x: square, value: divide(-2n * log + 4n * w, cube), weight: cube / 4n };
  });
}

function printConstant(name: string, value: number): void {
  console.log(`const ${name} = ${value};`);
}

/** Coefficients, highest degree first, as the kernels have them. */
function report(
  title: string,
  prefix: string,
  degrees: Degrees,
  sample: (intervals: number) => Sample[],
): void {
  const samples = sample(SEARCH_INTERVALS);
  const optimum = bestApproximation(samples, degrees, EXCHANGE_TOLERANCE);
  const rounded = roundToDoubles(optimum, samples);
  const plain = mapRational(optimum, toNumber);
  const verification = sample(VERIFY_INTERVALS);
  const bits = (error: number): string => `2^${Math.log2(error).toFixed(2)}`;
  console.log(
    `// ${title}: within ${bits(maxError(roundedToFixed(rounded), verification))}`,
    `(optimum ${bits(maxError(optimum, verification))}, coefficients rounded one by one`,
    `${bits(maxError(roundedToFixed(plain), verification))})`,
  );
  range(degrees.n + 1, (k) => degrees.n - k).forEach((k) => {
    printConstant(`${prefix}P${k}`, at(rounded.numerator, k));
  });
  range(degrees.d, (k) => degrees.d - 1 - k).forEach((k) => {
    printConstant(`${prefix}Q${k}`, at(rounded.denominator, k));
  });
}

/** -2 ln 2 in two pieces: the first has so few bits that its product with an exponent is exact. */
function reportLogOfTwo(): void {
  const exact = -2n * LN2;
  const high = Math.round(toNumber(exact) * 2 ** 40) / 2 ** 40;
  printConstant('LOG_HIGH', high);
  printConstant('LOG_LOW', toNumber(exact - toFixed(high)));
}

export function run(): void {
  console.log(`// the tail begins at |z| = ${TAIL_START_Z} and ends at ${LARGEST_Z}`);
  report('truncated normal', '', { n: 10, d: 10 }, sampleTruncated);
  report('normal, centre', '', { n: 9, d: 9 }, sampleCentre);
  report('normal, tail', 'TAIL_', { n: 9, d: 8 }, sampleTail);
  reportLogOfTwo();
  report('logarithm, absolute', 'LOG_', { n: 5, d: 0 }, sampleLog);
}
