/**
 * Draws whose values follow from the index: they take no words.
 * @module
 */
import { fillPattern, type Pattern } from '../patterns/pattern.js';
import type { Dtype, ElementArray } from '../tensors/dtypes.js';

export interface PatternDraw {
  readonly kind: 'pattern';
  readonly dtype: Dtype;
  readonly pattern: Pattern;
  /** The element of the tensor that the pattern begins with. */
  readonly first: number;
}

export function fillPatternRange(
  { dtype, pattern, first }: PatternDraw,
  start: number,
  out: ElementArray,
): void {
  fillPattern(dtype, pattern, start - first, out);
}
