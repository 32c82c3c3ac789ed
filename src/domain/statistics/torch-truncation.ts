/**
 * The values of upstream's truncated normal in a dtype: every step rounds (domain/torch/truncate.ts), and what lies outside is decided
 * between the normals that the dtype has next to ±2.
 * @module
 */
import { floatBits, floatOfBits } from '../arithmetic/bits.js';
import { firstThat } from '../arithmetic/bisection.js';
import { HALF_FORMATS, type HalfDtype } from '../arithmetic/half.js';
import type { ResolvedDraw, ResolvedPieces } from '../recipes/resolved-draw.js';
import { DOUBLE_REACH } from '../torch/reach.js';
import { operand, ROUND } from '../torch/rounding.js';
import type { TorchDtype, TorchKernel } from '../torch/torch-draw.js';
import { TRUNCATION } from '../torch/truncate.js';
import type { Leak } from './laws.js';
import { leakyNormal, type LeakyNormal } from './leaky-normal.js';
import { ROUNDING } from './rounding.js';

/** The normals of a dtype about the bound. */
interface Edge {
  /** The last one below. */
  readonly inside: number;
  /** The bound itself, 0, and those that follow. */
  readonly outside: (k: number) => number;
  /** How many of them lie within the reach of a normal. */
  readonly count: number;
}

const halfEdge = (dtype: HalfDtype): Edge => {
  const { toBits, fromBits } = HALF_FORMATS[dtype];
  const bound = toBits(TRUNCATION);
  const count = toBits(DOUBLE_REACH) - bound + 1;
  return { inside: fromBits(bound - 1), outside: (k) => fromBits(bound + k), count };
};

const singleBound = floatBits(TRUNCATION);
/** Eight times a double's spacing there, so that k is a whole number. */
const DOUBLE_STEP = 2 ** -48;

const EDGES: Readonly<Record<TorchDtype, Edge>> = {
  float16: halfEdge('float16'),
  bfloat16: halfEdge('bfloat16'),
  float32: {
    inside: floatOfBits(singleBound - 1),
    outside: (k) => floatOfBits(singleBound + k),
    count: floatBits(DOUBLE_REACH) - singleBound + 1,
  },
  float64: {
    inside: TRUNCATION - 2 ** -52,
    outside: (k) => TRUNCATION + k * DOUBLE_STEP,
    count: Math.ceil((DOUBLE_REACH - TRUNCATION) / DOUBLE_STEP),
  },
};

/** Where what is rounded to the bound begins. */
const thresholdOf = (dtype: TorchDtype): number => (EDGES[dtype].inside + TRUNCATION) / 2;

const normals = new Map<TorchDtype, LeakyNormal>();

/** The distribution of the normals that are chosen. */
export function chosenNormal(dtype: TorchDtype): LeakyNormal {
  const known = normals.get(dtype) ?? leakyNormal(thresholdOf(dtype));
  normals.set(dtype, known);
  return known;
}

export type Truncated = Extract<TorchKernel, { kind: 'torch_truncated_normal' }>;

/** The value that a normal of the dtype becomes. */
export function scalingOf({ mean, std }: Truncated, dtype: TorchDtype): (z: number) => number {
  const round = ROUND[dtype];
  const [factor, summand] = [operand(dtype, std), round(mean)];
  return (z) => round(round(z * factor) + summand);
}

/** More would fall on the same value of the dtype as their neighbours: in standard deviations, the spacing that is still fine. */
const FINE = 1 / 8;

/** What lies beyond the values of the outermost normals inside. */
export function leakOf(kernel: Truncated, dtype: TorchDtype): Leak {
  const { inside } = EDGES[dtype];
  const valueAt = scalingOf(kernel, dtype);
  const [low, high] = [valueAt(-inside), valueAt(inside)];
  const share = shareFrom(dtype, (z) => valueAt(-z) < low) + shareFrom(dtype, (z) => valueAt(z) > high);
  const { relative, least } = ROUNDING[dtype];
  const spacing = 2 * (relative * (Math.abs(kernel.mean) + 3 * kernel.std) + least);
  return { low, high, share, isFine: spacing <= FINE * kernel.std };
}

/** The probability of normals outside from the first that shows: rounding may give the nearest the value of the last inside. */
function shareFrom(dtype: TorchDtype, shows: (z: number) => boolean): number {
  const { inside, outside, count } = EDGES[dtype];
  const first = firstThat(0, count, (k) => shows(outside(k)));
  if (first === count) return 0;
  const before = first === 0 ? inside : outside(first - 1);
  return chosenNormal(dtype).shareAbove((before + outside(first)) / 2);
}

/** The number of values beyond the bounds of its distribution that a draw is expected to give; undefined for one that gives none. */
export function expectedLeakOf(recipe: ResolvedDraw, elementCount: number): number | undefined {
  if (recipe.kind === 'pieces') return leakOfPieces(recipe);
  if (recipe.kind !== 'torch') return undefined;
  const { kernel, dtype } = recipe;
  if (kernel.kind !== 'torch_truncated_normal' || kernel.std === 0) return undefined;
  return elementCount * leakOf(kernel, dtype).share;
}

function leakOfPieces({ pieces }: ResolvedPieces): number | undefined {
  const leaks = pieces.map(({ end, of }, i) => expectedLeakOf(of, end - (pieces[i - 1]?.end ?? 0)));
  return leaks.reduce((sum, leak) => (leak === undefined ? sum : (sum ?? 0) + leak), undefined);
}
