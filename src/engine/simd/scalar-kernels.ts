/**
 * What is computed from words or values of float32 without SIMD, loaded with the first such draw.
 * @module
 */
export { fillInversion } from '../../domain/kernels/inversion.js';
export { mapFloats } from '../../domain/kernels/mapped.js';
