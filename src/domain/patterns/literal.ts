/**
 * Values written out, one for each element.
 * @module
 */
import { at } from '../../base/at.js';
import type { Dtype, ElementArray } from '../tensors/dtypes.js';
import { elementsOf, put } from './element-of.js';

/** Values that a spec and the metadata of a file write out, at most. */
export const MOST_VALUES = 4096;

export interface Literal {
  readonly kind: 'literal';
  readonly values: readonly number[];
}

export function fillLiteral(dtype: Dtype, { values }: Literal, start: number, out: ElementArray): void {
  const element = elementsOf(dtype);
  for (let i = 0; i < out.length; i++) put(out, element(at(values, start + i)), i);
}
