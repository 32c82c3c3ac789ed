/**
 * What the batteries and the value tests found, as results.json keeps it.
 * @module
 */
import type { Battery } from '../batteries/testu01.js';

/** One p value of a test of TestU01; a test may have several. */
export interface Testu01Result {
  readonly battery: Battery;
  readonly arrangement: string;
  readonly test: number;
  readonly name: string;
  readonly pValue: number;
}

/** One result of PractRand. The p value is as it prints it: `0.37`, `1-2.5e-4`. */
export interface PractRandResult {
  readonly name: string;
  readonly pValue: string;
  /** `normal`, `unusual`, `mildly suspicious`, ..., `FAIL`. */
  readonly evaluation: string;
}

/** PractRand's results after a power of two of bytes. */
export interface PractRandLength {
  readonly arrangement: string;
  readonly log2Bytes: number;
  readonly version: string;
  readonly count: number;
  /** All that are not normal. */
  readonly anomalies: readonly PractRandResult[];
  /** All results, of the greatest length alone. */
  readonly results?: readonly PractRandResult[];
}

/** It fails at a length beyond which PractRand does not go. */
export const hasFailed = ({ anomalies }: PractRandLength): boolean =>
  anomalies.some(({ evaluation }) => evaluation.startsWith('FAIL'));

/** One value test. */
export interface ValueResult {
  readonly test: string;
  /** What was drawn. */
  readonly of: string;
  readonly statistic: string;
  readonly pValue: number;
}

export interface Results {
  readonly testu01: readonly Testu01Result[];
  readonly practrand: readonly PractRandLength[];
  readonly values: readonly ValueResult[];
}

export const NO_RESULTS: Results = { testu01: [], practrand: [], values: [] };

/** A value test fails below; a correct kernel does so once in a thousand million tests. */
export const FALSE_ALARM = 1e-9;

/** TestU01's own limits: outside, a p value is listed. */
export const SUSPICIOUS = 1e-3;
/** A clear failure, as TestU01's authors call it. */
export const CLEAR_FAILURE = 1e-10;

export const isOutside = (pValue: number, limit: number): boolean => pValue < limit || pValue > 1 - limit;
