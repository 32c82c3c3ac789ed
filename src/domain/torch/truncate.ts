/**
 * Upstream's truncated normal: of four normals the first within -2 and 2, both excluded, times std, plus mean. If there is none,
 * the first of the four all the same: that is upstream's leak, of 4.3e-6 of the elements.
 *
 * Every step rounds to the dtype, the normals first. torch takes the factor std as a float32 for the halves, and rounds the
 * summand mean to the half.
 *
 * Source: truncated_normal_ in src/xbtorch/quant/wage_init.py of xbtorch at 57b119d; mul_ and add_ of PyTorch 2.13.0.
 * @module
 */
import { at } from '../../base/at.js';
import type { NormalLaw } from './normal-block.js';
import { CANDIDATES } from './normal-layout.js';
import { operand, ROUND, type Values } from './rounding.js';
import type { TorchDtype } from './torch-draw.js';

export const TRUNCATION = 2;

/**
 * Makes elements of standard normals, four each.
 * @param normals  overwritten: the elements come first
 * @returns        the elements
 */
export function truncate(normals: Values, dtype: TorchDtype, { mean, std }: NormalLaw): Values {
  const round = ROUND[dtype];
  const factor = operand(dtype, std);
  const summand = round(mean);
  const count = normals.length / CANDIDATES;
  for (let i = 0; i < count; i++) {
    const chosen = chooseInside(normals, CANDIDATES * i, round);
    normals[i] = round(round(chosen * factor) + summand);
  }
  return normals.subarray(0, count);
}

/** The first of four numbers of the dtype within the bounds, else the first. */
function chooseInside(normals: Values, first: number, round: (x: number) => number): number {
  for (let i = first; i < first + CANDIDATES; i++) {
    const normal = round(at(normals, i));
    if (Math.abs(normal) < TRUNCATION) return normal;
  }
  return round(at(normals, first));
}
