/**
 * How far the arithmetic of kernels may move a value: one of float32 precision, in which values of any precision are counted.
 * @module
 */
import type { ExpectedDistribution, Law } from './laws.js';

const FLOAT_ULP = 2 ** -23;
const LEAST_FLOAT = 2 ** -149;

/** In standard deviations: twice the error of the least precise float32 kernel (bounded-normal.ts). */
export const KERNEL_ERROR = 2.4e-6;

/** What rounding a value to float32 may move it by, however it was computed. */
export const leastBlurAt = (x: number): number => FLOAT_ULP * Math.abs(x) + LEAST_FLOAT;

/** Values of any precision are counted by their float32 (running-statistics.ts). */
export function blurOf({ mean, std }: Law): Pick<ExpectedDistribution, 'blurAt' | 'blur'> {
  const blurAt = (x: number): number => KERNEL_ERROR * std + leastBlurAt(x);
  return { blurAt, blur: blurAt(Math.abs(mean) + std) };
}
