/**
 * Distributions of real numbers, before they are rounded to elements, and what a tensor's values are expected to be.
 * @module
 */
import { at } from '../../base/at.js';
import { standardLaw } from '../arithmetic/normal-law.js';
import { spreadOf, weightedMoments, type Spread } from './moments.js';

export interface ExpectedDistribution extends Spread {
  /** No value lies outside. */
  readonly lowest: number;
  readonly highest: number;
  /** Probability of less than x; for codes and constants, of at most x. */
  readonly shareBelow: (x: number) => number;
  /** Undefined for codes and constants, which have levels. */
  readonly density?: (x: number) => number;
  /** Each value that occurs and its probability, ascending. */
  readonly levels?: ReadonlyMap<number, number>;
  /** The distance by which arithmetic and rounding may move a value of this magnitude, perhaps into another bin. */
  readonly blurAt: (x: number) => number;
  /** The distance by which they may move the mean and the standard deviation. */
  readonly blur: number;
  /** By how much `shareBelow` itself may be wrong. @defaultValue 0 */
  readonly shareError?: number;
  /** Where the mean square is no matter of chance: how far rounding may move it from `std` squared. */
  readonly squareError?: number;
  readonly leak?: Leak;
  /** How often each value occurs, exactly: nothing about it is random. */
  readonly counts?: ReadonlyMap<number, number>;
  /** Where nearly all values lie, if bounds and standard deviation do not show it. */
  readonly shown?: { readonly low: number; readonly high: number };
}

/** Values beyond the bounds that a distribution is meant to have, as its generator gives them. */
export interface Leak {
  /** The bounds: the outermost values that are no leak. */
  readonly low: number;
  readonly high: number;
  /** The probability of a value beyond them. */
  readonly share: number;
  /** The dtype's values lie so close that the leak is hardly further out than without rounding. */
  readonly isFine: boolean;
}

/** A distribution of real numbers, before it is rounded to elements. */
export type Law = Spread &
  Pick<ExpectedDistribution, 'shareBelow'> & { readonly density: (x: number) => number };

export const pointDistribution = (value: number): ExpectedDistribution =>
  levelDistribution(new Map([[value, 1]]));

export function levelDistribution(levels: ReadonlyMap<number, number>): ExpectedDistribution {
  const values = [...levels.keys()];
  const spread = spreadOf(weightedMoments(levels)) ?? { mean: 0, std: 0, kurtosis: undefined };
  return {
    ...spread,
    lowest: at(values, 0),
    highest: at(values, values.length - 1),
    levels,
    shareBelow: (x) => [...levels].reduce((sum, [value, share]) => (value <= x ? sum + share : sum), 0),
    blurAt: () => 0,
    blur: 0,
  };
}

export function uniformLaw(low: number, high: number): Law {
  // The width itself may overflow.
  const half = high / 2 - low / 2;
  return {
    mean: low / 2 + high / 2,
    std: half / Math.sqrt(3),
    kurtosis: 1.8,
    shareBelow: (x) => Math.min(Math.max((x / 2 - low / 2) / half, 0), 1),
    density: (x) => (x < low || x > high ? 0 : 0.5 / half),
  };
}

/** A normal with its bounds in standard deviations. */
export const normalLaw = (mean: number, std: number, low: number, high: number): Law =>
  scaleLaw(standardLaw(low, high), mean, std);

/** @param standard  in standard deviations from the mean */
export function scaleLaw(standard: Law, mean: number, std: number): Law {
  return {
    mean: mean + std * standard.mean,
    std: std * standard.std,
    kurtosis: standard.kurtosis,
    shareBelow: (x) => standard.shareBelow((x - mean) / std),
    density: (x) => standard.density((x - mean) / std) / std,
  };
}
