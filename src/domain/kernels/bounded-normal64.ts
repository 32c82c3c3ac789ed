/**
 * Normal float64 truncated at any bounds, mean + std * z with z standard normal between low and high: the specification.
 * Either bound may be infinite, and both may lie in the same far tail. (Bounds of -2 and 2 have a kernel of their own,
 * truncated-normal64.ts, no bounds at all normal64.ts.)
 *
 * Inversion of 63 bits, one word for each element, no rejection, as in bounded-normal.ts: values are distances delta >= 0 from an anchor, the
 * bound nearer to 0, or 0 itself if it lies between the bounds, which then have a side each. Let a >= 0 be the anchor's distance
 * from 0, y = Q(a + delta) / Q(a) and W = -ln y. Then delta / W is a smooth function of W for each a, approximated by P / Q of
 * degrees 13 and 13, whose poles are those for a = 0 moved by the depth of a; the host interpolates P at fourteen nodes.
 *
 * A word as an int64, halved, is a point j of a lattice of 2^63; the anchor lies before lattice point `split`, and n counts from
 * there, d from the bound. Both 1 - y and y are computed from these integers: 1 - y where y >= sqrt(1/2), y elsewhere, so that neither
 * end loses relative precision. The logarithm is an exponent and a series in s = (1 - f) / (1 + f), f between sqrt(1/2) and
 * sqrt(2), or y itself: then s = (1 - y) / (2 - (1 - y)).
 *
 * Range: every value lies within mean + std * low and mean + std * high, those taken exactly and rounded inward to doubles.
 * One-sided tails reach the quantile of 2^-64 of their mass. Spacing: mass / 2^63. Words in order give values in order, to within
 * the errors. Error of delta, relative: stated bound 1e-13. In real arithmetic P / Q is within 2e-14 (anchors from 3 to 6; 4e-15
 * elsewhere), the rest is rounding: below 3e-14 over all that was measured (`npm run fit -- bounded-normal64-accuracy`). Where 0 lies between the bounds, its position
 * among the words is rounded to 53 bits, which adds 2^-53 of probability. Then come the two roundings of base + std * delta.
 *
 * Sources: inversion is Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2,
 * https://doi.org/10.1007/978-1-4613-8643-8; the tail measured by its logarithm is as in Wichura, "Algorithm AS 241", Applied
 * Statistics 37(3), 1988, https://doi.org/10.2307/2347330; the poles for a = 0 were found by the method of Nakatsukasa, Sete and Trefethen, "The
 * AAA algorithm for rational approximation", SIAM J. Sci. Comput. 40(3), 2018, https://doi.org/10.1137/16M1106122; anchors, moved poles and
 * coefficients are this project's own.
 * @module
 */
import {
  balancedExponent,
  ceilScaled,
  floorScaled,
  roundScaled,
  withoutExponent,
} from '../arithmetic/float64.js';
import { anchorOf, deltaAtDepth, depth } from '../arithmetic/normal-tail.js';
import { deltaAtDepth64, depth64 } from '../arithmetic/normal-tail64.js';
import {
  evaluate,
  gatheredNodes,
  interpolateExactly,
  withoutSpecks,
  withPoles,
} from '../arithmetic/polynomials.js';
import { exponential, exponentialMinusOne } from '../arithmetic/portable-math.js';
import { uint32At } from '../arithmetic/typed-at.js';

export interface BoundedNormal64Parameters {
  readonly kind: 'bounded_normal64';
  /** mean + std * anchor, rounded once; distances are added to it. */
  readonly base: number;
  readonly std: number;
  /** 0 to 2^63: lattice points from here on lie above the anchor, smaller ones below. */
  readonly split: number;
  /** From n to lattice steps from the anchor. */
  readonly offsetAbove: number;
  readonly offsetBelow: number;
  /** The share of y that a lattice step takes. */
  readonly slope: number;
  /** y half a lattice step from the bound. */
  readonly startAbove: number;
  readonly startBelow: number;
  /** delta / W = P(W) / Q(W), highest degree first: 14 of P, 13 of Q, whose last one is 1. */
  readonly p: readonly number[];
  readonly q: readonly number[];
  /** The outermost doubles within the interval. */
  readonly lowest: number;
  readonly highest: number;
}

const LATTICE = 2 ** 63;
/** An anchor whose depth is a^2 / 2, near enough. */
const FAR = 2 ** 40;
/** In nats: no word reaches further than 64 ln 2 = 44.36. */
const DEEPEST = 44.4;
/** A coefficient below this share of the first, at the deepest W, never shows. */
const LEAST_SHARE = 2 ** -70;
/** Narrower intervals are interpolated as if they were this deep, so that divided differences stay small. */
const SHALLOWEST = 0.3;

/** Poles of an approximation of delta / W for a = 0 on [0, DEEPEST] within 5e-16, with the sign turned. */
const POLES = [
  0.720584623508, // 0x3fe70f077bfef464
  0.835989160733, // 0x3feac06c57251441
  1.07195275898, // 0x3ff126b7efaad12f
  1.49367563611, // 0x3ff7e6186c7eca89
  2.22220471726, // 0x4001c713444d3063
  3.47699309624, // 0x400bd0e1c1a6260e
  5.66238168198, // 0x4016a64762364b57
  9.55716101046, // 0x40231d44353d1064
  16.7851213456, // 0x4030c8fdb666be57
  31.1888798856, // 0x403f305a6ea38633
  63.8603326771, // 0x404fee1f6193e98d
  159.472921393, // 0x4063ef222c0b9071
  679.890121192, // 0x40853f1ef7dc08ef
] as const;

/** cos((i + 1/2) pi / 14): the Chebyshev nodes of degree 14. */
const CHEBYSHEV = [
  0.9937122098932426, // 0x3fefcc7d8c64135f
  0.9438833303083676, // 0x3fee344ad05d3f86
  0.8467241992282841, // 0x3feb185d590d5a44
  0.7071067811865476, // 0x3fe6a09e667f3bcd
  0.5320320765153366, // 0x3fe106682221cd8a
  0.3302790619551671, // 0x3fd5234aca69a9fe
  0.11196447610330786, // 0x3fbca9b4332d6f61
  -0.11196447610330786, // 0xbfbca9b4332d6f61
  -0.3302790619551671, // 0xbfd5234aca69a9fe
  -0.5320320765153366, // 0xbfe106682221cd8a
  -0.7071067811865476, // 0xbfe6a09e667f3bcd
  -0.8467241992282841, // 0xbfeb185d590d5a44
  -0.9438833303083676, // 0xbfee344ad05d3f86
  -0.9937122098932426, // 0xbfefcc7d8c64135f
] as const;

/** ln 2 as a sum: the first has 42 bits, so its product with an exponent is exact. */
const LN2_HIGH = 0.6931471805598903; // 0x3fe62e42fefa3800
const LN2_LOW = 5.497923018708371e-14; // 0x3d2ef35793c76730
/** ln((1 + s) / (1 - s)) = s * (2 + s^2 L(s^2)) for s^2 up to that of sqrt(1/2), within 5e-18 relative. */
const L6 = 0.14617807153417325; // 0x3fc2b5f68a50d903
const L5 = 0.15331611722055008; // 0x3fc39fdcceb4bb45
const L4 = 0.1818289243253687; // 0x3fc7462b91b8df65
const L3 = 0.22222211089379496; // 0x3fcc71c62d5e53e0
const L2 = 0.28571428626253836; // 0x3fd2492492dfd86c
const L1 = 0.3999999999989889; // 0x3fd9999999995273
const L0 = 0.666666666666667; // 0x3fe5555555555558

/** By the names of the SIMD kernel's variables (workers/simd/bounded-normal64.ts). */
export const COEFFICIENTS = [
  ['depthHigh', LN2_HIGH],
  ['depthLow', LN2_LOW],
  ['depthL6', L6],
  ['depthL5', L5],
  ['depthL4', L4],
  ['depthL3', L3],
  ['depthL2', L2],
  ['depthL1', L1],
  ['depthL0', L0],
] as const;

/**
 * Bounds in standard deviations, low < high; |mean + std * z| finite for every z reached. Only + - * / decide the constants
 * (normal-tail64.ts), so they are the same on every engine.
 */
export function boundedNormal64Parameters(
  mean: number,
  std: number,
  low: number,
  high: number,
): BoundedNormal64Parameters {
  const anchor = anchorOf(low, high);
  const a = Math.abs(anchor);
  const depthAbove = low < 0 && high <= 0 ? 0 : depth64(a, high - anchor);
  const depthBelow = high > 0 && low >= 0 ? 0 : depth64(a, anchor - low);
  const massAbove = -exponentialMinusOne(-depthAbove);
  const massBelow = -exponentialMinusOne(-depthBelow);
  const mass = massAbove + massBelow;
  const anchorPoint = LATTICE * (massBelow / mass);
  const split = Math.floor(anchorPoint);
  const fraction = anchorPoint - split;
  const slope = mass / LATTICE;
  return {
    kind: 'bounded_normal64',
    base: roundScaled(mean, std, anchor),
    std,
    split,
    offsetAbove: 0.5 - fraction,
    offsetBelow: 0.5 + fraction,
    slope,
    startAbove: exponential(-depthAbove) + slope / 2,
    startBelow: exponential(-depthBelow) + slope / 2,
    ...deltaCoefficients(a, Math.max(depthAbove, depthBelow)),
    lowest: low === -Infinity ? -Infinity : ceilScaled(mean, std, low),
    highest: high === Infinity ? Infinity : floorScaled(mean, std, high),
  };
}

/** The outermost z that words can give; finite even where a bound is not. */
export function reachOfBounds64(low: number, high: number): [number, number] {
  const anchor = anchorOf(low, high);
  const reach = deltaAtDepth(Math.abs(anchor), DEEPEST);
  return [Math.max(low, anchor - reach), Math.min(high, anchor + reach)];
}

function deltaCoefficients(a: number, bound: number): Pick<BoundedNormal64Parameters, 'p' | 'q'> {
  // From there on a^2 / 2, and without a quotient that could overflow.
  const shift = a < FAR ? depth(0, a) : (a * a) / 2;
  const q = withPoles(POLES, shift);
  const deepest = Math.min(Math.max(bound, SHALLOWEST), DEEPEST);
  const gather = 8 + 2 * shift;
  const nodes = gatheredNodes(CHEBYSHEV, deepest, gather);
  const ratios = nodes.map((w) => (deltaAtDepth64(a, w) / w) * evaluate(q, w));
  // The last coefficient of Q is 1.
  return { p: highestFirst(interpolateExactly(nodes, ratios)), q: highestFirst(q).slice(0, -1) };
}

/** The coefficients that show, highest degree first. */
const highestFirst = (polynomial: readonly number[]): number[] =>
  withoutSpecks(polynomial, DEEPEST, LEAST_SHARE).reverse();

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, one for each element, low half first, in block order (generator.ts)
 */
export function fillBoundedNormal64(
  out: Float64Array,
  words: Uint32Array,
  parameters: BoundedNormal64Parameters,
): void {
  const { base, std, lowest, highest } = parameters;
  for (let i = 0; i < out.length; i++) {
    const value = base + std * signedDelta64(uint32At(words, 2 * i), uint32At(words, 2 * i + 1), parameters);
    out[i] = Math.min(Math.max(value, lowest), highest);
  }
}

const TWO_32 = 2 ** 32;
const TOP_31 = 0x7fffffff;

/** z less the anchor for a 64-bit word, given as its halves. */
export function signedDelta64(low: number, high: number, parameters: BoundedNormal64Parameters): number {
  const { split, slope, p, q } = parameters;
  const splitHigh = Math.floor(split / TWO_32);
  // j counts lattice points from the lowest; j - split has 64 bits as an integer with a sign.
  const latticeLow = ((low >>> 1) | (high << 31)) >>> 0;
  const latticeHigh = (high >>> 1) ^ 0x40000000;
  const fromSplitLow = latticeLow - (split - splitHigh * TWO_32);
  const fromSplitHigh = latticeHigh - splitHigh - (fromSplitLow < 0 ? 1 : 0);
  const below = fromSplitHigh < 0;
  const side = below ? -1 : 0;
  const n = ((fromSplitHigh ^ side) >>> 0) * TWO_32 + ((fromSplitLow ^ side) >>> 0);
  const d = below ? latticeHigh * TWO_32 + latticeLow : (latticeHigh ^ TOP_31) * TWO_32 + (~latticeLow >>> 0);
  const taken = (n + (below ? parameters.offsetBelow : parameters.offsetAbove)) * slope;
  const y = (below ? parameters.startBelow : parameters.startAbove) + d * slope;
  const w = depthOf(y, taken);
  // Indexed, since for-of takes 1.9 times as long here, and `?? 0` only satisfies the type: a reader that throws takes 1.2 times.
  const [pTerms, qTerms] = [p.length, q.length];
  let numerator = 0;
  for (let k = 0; k < pTerms; k++) numerator = numerator * w + (p[k] ?? 0);
  let denominator = 0;
  for (let k = 0; k < qTerms; k++) denominator = denominator * w + (q[k] ?? 0);
  denominator = denominator * w + 1;
  const delta = (w * numerator) / denominator;
  return below ? -delta : delta;
}

/** -ln(y); from 1 - y if that is at most 1 - sqrt(1/2). */
function depthOf(y: number, taken: number): number {
  const exponent = balancedExponent(y);
  const fraction = withoutExponent(y, exponent);
  const near = exponent === 0;
  const s = (near ? taken : 1 - fraction) / (near ? 2 - taken : 1 + fraction);
  const square = s * s;
  let sum = L6 * square + L5;
  sum = sum * square + L4;
  sum = sum * square + L3;
  sum = sum * square + L2;
  sum = sum * square + L1;
  sum = sum * square + L0;
  // The exponent is not positive, so nothing cancels.
  return s * (square * sum + 2) - exponent * LN2_LOW - exponent * LN2_HIGH;
}
