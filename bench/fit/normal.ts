/**
 * Derives the coefficients of the normal kernels (src/domain/kernels/normal.ts, bounded-normal.ts) and measures the normal one:
 * minimax fits, float32 neighbours of each, and for the normal's middle piece, where rounding counts most, the neighbour whose
 * float32 evaluation comes closest on a sample of words.
 * @module
 */
import { at } from '#built/base/at.js';
import { deltaAtDepth } from '#built/domain/arithmetic/normal-tail.js';
import { normalFromWord } from '#built/domain/kernels/normal.js';
import { ErrorMeter } from './approximation/error-meter.js';
import { toNumber } from './approximation/fixed-point.js';
import { float32Neighbours } from './approximation/float32-coefficients.js';
import type { Vector } from './approximation/lattice.js';
import { bestApproximation, flatten, type Degrees, type Sample } from './approximation/remez.js';
import { float32Spacing } from './approximation/spacing.js';
import { range } from './range.js';
import {
  sampleEnd,
  sampleMantissa,
  sampleMiddle,
  sampleShortfall,
  sampleTail,
} from './reference/normal-samples.js';

const { fround } = Math;
const INTERVALS = 800;
const LARGEST_INT = 2 ** 31 - 1;
const END_WORDS = 3 * 2 ** 20;

/** A little beyond where the pieces meet, which is 3.1821, and beyond the outermost quantiles. */
const MIDDLE_REACH = 3.1822;
const END_FROM = 3.182;
const REACH = 6.345;

/** The exchange goes on until the largest error is this close to the levelled one. */
const EXCHANGE_TOLERANCE = 1e-6;

interface Derived {
  readonly optimum: Vector;
  /** float32 coefficients, best first. */
  readonly candidates: readonly Vector[];
  readonly meter: ErrorMeter;
}

function derive(degrees: Degrees, samples: readonly Sample[], wanted: number): Derived {
  const optimum = flatten(bestApproximation(samples, degrees, EXCHANGE_TOLERANCE)).map(toNumber);
  const meter = new ErrorMeter(degrees, samples);
  return { optimum, meter, candidates: float32Neighbours(optimum, meter, wanted) };
}

function report(name: string, { optimum, meter }: Derived, chosen: Vector): void {
  console.log(
    `${name}: optimum ${meter.maxError(optimum).toExponential(3)}, chosen ${meter.maxError(chosen).toExponential(3)}`,
  );
  console.log(`  p0, p1, .. then q0, q1, ..: ${chosen.join(', ')}`);
}

/** |z| of the n-th lattice point from the centre, in double precision. */
function exactQuantile(n: number): number {
  const x = (n + 0.5) / 2 ** 31;
  return deltaAtDepth(0, x < 0.5 ? -Math.log1p(-x) : -Math.log((LARGEST_INT - n + 0.5) / 2 ** 31));
}

const ulpsOff = (value: number, exact: number): number => Math.abs(value - exact) / float32Spacing(exact);

const MIDDLE_DEGREES: Degrees = { n: 5, d: 4 };

/** The middle piece as the kernel computes it; its powers of two change no bit. */
function openMiddle(free: Vector): (n: number, r: number) => number {
  const { n: degree, d } = MIDDLE_DEGREES;
  const [numerator, pLast] = [free.slice(0, degree), at(free, degree)];
  const [denominator, qLast] = [free.slice(degree + 1, degree + d), at(free, degree + d)];
  return (n, r) => {
    const step = (sum: number, c: number): number => fround(fround(sum * r) + c);
    const p = numerator.reduceRight(step, pLast);
    const q = denominator.reduceRight(step, fround(r + qLast));
    return fround(fround(fround(fround(n) + 0.5) * 2 ** -31 * p) / q);
  };
}

const SAMPLE_WORDS = 20_000;

/** The candidate with the smallest largest error on a sample of words. */
function bestMiddle(candidates: readonly Vector[]): Vector {
  const words = range(SAMPLE_WORDS, (i) => {
    const n = Math.floor(((i + 0.37) / SAMPLE_WORDS) * (LARGEST_INT - END_WORDS));
    const product = fround(fround(LARGEST_INT - n) * fround(fround(n) + 2 ** 31));
    return { n, r: fround(Math.sqrt(product)) * 2 ** -31, exact: exactQuantile(n) };
  });
  let best = at(candidates, 0);
  let limit = Infinity;
  for (const candidate of candidates) {
    const kernel = openMiddle(candidate);
    let worst = 0;
    for (const { n, r, exact } of words) {
      worst = Math.max(worst, ulpsOff(kernel(n, r), exact));
      if (worst >= limit) break;
    }
    if (worst < limit) {
      limit = worst;
      best = candidate;
    }
  }
  return best;
}

/** Errors over n = from, from + step, ..; the other half of the words is symmetric. */
function measure(name: string, from: number, to: number, step: number): void {
  let worst = 0;
  let worstRelative = 0;
  let sum = 0;
  let inversions = 0;
  let count = 0;
  let previous = 0;
  for (let n = from; n < to; n += step, count++) {
    const exact = exactQuantile(n);
    const z = normalFromWord(n);
    const ulps = ulpsOff(z, exact);
    worst = Math.max(worst, ulps);
    worstRelative = Math.max(worstRelative, Math.abs(z - exact) / exact);
    sum += ulps;
    if (z < previous) inversions++;
    previous = z;
  }
  console.log(
    `${name}: ${count} words, max ${worst.toFixed(2)} ulp, mean ${(sum / count).toFixed(2)} ulp, ` +
      `max relative ${worstRelative.toExponential(2)}, ${inversions} neighbours out of order`,
  );
}

/** Minus the roots of a monic polynomial whose roots are real and between -1000 and -1/10: sign changes, then bisection. */
function polesOf(lower: Vector): string[] {
  const value = (pole: number): number => lower.reduceRight((sum, c) => sum * -pole + c, 1);
  const poles: string[] = [];
  for (let left = 0.1; left < 1000; left *= 1.05) {
    let [from, to] = [left, left * 1.05];
    if (Math.sign(value(from)) === Math.sign(value(to))) continue;
    for (let pass = 0; pass < 60; pass++) {
      const middle = (from + to) / 2;
      if (Math.sign(value(middle)) === Math.sign(value(from))) from = middle;
      else to = middle;
    }
    poles.push(from.toFixed(8));
  }
  return poles;
}

export function run(): void {
  const middle = derive(MIDDLE_DEGREES, sampleMiddle(MIDDLE_REACH, INTERVALS), 400);
  report('middle z/x in r', middle, bestMiddle(middle.candidates));
  const end = derive({ n: 3, d: 3 }, sampleEnd(END_FROM, REACH, INTERVALS), 200);
  report('end z in W', end, at(end.candidates, 0));
  const mantissa = derive({ n: 6, d: 0 }, sampleMantissa(INTERVALS), 200);
  report('1 - log2(1.5 + t)', mantissa, at(mantissa.candidates, 0));
  const shortfall = derive({ n: 7, d: 0 }, sampleShortfall(INTERVALS), 200);
  report('-log2(1 - t/2) / t', shortfall, at(shortfall.candidates, 0));
  const tail = derive({ n: 5, d: 5 }, sampleTail(REACH, INTERVALS), 1);
  report('tail z/W in W', tail, tail.optimum);
  console.log(`  poles, with the sign turned: ${polesOf(tail.optimum.slice(-5)).join(', ')}`);
  console.log('the normal kernel');
  measure('all of the centre', 0, 2 ** 20, 1);
  measure('every 509th', 0, 2 ** 31, 509);
  measure('every 7th of the end and a little before', LARGEST_INT - END_WORDS - 2 ** 20, 2 ** 31, 7);
}
