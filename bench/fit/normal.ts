/**
 * Derives the coefficients of the normal kernels (src/domain/kernels/normal.ts, bounded-normal.ts) and measures the normal one:
 * minimax fits (rational.ts), float32 neighbours of each, and for the normal's middle piece, where rounding counts most, the
 * neighbour whose float32 evaluation comes closest on a sample of words.
 */
import { normalFromWord } from '../../src/domain/kernels/normal.js';
import { deltaAtDepth } from '../../src/domain/arithmetic/normal-tail.js';
import {
  ErrorMeter,
  fitRational,
  float32Neighbours,
  fromFixed,
  type RationalType,
  type Sample,
} from './rational.js';
import { sampleEnd, sampleMantissa, sampleMiddle, sampleShortfall, sampleTail } from './normal-samples.js';
import { at } from './arrays.js';
import { float32Spacing } from './truncated-normal.js';

const { fround } = Math;
const INTERVALS = 800;
const LARGEST_INT = 2 ** 31 - 1;
const END_WORDS = 3 * 2 ** 20;

/** A little beyond where the pieces meet, which is 3.1821, and beyond the outermost quantiles. */
const MIDDLE_REACH = 3.1822;
const END_FROM = 3.182;
const REACH = 6.345;

interface Derived {
  readonly optimum: readonly number[];
  readonly candidates: readonly (readonly number[])[];
  readonly meter: ErrorMeter;
}

function derive(type: RationalType, samples: readonly Sample[], wanted: number): Derived {
  const optimum = fromFixed(fitRational(type, samples).free);
  const meter = new ErrorMeter(type, samples);
  return { optimum, meter, candidates: float32Neighbours(optimum, meter, wanted) };
}

function report(name: string, { optimum, meter }: Derived, chosen: readonly number[]): void {
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

/** The middle piece as the kernel computes it; its powers of two change no bit. */
function middleKernel(free: readonly number[], n: number, r: number): number {
  const [p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, q0 = 0, q1 = 0, q2 = 0, q3 = 0] = free;
  const p = [p4, p3, p2, p1, p0].reduce((sum, c) => fround(fround(sum * r) + c), p5);
  const q = [q2, q1, q0].reduce((sum, c) => fround(fround(sum * r) + c), fround(r + q3));
  return fround(fround(fround(fround(n) + 0.5) * 2 ** -31 * p) / q);
}

function bestMiddle(candidates: Derived['candidates']): readonly number[] {
  const words = Array.from({ length: 20_000 }, (_, i) => {
    const n = Math.floor(((i + 0.37) / 20_000) * (LARGEST_INT - END_WORDS));
    const product = fround(fround(LARGEST_INT - n) * fround(fround(n) + 2 ** 31));
    return { n, r: fround(Math.sqrt(product)) * 2 ** -31, exact: exactQuantile(n) };
  });
  let best = at(candidates, 0);
  let limit = Infinity;
  for (const candidate of candidates) {
    let worst = 0;
    for (const { n, r, exact } of words) {
      worst = Math.max(worst, ulpsOff(middleKernel(candidate, n, r), exact));
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
function polesOf(lower: readonly number[]): string[] {
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

function main(): void {
  const middle = derive({ numerator: 5, denominator: 4 }, sampleMiddle(MIDDLE_REACH, INTERVALS), 400);
  report('middle z/x in r', middle, bestMiddle(middle.candidates));
  const end = derive({ numerator: 3, denominator: 3 }, sampleEnd(END_FROM, REACH, INTERVALS), 200);
  report('end z in W', end, at(end.candidates, 0));
  const mantissa = derive({ numerator: 6, denominator: 0 }, sampleMantissa(INTERVALS), 200);
  report('1 - log2(1.5 + t)', mantissa, at(mantissa.candidates, 0));
  const shortfall = derive({ numerator: 7, denominator: 0 }, sampleShortfall(INTERVALS), 200);
  report('-log2(1 - t/2) / t', shortfall, at(shortfall.candidates, 0));
  const tail = derive({ numerator: 5, denominator: 5 }, sampleTail(REACH, INTERVALS), 1);
  report('tail z/W in W', tail, tail.optimum);
  console.log(`  poles, with the sign turned: ${polesOf(tail.optimum.slice(-5)).join(', ')}`);
  console.log('the normal kernel');
  measure('all of the centre', 0, 2 ** 20, 1);
  measure('every 509th', 0, 2 ** 31, 509);
  measure('every 7th of the end and a little before', LARGEST_INT - END_WORDS - 2 ** 20, 2 ** 31, 7);
}

main();
