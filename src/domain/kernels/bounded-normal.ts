/**
 * Normal float32 truncated at any bounds, mean + std * z with z standard normal between low and high: the specification.
 * Either bound may be infinite, and both may lie in the same far tail. (Bounds of -2 and 2 have a kernel of their own,
 * truncated-normal.ts, no bounds at all normal.ts.)
 *
 * Inversion, one word for each element, no rejection. Values are drawn as distances delta >= 0 from an anchor: the bound nearer to 0,
 * or 0 itself if it lies between the bounds, which then have a side each. Let a >= 0 be the anchor's distance from 0 and y the
 * part of the tail above a that lies further out than the value, y = Q(a + delta) / Q(a). Then W = -log2 y is 0 at the anchor and
 * delta / W is a smooth function of W and a. The bounds do not change it: they only limit W. For each a it is well
 * approximated by a rational function P / Q of degrees 5 and 5 whose poles are the poles for a = 0, moved by the depth of a
 * (-log2 of 2 Q(a)). So the host only interpolates P at six nodes: relative error of delta at most 1.3e-6 for any a. The same
 * code serves every interval.
 *
 * A word as an int32, halved, is a point j of a lattice of 2^31; the anchor lies before lattice point `split`, and n counts from
 * there, d from the bound. Both 1 - y and y are computed from integers, so that neither end loses relative precision: 1 - y where
 * y >= 1/2, y elsewhere. Distances keep it too: an interval of a few float32 comes out as uniform as float32 allows.
 *
 * Range: every value lies within mean + std * low and mean + std * high, those taken exactly and rounded inward to float32.
 * One-sided tails reach the quantile of 2^-32 of their mass. Spacing: mass / 2^31. Bias: none beyond the errors stated, which are
 * measured by bench/fit/bounded-normal.ts (`npm run fit -- bounded-normal`): distances within 1.2e-6
 * relative, for anchors from 3 to 4.5, and 9e-7 elsewhere, before the two roundings of base + std * delta.
 *
 * Sources: inversion is Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2,
 * https://doi.org/10.1007/978-1-4613-8643-8; the tail measured by its logarithm is as in Wichura, "Algorithm AS 241", Applied
 * Statistics 37(3), 1988, https://doi.org/10.2307/2347330; anchors, moved poles and coefficients are this project's own.
 * @module
 */
import { at } from '../../base/at.js';
import { floatBits, floatOfBits } from '../arithmetic/bits.js';
import { ceilScaled, floorScaled } from '../arithmetic/float32.js';
import { anchorOf, deltaAtDepth, depth } from '../arithmetic/normal-tail.js';
import { evaluate, gatheredNodes, interpolate, withoutSpecks, withPoles } from '../arithmetic/polynomials.js';
import { exponential, exponentialMinusOne, LN2 } from '../arithmetic/portable-math.js';
import { uint32At } from '../arithmetic/typed-at.js';

export interface BoundedNormalParameters {
  readonly kind: 'bounded_normal';
  /** float32: mean + std * anchor, to which distances are added. */
  readonly base: number;
  /** float32. */
  readonly std: number;
  /** int32: lattice points from here on lie above the anchor, smaller ones below. */
  readonly split: number;
  /** int32: the largest n above and below the anchor. */
  readonly lastAbove: number;
  readonly lastBelow: number;
  /** float32: from n to lattice steps from the anchor. */
  readonly offsetAbove: number;
  readonly offsetBelow: number;
  /** float32: the share of y that a lattice step takes. */
  readonly slope: number;
  /** float32: y at the bound. */
  readonly restAbove: number;
  readonly restBelow: number;
  /** float32: delta / W = P(W) / Q(W), highest degree first. Q's last coefficient is 1. */
  readonly p: readonly [number, number, number, number, number, number];
  readonly q: readonly [number, number, number, number, number];
  /** The outermost float32 values within the interval. */
  readonly lowest: number;
  readonly highest: number;
}

const LATTICE = 2 ** 31;
const HALF_LATTICE = 2 ** 30;
/** In log2: no word reaches further. */
const DEEPEST = 32.1;
/** A coefficient below this share of the first, at the deepest W, never shows. */
const LEAST_SHARE = 2 ** -40;
/** Narrower intervals are interpolated as if they were this deep, so that divided differences stay small. */
const SHALLOWEST = 0.5;

/** Poles of the minimax approximation of delta / W for a = 0, with the sign turned: bench/fit/normal.ts, `tail`. */
const POLES = [
  1.18597744, // 0x3ff2f9c37ae98037
  2.1721416, // 0x4001608bc6723fb8
  5.48258793, // 0x4015ee2b87c32d67
  17.88204963, // 0x4031e1ce012a4c85
  93.48861273, // 0x40575f456e53f098
] as const;

/** cos((i + 1/2) pi / 6): the Chebyshev nodes of degree 6. */
const CHEBYSHEV = [
  0.9659258262890683, // 0x3feee8dd4748bf15
  0.7071067811865476, // 0x3fe6a09e667f3bcd
  0.25881904510252074, // 0x3fd0907dc1930690
  -0.25881904510252074, // 0xbfd0907dc1930690
  -0.7071067811865476, // 0xbfe6a09e667f3bcd
  -0.9659258262890683, // 0xbfeee8dd4748bf15
] as const;

/** -log2(1 - f/2) / f for f in [0, 1], from bench/fit/normal.ts; float32. Within 1.8e-7 relative. */
const [S7, S6, S5, S4, S3, S2, S1, S0] = [
  0.0066810306161642075, // 0x3bdaec8c
  -0.01220310665667057, // 0xbc47ef8a
  0.017726780846714973, // 0x3c9137c1
  0.00169472792185843, // 0x3ade21a2
  0.024558380246162415, // 0x3cc92ea8
  0.05984416976571083, // 0x3d751f29
  0.18035048246383667, // 0x3e38adcc
  0.7213473916053772, // 0x3f38aa39
] as const;

/** By the names of the SIMD kernel's variables (workers/simd/bounded-normal.ts). */
export const SHORTFALL_COEFFICIENTS = [
  ['shortfall7', S7],
  ['shortfall6', S6],
  ['shortfall5', S5],
  ['shortfall4', S4],
  ['shortfall3', S3],
  ['shortfall2', S2],
  ['shortfall1', S1],
  ['shortfall0', S0],
] as const;

/**
 * The kernel's constants, from bounds in standard deviations, low < high; computed in doubles.
 * Only + - * / decide them (normal-tail.ts), so they are the same on every engine.
 */
export function boundedNormalParameters(
  mean: number,
  std: number,
  low: number,
  high: number,
): BoundedNormalParameters {
  const anchor = anchorOf(low, high);
  const a = Math.abs(anchor);
  const depthAbove = depth(a, high - anchor);
  const depthBelow = depth(a, anchor - low);
  const massAbove = -exponentialMinusOne(-depthAbove);
  const massBelow = -exponentialMinusOne(-depthBelow);
  const mass = massAbove + massBelow;
  const anchorPoint = LATTICE * (massBelow / mass);
  const split = Math.floor(anchorPoint);
  const fraction = anchorPoint - split;
  return {
    kind: 'bounded_normal',
    base: Math.fround(anchor === 0 ? mean : mean + std * anchor) + 0,
    std: Math.fround(std),
    split: split - HALF_LATTICE,
    lastAbove: LATTICE - 1 - split,
    lastBelow: split - 1,
    offsetAbove: Math.fround(0.5 - fraction),
    offsetBelow: Math.fround(0.5 + fraction),
    slope: Math.fround(mass / LATTICE),
    restAbove: Math.fround(exponential(-depthAbove)),
    restBelow: Math.fround(exponential(-depthBelow)),
    ...deltaCoefficients(a, Math.max(depthAbove, depthBelow) / LN2),
    lowest: low === -Infinity ? -Infinity : ceilScaled(mean, std, low),
    highest: high === Infinity ? Infinity : floorScaled(mean, std, high),
  };
}

/** Kept, since most bounds lie on both sides of 0: it takes 1 to 2 us. */
let reachFromZero: number | undefined;

const reachFrom = (anchor: number): number => deltaAtDepth(Math.abs(anchor), DEEPEST * LN2);

/** The outermost z that words can give; finite even where a bound is not. */
export function reachOfBounds(low: number, high: number): [number, number] {
  const anchor = anchorOf(low, high);
  const reach = anchor === 0 ? (reachFromZero ??= reachFrom(0)) : reachFrom(anchor);
  return [Math.max(low, anchor - reach), Math.min(high, anchor + reach)];
}

function deltaCoefficients(a: number, bound: number): Pick<BoundedNormalParameters, 'p' | 'q'> {
  const shift = depth(0, a) / LN2;
  const q = withPoles(POLES, shift);
  const deepest = Math.min(Math.max(bound, SHALLOWEST), DEEPEST);
  const gather = 11.5 + 2 * shift;
  const nodes = gatheredNodes(CHEBYSHEV, deepest, gather);
  const ratios = nodes.map((w) => (deltaAtDepth(a, w * LN2) / w) * evaluate(q, w));
  const p = interpolate(nodes, ratios);
  const [highP, highQ] = [highestFirst(p), highestFirst(q)];
  return {
    p: [at(highP, 0), at(highP, 1), at(highP, 2), at(highP, 3), at(highP, 4), at(highP, 5)],
    // The last coefficient of Q is 1.
    q: [at(highQ, 0), at(highQ, 1), at(highQ, 2), at(highQ, 3), at(highQ, 4)],
  };
}

/** The coefficients that show, as float32, highest degree first. */
const highestFirst = (polynomial: readonly number[]): number[] =>
  withoutSpecks(polynomial, DEEPEST, LEAST_SHARE).map(Math.fround).reverse();

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words, one for each element, in block order (generator.ts)
 */
export function fillBoundedNormal(
  out: Float32Array,
  words: Uint32Array,
  parameters: BoundedNormalParameters,
): void {
  const { base, std, lowest, highest } = parameters;
  for (let i = 0; i < out.length; i++) {
    const delta = signedDelta(uint32At(words, i), parameters);
    const value = Math.fround(base + Math.fround(std * delta));
    out[i] = Math.min(Math.max(value, lowest), highest);
  }
}

/** The bits of 1, less one. */
const TOP_BITS = (127 << 23) - 1;

/** z less the anchor for a uint32 word, as a float32. */
export function signedDelta(word: number, parameters: BoundedNormalParameters): number {
  const { split, slope, p, q } = parameters;
  const fromSplit = ((word >> 1) - split) | 0;
  const below = fromSplit < 0;
  const n = below ? ~fromSplit : fromSplit;
  const d = (below ? parameters.lastBelow : parameters.lastAbove) - n;
  const offset = below ? parameters.offsetBelow : parameters.offsetAbove;
  const rest = below ? parameters.restBelow : parameters.restAbove;
  const twiceTaken = Math.fround(Math.fround(Math.fround(n) + offset) * (2 * slope));
  const y = Math.fround(rest + Math.fround(Math.fround(Math.fround(d) + 0.5) * slope));
  const w = depthOf(y, twiceTaken);
  let numerator = Math.fround(Math.fround(p[0] * w) + p[1]);
  numerator = Math.fround(Math.fround(numerator * w) + p[2]);
  numerator = Math.fround(Math.fround(numerator * w) + p[3]);
  numerator = Math.fround(Math.fround(numerator * w) + p[4]);
  numerator = Math.fround(Math.fround(numerator * w) + p[5]);
  let denominator = Math.fround(Math.fround(q[0] * w) + q[1]);
  denominator = Math.fround(Math.fround(denominator * w) + q[2]);
  denominator = Math.fround(Math.fround(denominator * w) + q[3]);
  denominator = Math.fround(Math.fround(denominator * w) + q[4]);
  denominator = Math.fround(Math.fround(denominator * w) + 1);
  const delta = Math.fround(Math.fround(w * numerator) / denominator);
  return below ? -delta : delta;
}

/** -log2(y); from 2 (1 - y) if that is at most 1. */
function depthOf(y: number, twiceTaken: number): number {
  const pattern = floatBits(y);
  const near = y >= 0.5;
  const octave = near ? 0 : (TOP_BITS - pattern) >>> 23;
  const f = near ? twiceTaken : Math.fround(2 - floatOfBits((pattern & 0x7fffff) | 0x3f800000));
  let sum = Math.fround(Math.fround(S7 * f) + S6);
  sum = Math.fround(Math.fround(sum * f) + S5);
  sum = Math.fround(Math.fround(sum * f) + S4);
  sum = Math.fround(Math.fround(sum * f) + S3);
  sum = Math.fround(Math.fround(sum * f) + S2);
  sum = Math.fround(Math.fround(sum * f) + S1);
  sum = Math.fround(Math.fround(sum * f) + S0);
  return Math.fround(octave + Math.fround(f * sum));
}
