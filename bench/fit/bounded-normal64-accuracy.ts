/**
 * Measures the accuracy of the bounded normal float64 kernel: relative errors of the distance from the anchor, against 256-bit fixed point,
 * over random words and structured ones: towards both ends of the lattice, and both sides of lattice point `split`.
 *
 * A distance is judged by its depth -ln(Q(a + delta) / Q(a)) against the exact one of its word: the difference of the two, divided by the
 * hazard rate, is the error of delta. The depth is that of preciseTailMass for a below 2, else Laplace's continued fraction's
 * (NIST Handbook, 7.9.2), which has no largest a.
 *
 *     npm run fit -- bounded-normal64-accuracy [words per set]
 * @module
 */
import { boundedNormal64Parameters, signedDelta64 } from '#built/domain/kernels/bounded-normal64.js';
import {
  divide,
  FIXED_ONE,
  logarithm,
  multiply,
  negativeExponential,
  toFixed,
  toNumber,
  type Fixed,
} from './approximation/fixed-point.js';
import { randomWord } from './random-words.js';
import { range } from './range.js';
import { preciseTailMass } from './reference/normal-mass.js';

const WORDS_PER_SET = 1000;

const ANCHORS = [
  0, 0.01, 0.25, 0.5, 1, 1.5, 1.99, 2, 2.5, 3, 3.5, 4, 4.5, 4.75, 5, 5.25, 5.5, 6, 7, 8, 10, 20, 50, 100,
  1000, 100_000,
];
const INTERVALS: readonly (readonly [low: number, high: number])[] = [
  ...ANCHORS.map((a) => [a, Infinity] as const),
  ...ANCHORS.map((a) => [-a - 1, -a] as const),
  ...ANCHORS.map((a) => [a, a + 2 ** -20] as const),
  [6, 7],
  [-40, -39.9],
  [5, 5.0001],
  [0.3, 8],
  [3, 9],
  [-1, 30],
  [-3, 0.5],
  [-2, 0.001],
  [-0.001, 0.001],
  [-9, 9],
];

const POINT_BITS = 63n;
const POINTS = 1n << POINT_BITS;
/** Where 0 lies between the bounds, its position among the words is rounded: an error of this share of the whole probability is forgiven. */
const ORIGIN_ERROR = 2 ** -53;

const randomPoint = (): bigint => randomWord() >> 1n;

/** Lattice points. */
function points(split: bigint, wordsPerSet: number): bigint[] {
  const scattered = (from: bigint, sign: bigint): bigint[] =>
    range(wordsPerSet, (i) => from + sign * (randomPoint() >> BigInt(i % 63)));
  return [
    ...range(wordsPerSet, randomPoint),
    ...scattered(0n, 1n),
    ...scattered(POINTS - 1n, -1n),
    ...scattered(split, 1n),
    ...scattered(split - 1n, -1n),
    ...range(16, (i) => BigInt(i)),
    ...range(16, (i) => POINTS - 1n - BigInt(i)),
  ].filter((point) => point >= 0n && point < POINTS);
}

/** The hazard rate, x at least 2. What is left after n levels shrinks like exp(-2 x sqrt(n)). */
function preciseHazard(x: Fixed): Fixed {
  const size = toNumber(x);
  let tail = x;
  for (let level = Math.ceil(1400 / (size * size)) + 40; level >= 1; level--)
    tail = x + divide(BigInt(level) * FIXED_ONE, tail);
  return tail;
}

/** -ln(Q(a + delta) / Q(a)) as a function of delta. */
function depthAbove(a: Fixed): (delta: Fixed) => Fixed {
  if (a < 2n * FIXED_ONE) {
    const start = logarithm(preciseTailMass(a));
    return (delta) => start - logarithm(preciseTailMass(a + delta));
  }
  const start = preciseHazard(a);
  return (delta) => multiply(delta, a + delta / 2n) + logarithm(divide(preciseHazard(a + delta), start));
}

/** No word reaches this far. */
const ENDLESS = 11;

function measure(low: number, high: number, wordsPerSet: number): { max: number; at: bigint } {
  const parameters = boundedNormal64Parameters(0, 1, low, high);
  const anchor = low > 0 ? low : high < 0 ? high : 0;
  const a = Math.abs(anchor);
  const depth = depthAbove(toFixed(a));
  const massOf = (width: number): Fixed =>
    width > ENDLESS ? FIXED_ONE : width > 0 ? FIXED_ONE - negativeExponential(depth(toFixed(width))) : 0n;
  const [below, above] = [massOf(anchor - low), massOf(high - anchor)];
  const forgiven = below > 0n && above > 0n ? ORIGIN_ERROR * toNumber(below + above) : 0;
  const worst = { max: 0, at: 0n };
  for (const point of points(BigInt(parameters.split), wordsPerSet)) {
    const word = BigInt.asUintN(64, (point << 1n) ^ POINTS);
    const found = signedDelta64(Number(word & 0xffffffffn), Number(word >> 32n), parameters);
    const delta = Math.abs(found);
    const taken = (((2n * point + 1n) * (below + above)) >> (POINT_BITS + 1n)) - below;
    const wanted = -logarithm(FIXED_ONE - (taken < 0n ? -taken : taken));
    const excess = toNumber(depth(toFixed(delta)) - wanted);
    // The hazard rate, well enough.
    const step = delta * 2 ** -20;
    const slope = toNumber(depth(toFixed(delta)) - depth(toFixed(delta - step))) / step;
    const error = Math.max(0, Math.abs(excess) - forgiven) / slope / delta;
    if (error > worst.max) Object.assign(worst, { max: error, at: word });
  }
  return worst;
}

export function run(wordsPerSet = WORDS_PER_SET): void {
  const errors = INTERVALS.map(([low, high]) => {
    const { max, at } = measure(low, high, wordsPerSet);
    console.log(
      `[${low}, ${high}]: ${max.toExponential(2)}, worst word 0x${at.toString(16).padStart(16, '0')}`,
    );
    return max;
  });
  console.log(`largest relative error of a distance: ${Math.max(...errors).toExponential(2)}`);
}
