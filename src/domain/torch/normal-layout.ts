/**
 * How torch lays normals out: 16 or more come in blocks of 16, fewer come pair by pair, from doubles. The
 * words of blocks lie where runs.ts says.
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

/** The normals or uniforms that an element takes. */
export const numbersPerElement = ({ kind }: TorchKernel): number =>
  kind === 'torch_truncated_normal' ? CANDIDATES : 1;

/** The normals or uniforms that a kernel takes for so many elements. */
export const countNumbers = (kernel: TorchKernel, elementCount: number): number =>
  numbersPerElement(kernel) * elementCount;

/** The normals that a kernel takes for so many elements; 0 for a uniform. */
export const countNormals = (kernel: TorchKernel, elementCount: number): number =>
  kernel.kind === 'torch_uniform' ? 0 : countNumbers(kernel, elementCount);

/** The pairs that fewer than 16 normals draw; a cached normal is used first. */
export const countNewPairs = (normals: number, cached: boolean): number =>
  normals === 0 ? 0 : Math.ceil((normals - (cached ? 1 : 0)) / 2);
