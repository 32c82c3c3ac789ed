/**
 * The runs of a draw: numbers, uniform or normal, whose words follow one another. A uniform has one. Normals have a second one if 16 does
 * not divide their number: the last 16 are drawn a second time, from words of their own.
 * @module
 */
import { countNumbers, NORMAL_BLOCK, wordsPerUniform } from './normal-layout.js';
import type { TorchDraw, TorchDtype } from './torch-draw.js';

export interface Run {
  /** The numbers first to end - 1 of the draw; first is that of a block. */
  readonly first: number;
  readonly end: number;
  /** The position of the first number's first word. */
  readonly firstWord: number;
}

/** @param draw  of uniforms, or of 16 normals at least */
export function runsOf({
  kernel,
  dtype,
  elementCount,
  firstWord,
}: Pick<TorchDraw, 'kernel' | 'dtype' | 'elementCount' | 'firstWord'>): Run[] {
  const count = countNumbers(kernel, elementCount);
  const isWhole = kernel.kind === 'torch_uniform' || count % NORMAL_BLOCK === 0;
  if (isWhole) return [{ first: 0, end: count, firstWord }];
  const redoneFrom = count - NORMAL_BLOCK;
  const redoneWord = firstWord + wordsPerUniform(dtype) * countFirstUniforms(dtype, count);
  return [
    { first: 0, end: redoneFrom, firstWord },
    { first: redoneFrom, end: count, firstWord: redoneWord },
  ];
}

/**
 * The uniforms drawn before the last 16 are drawn again: one for each normal in float32 and float64, which hold uniforms in the
 * tensor itself; only those of whole blocks in the halves, which go through a buffer of 16.
 */
function countFirstUniforms(dtype: TorchDtype, normals: number): number {
  const inTensor = dtype === 'float32' || dtype === 'float64';
  return inTensor ? normals : normals - (normals % NORMAL_BLOCK);
}
