/**
 * The stretches of torch's draws: elements whose words follow one another in whole blocks. A uniform has one. A normal has a second one if
 * 16 does not divide the number of normals: the last 16 are drawn again, from words of their own.
 * @module
 */
import {
  CANDIDATES,
  countFirstUniforms,
  countNormals,
  isRedone,
  NORMAL_BLOCK,
  wordsPerUniform,
} from '../../domain/torch/normal-layout.js';
import type { TorchDraw } from '../../domain/torch/torch-draw.js';

export interface Stretch {
  readonly firstElement: number;
  /** Beyond its last element. */
  readonly end: number;
  /** The position of its first word. */
  readonly firstWord: number;
}

/** @param draw  of no normals, or of 16 at least */
export function stretchesOf({ kernel, dtype, elementCount, firstWord }: TorchDraw): Stretch[] {
  const normals = countNormals(kernel, elementCount);
  if (!isRedone(normals)) return [{ firstElement: 0, end: elementCount, firstWord }];
  const redone = kernel.kind === 'torch_truncated_normal' ? NORMAL_BLOCK / CANDIDATES : NORMAL_BLOCK;
  const split = elementCount - redone;
  const redoneWord = firstWord + wordsPerUniform(dtype) * countFirstUniforms(dtype, normals);
  return [
    { firstElement: 0, end: split, firstWord },
    { firstElement: split, end: elementCount, firstWord: redoneWord },
  ];
}
