/**
 * Arithmetic in the carrier, float32 or float64: two loops, of which all products of matrices are made. An object for each
 * precision, so that each loop sees one type of array.
 * @module
 */
import { float32At, float64At } from '../arithmetic/typed-at.js';
import type { CarrierArray } from './orthogonal-matrix.js';

export interface Carrier<A extends CarrierArray> {
  make: (length: number) => A;
  at: (values: A, index: number) => number;
  round: (value: number) => number;
  /** Sum of a[i] b[i] for i from 0, ascending. */
  dot: (a: A, b: A) => number;
  /** sum[i] + factor a[i], for every i of `a`. */
  addMultiple: (sum: A, factor: number, a: A) => void;
}

export const FLOAT32: Carrier<Float32Array> = {
  make: (length) => new Float32Array(length),
  at: float32At,
  round: Math.fround,
  dot: (a, b) => {
    let sum = Math.fround(0);
    for (let i = 0; i < a.length; i++)
      sum = Math.fround(sum + Math.fround(float32At(a, i) * float32At(b, i)));
    return sum;
  },
  addMultiple: (sum, factor, a) => {
    const multiple = Math.fround(factor);
    for (let i = 0; i < a.length; i++)
      sum[i] = Math.fround(float32At(sum, i) + Math.fround(multiple * float32At(a, i)));
  },
};

export const FLOAT64: Carrier<Float64Array> = {
  make: (length) => new Float64Array(length),
  at: float64At,
  round: (value) => value,
  dot: (a, b) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += float64At(a, i) * float64At(b, i);
    return sum;
  },
  addMultiple: (sum, factor, a) => {
    for (let i = 0; i < a.length; i++) sum[i] = float64At(sum, i) + factor * float64At(a, i);
  },
};
