/**
 * jumpfill: random initial weights for very large tensors, on every core, the same bytes on every machine.
 * @module
 */
export { InitError, NotImplementedError, ValueError, type InitErrorCode } from './errors.js';
export { wageLimits, type WageLimits, type WageMode } from './domain/wage.js';
export type { Init } from './domain/recipe.js';
export type { Dtype } from './domain/tensor.js';
export { SharedTensor, type TensorOptions, type WrapOptions } from './engine/shared-tensor.js';
export type { OnProgress, Progress } from './engine/progress.js';
export {
  Engine,
  type EngineOptions,
  type TruncatedNormalOptions,
  type UniformOptions,
  type WageOptions,
} from './api/engine.js';
export type { FillOptions } from './api/options.js';
export {
  defaultEngine,
  scaleLimit,
  truncatedNormal_,
  uniform_,
  wageInit_,
  type EngineChoice,
  type Scaled,
} from './api/functions.js';
export type { InitModelOptions, ModelReport, TensorReport } from './storage/model.js';
export type { ModelSpec } from './domain/spec.js';
