/**
 * Distributions that are drawn by one inversion (inversion-laws.ts): their parameters, checked, and what values they give.
 * @module
 */
import { badParameter, checkFinite, checkPositive } from '../../base/parameter-checks.js';
import { ceilFloat32, floorFloat32 } from '../arithmetic/float32.js';
import type { Inversion64Parameters, InversionParameters } from '../kernels/inversion.js';
import { logUniformLaw, quantileOf, reachOfLaw, type InversionLaw } from '../kernels/inversion-laws.js';
import { DTYPES, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkHeld, refuseRange } from './ranges.js';

/** In doubles. */
export type InvertedLaw = LogUniform | Exponential | Located;

export interface LogUniform {
  readonly kind: 'log_uniform';
  readonly low: number;
  readonly high: number;
}

export interface Exponential {
  readonly kind: 'exponential';
  readonly rate: number;
}

export interface Located {
  readonly kind: 'laplace' | 'cauchy' | 'gumbel';
  readonly loc: number;
  readonly scale: number;
}

/** @throws {ValueError} BAD_RANGE: not a number, out of order, or more than the dtype can hold */
export function checkInverted(law: InvertedLaw, form: TensorForm): void {
  const { dtype, name } = form;
  switch (law.kind) {
    case 'log_uniform':
      checkLogUniform(law, form);
      return;
    case 'exponential':
      checkPositive(law.rate, 'rate', name);
      checkScale(1 / law.rate, 'rate', law.rate, form);
      break;
    default:
      checkFinite(law.loc, 'loc', name);
      checkPositive(law.scale, 'scale', name);
      checkScale(law.scale, 'scale', law.scale, form);
  }
  const furthest = Math.max(...reachOfInverted(law, dtype).map(Math.abs));
  if (furthest <= DTYPES[dtype].largest) return;
  const parameters = law.kind === 'exponential' ? { rate: law.rate } : { loc: law.loc, scale: law.scale };
  throw refuseRange(parameters, form, `Values reach beyond ${furthest}, more than a ${dtype} can hold.`);
}

function checkLogUniform({ low, high }: LogUniform, form: TensorForm): void {
  const { dtype, name } = form;
  checkPositive(checkFinite(low, 'low', name), 'low', name);
  checkHeld(low, 'low', dtype, name);
  checkHeld(high, 'high', dtype, name);
  if (low > high) throw refuseRange({ low, high }, form, 'low must not be above high.');
}

function checkScale(scale: number, parameter: string, given: number, { dtype, name }: TensorForm): void {
  if (scale >= DTYPES[dtype].leastStd && scale < Infinity) return;
  const remedy = `As a ${dtype} values of so small a scale have no precision left: use constant.`;
  throw badParameter('BAD_RANGE', parameter, given, name, remedy);
}

function lawOf(law: InvertedLaw): InversionLaw {
  switch (law.kind) {
    case 'log_uniform':
      return logUniformLaw(law.low, law.high);
    case 'exponential':
      return law;
    default:
      // + 0: with a -0 the sign of a 0 would depend on the word.
      return { kind: law.kind, location: law.loc + 0, scale: law.scale };
  }
}

/** The least and the greatest value that words can give. */
export const reachOfInverted = (law: InvertedLaw, dtype: Dtype): readonly [number, number] =>
  reachOfLaw(lawOf(law), dtype === 'float64');

/** As far out in probability as three standard deviations of a normal: 0.3 % lie outside. */
const CENTRAL_POINT = 0.9973;

/** The law's value at a point in (-1, 1), which stands for the probability (1 + point) / 2. */
export const quantilesOf = (law: InvertedLaw): ((point: number) => number) => quantileOf(lawOf(law));

/** The interval in which nearly all values lie; undefined if there is only one. */
export function centralQuantiles(law: InvertedLaw): readonly [number, number] | undefined {
  if (law.kind === 'log_uniform') return law.low < law.high ? [law.low, law.high] : undefined;
  const quantile = quantilesOf(law);
  return [quantile(-CENTRAL_POINT), quantile(CENTRAL_POINT)];
}

/** The closed interval that values are kept within, in doubles. */
export function boundsOfInverted(law: InvertedLaw, dtype: Dtype): readonly [number, number] {
  const { largest } = DTYPES[dtype];
  if (law.kind === 'log_uniform') return [law.low, law.high];
  return [law.kind === 'exponential' ? 0 : -largest, largest];
}

export function inversionParameters(law: InvertedLaw, form: TensorForm): InversionParameters {
  const [low, high] = boundsOfInverted(law, 'float32');
  const [lowest, highest] = [ceilFloat32(low), floorFloat32(high)];
  if (lowest > highest)
    throw refuseRange({ low, high }, form, 'No float32 lies between them: widen the interval.');
  return { kind: 'inversion', law: lawOf(law), lowest, highest };
}

export function inversion64Parameters(law: InvertedLaw): Inversion64Parameters {
  const [lowest, highest] = boundsOfInverted(law, 'float64');
  return { kind: 'inversion64', law: lawOf(law), lowest, highest };
}
