/**
 * Coefficients that SIMD modules take from the host. They are loaded with the first module that needs any.
 * @module
 */
import { SHORTFALL_COEFFICIENTS } from '../../domain/kernels/bounded-normal.js';
import { COEFFICIENTS as BOUNDED_NORMAL64_COEFFICIENTS } from '../../domain/kernels/bounded-normal64.js';
import { NORMAL_COEFFICIENTS } from '../../domain/kernels/normal.js';
import { COEFFICIENTS as NORMAL64_COEFFICIENTS } from '../../domain/kernels/normal64.js';
import { COEFFICIENTS as TRUNCATED_NORMAL_COEFFICIENTS } from '../../domain/kernels/truncated-normal.js';
import { COEFFICIENTS as TRUNCATED_NORMAL64_COEFFICIENTS } from '../../domain/kernels/truncated-normal64.js';

export const TRANSFORMS_COEFFICIENTS = [
  ...TRUNCATED_NORMAL_COEFFICIENTS,
  ...NORMAL_COEFFICIENTS,
  ...SHORTFALL_COEFFICIENTS,
] as const;

export const TRANSFORMS64_COEFFICIENTS = [
  ...TRUNCATED_NORMAL64_COEFFICIENTS,
  ...NORMAL64_COEFFICIENTS,
  ...BOUNDED_NORMAL64_COEFFICIENTS,
] as const;

export type NamedNumber = readonly [name: string, value: number];

/** The specification's numbers, by module, for the module's variables of these names. */
export const COEFFICIENTS = {
  transforms: TRANSFORMS_COEFFICIENTS,
  transforms64: TRANSFORMS64_COEFFICIENTS,
} as const satisfies Readonly<Record<string, readonly NamedNumber[]>>;
