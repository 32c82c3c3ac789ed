/**
 * Patterns: values that follow from an element's index alone. They take no words. A pattern is plain data, so it crosses threads; its
 * numbers are those of the dtype already, and an element that the pattern does not name is 0.
 * @module
 */
import type { Dtype, ElementArray } from '../tensors/dtypes.js';
import { fillArange, type Arange } from './arange.js';
import { fillLiteral, type Literal } from './literal.js';
import { fillSpots, type Spots } from './spots.js';
import { fillStft, type Stft } from './stft.js';

export type Pattern = Spots | Literal | Arange | Stft;

/**
 * Fills `out` with elements start to start + out.length - 1 of the pattern: the specification.
 * @param start  an element of the pattern, 0 to 2^53 - 1
 * @param out    shape [n] of the dtype, overwritten
 */
export function fillPattern(dtype: Dtype, pattern: Pattern, start: number, out: ElementArray): void {
  switch (pattern.kind) {
    case 'spots':
      fillSpots(dtype, pattern, start, out);
      break;
    case 'literal':
      fillLiteral(dtype, pattern, start, out);
      break;
    case 'arange':
      fillArange(dtype, pattern, start, out);
      break;
    case 'stft':
      fillStft(dtype, pattern, start, out);
      break;
  }
}
