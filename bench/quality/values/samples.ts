/**
 * What the value tests draw: each kind in the dtypes that have it, with the distribution that it should have.
 * @module
 */
import {
  bernoulli,
  bits,
  exponential,
  integers,
  normal,
  truncatedNormal,
  uniform,
  wage,
  wageLimits,
  type Dtype,
  type InitInput,
} from 'jumpfill';
import { isNarrowDtype, rankOf, valueOfRank } from '#built/domain/arithmetic/narrow-floats.js';
import { standardLaw } from '#built/domain/arithmetic/normal-law.js';
import { cellsOfLaw, cellsOfLevels, momentsOfLaw, momentsOfLevels, roundedTo } from './laws.js';
import type { Cells, Law, Levels } from './laws.js';
import { CELLS, MOST_MOMENT } from './value-tests.js';

/** 2^24 elements: 4,096 a cell on average. */
export const SHAPE = [4096, 4096] as const;

export interface Sample {
  readonly of: string;
  readonly dtype: Dtype;
  readonly init: InitInput;
  readonly cells: () => Cells;
  /** Undefined where the eighth power is too wild to be averaged over a sample. */
  readonly moments?: () => readonly number[];
}

/** The variance of the mean of x^8 takes E x^16. */
const MOMENTS = 2 * MOST_MOMENT + 1;

/** Nothing that is drawn lies further out. */
const FAR = 10;

const standardBetween = (low: number, high: number): Law => ({
  shareBelow: standardLaw(low, high).shareBelow,
  low: Math.max(low, -FAR),
  high: Math.min(high, FAR),
});

const UNIFORM: Law = { shareBelow: (x) => Math.min(Math.max((x + 1) / 2, 0), 1), low: -1, high: 1 };
const EXPONENTIAL: Law = { shareBelow: (x) => -Math.expm1(-Math.max(x, 0)), low: 0, high: 50 };

const ofLevels = (levels: Levels): Pick<Sample, 'cells' | 'moments'> => ({
  cells: () => cellsOfLevels(levels, CELLS),
  moments: () => momentsOfLevels(levels, MOMENTS),
});

function valuesBetween(low: number, high: number, dtype: Dtype): number[] {
  if (!isNarrowDtype(dtype)) throw new RangeError(`${dtype} has too many values to list.`);
  const first = rankOf(low, dtype);
  return Array.from({ length: rankOf(high, dtype) - first + 1 }, (_, i) => valueOfRank(first + i, dtype));
}

const ofLaw = (law: Law, dtype: Dtype): Pick<Sample, 'cells' | 'moments'> =>
  isNarrowDtype(dtype)
    ? ofLevels(roundedTo(valuesBetween(law.low, law.high, dtype), law))
    : { cells: () => cellsOfLaw(law, CELLS), moments: () => momentsOfLaw(law, MOMENTS) };

const FLOATS = ['float32', 'float64', 'float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;

const inFloats = (kind: string, init: InitInput, law: Law): Sample[] =>
  FLOATS.map((dtype) => ({ of: `${kind}, ${dtype}`, dtype, init, ...ofLaw(law, dtype) }));

/** Whole numbers from low to high - 1, equally probable. */
const equally = (low: number, high: number): Levels =>
  new Map(Array.from({ length: high - low }, (_, i) => [low + i, 1 / (high - low)]));

/** WAGE's codes of 8 bits: a uniform within the limit, in steps of 2^-7, the outermost at 127. */
function wageCodes(): Levels {
  const { limit } = wageLimits(SHAPE, 8, 1);
  const reach = 128 * limit;
  const law: Law = {
    shareBelow: (x) => Math.min(Math.max((x / reach + 1) / 2, 0), 1),
    low: -reach,
    high: reach,
  };
  const outermost = Math.min(127, Math.round(reach));
  return roundedTo(
    Array.from({ length: 2 * outermost + 1 }, (_, i) => i - outermost),
    law,
  );
}

const whole = (of: string, dtype: Dtype, init: InitInput, levels: Levels): Sample => ({
  of: `${of}, ${dtype}`,
  dtype,
  init,
  ...ofLevels(levels),
});

export const SAMPLES: readonly Sample[] = [
  ...inFloats('uniform [-1, 1]', uniform({ low: -1, high: 1 }), UNIFORM),
  ...inFloats('truncated normal', truncatedNormal({ std: 1 }), standardBetween(-2, 2)),
  ...inFloats(
    'truncated normal [-1, 3]',
    truncatedNormal({ std: 1, low: -1, high: 3 }),
    standardBetween(-1, 3),
  ),
  ...inFloats('normal', normal({ std: 1 }), standardBetween(-Infinity, Infinity)),
  ...(['float32', 'float64'] as const).map((dtype) => ({
    of: `exponential, ${dtype}`,
    dtype,
    init: exponential({ rate: 1 }),
    cells: () => cellsOfLaw(EXPONENTIAL, CELLS),
  })),
  whole('wage, 8 bits', 'int8', wage({ bits: 8, factor: 1, codes: true }), wageCodes()),
  whole('integers [0, 200)', 'uint8', integers({ low: 0, high: 200 }), equally(0, 200)),
  whole('integers [-1000, 3000)', 'int32', integers({ low: -1000, high: 3000 }), equally(-1000, 3000)),
  whole('bits', 'uint8', bits(), equally(0, 256)),
  whole('bits', 'uint16', bits(), equally(0, 65_536)),
  whole(
    'bernoulli 0.3',
    'bool',
    bernoulli({ p: 0.3 }),
    new Map([
      [0, 0.7],
      [1, 0.3],
    ]),
  ),
];
