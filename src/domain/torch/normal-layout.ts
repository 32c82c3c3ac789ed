/**
 * How torch lays normals out: 16 or more come in blocks of 16, fewer come pair by pair, from doubles. If 16 does not divide their
 * number, the last 16 are drawn a second time, from words of their own.
 * @module
 */
import type { TorchDtype, TorchKernel } from './torch-draw.js';

export const NORMAL_BLOCK = 16;
/** Upstream's truncated normal takes the first of so many normals that lies within its bounds. */
export const CANDIDATES = 4;
/** A pair of normals takes two doubles, of two words each. */
export const WORDS_PER_PAIR = 4;

/** The words of a uniform number, and so of a normal in a block. */
export const wordsPerUniform = (dtype: TorchDtype): 1 | 2 => (dtype === 'float64' ? 2 : 1);

/** The normals that a kernel takes for so many elements; 0 for a uniform. */
export function countNormals({ kind }: TorchKernel, elementCount: number): number {
  switch (kind) {
    case 'torch_uniform':
      return 0;
    case 'torch_normal':
      return elementCount;
    case 'torch_truncated_normal':
      return CANDIDATES * elementCount;
  }
}

/** The pairs that fewer than 16 normals draw; a cached normal is used first. */
export const countNewPairs = (normals: number, cached: boolean): number =>
  normals === 0 ? 0 : Math.ceil((normals - (cached ? 1 : 0)) / 2);

export const isRedone = (normals: number): boolean => normals % NORMAL_BLOCK !== 0;

/**
 * The uniforms drawn before the last 16 are drawn again: one for each normal in float32 and float64, which hold uniforms in the
 * tensor itself; only those of whole blocks in the halves, which go through a buffer of 16.
 */
export function countFirstUniforms(dtype: TorchDtype, normals: number): number {
  const inTensor = dtype === 'float32' || dtype === 'float64';
  return inTensor ? normals : normals - (normals % NORMAL_BLOCK);
}
