/**
 * How many words a draw takes and whether a normal is left over, known before a word is drawn: from the kernel, the dtype, the size,
 * and whether an earlier draw left a normal.
 * @module
 */
import {
  countNewPairs,
  countNormals,
  NORMAL_BLOCK,
  WORDS_PER_PAIR,
  wordsPerUniform,
} from './normal-layout.js';
import { runsOf } from './runs.js';
import type { TorchDtype, TorchKernel } from './torch-draw.js';

/**
 * @param elementCount  of the whole tensor
 * @param cached        whether the second normal of an earlier pair waits
 * @returns             the 32-bit words that the whole draw takes
 */
export function countWords(
  kernel: TorchKernel,
  dtype: TorchDtype,
  elementCount: number,
  cached: boolean,
): number {
  const normals = countNormals(kernel, elementCount);
  if (kernel.kind !== 'torch_uniform' && normals < NORMAL_BLOCK)
    return WORDS_PER_PAIR * countNewPairs(normals, cached);
  const ends = runsOf({ kernel, dtype, elementCount, firstWord: 0 }).map(
    ({ first, end, firstWord }) => firstWord + wordsPerUniform(dtype) * (end - first),
  );
  return Math.max(...ends);
}

/** Whether one waits after a draw of so many normals, fewer than 16. */
export const leavesCached = (normals: number, cached: boolean): boolean =>
  (normals + (cached ? 1 : 0)) % 2 === 1;
