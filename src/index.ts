/**
 * jumpfill: random initial weights for very large tensors, on every core, the same bytes on every machine.
 * @module
 */
export { InitError, NotImplementedError, ValueError, type InitErrorCode } from './errors.js';
export { wageLimits, type WageLimits, type WageMode } from './domain/wage.js';
export type { Init, InitInput, InitKind } from './domain/init.js';
export type { Dtype, ElementArrays } from './domain/tensor.js';
export type { CodeUse } from './domain/collapse.js';
export {
  SharedTensor,
  type AnyTensor,
  type TensorOptions,
  type WrapOptions,
} from './engine/shared-tensor.js';
export type { RunOptions } from './engine/coordinator.js';
export type { OnProgress, Progress } from './engine/progress.js';
export { Engine, type EngineOptions } from './api/engine.js';
export type {
  FillOptions,
  KaimingOptions,
  NamedScalingOptions,
  NormalOptions,
  QuantizeOptions,
  ShiftOptions,
  TruncatedNormalOptions,
  UniformOptions,
  VarianceScalingOptions,
  WageOptions,
  WageVarianceScalingOptions,
  XavierOptions,
} from './api/options.js';
export {
  clip_,
  constant_,
  defaultEngine,
  glorotNormal_,
  glorotUniform_,
  heNormal_,
  heUniform_,
  init_,
  kaimingNormal_,
  kaimingUniform_,
  lecunNormal_,
  lecunUniform_,
  normal_,
  ones_,
  quantize_,
  scaleLimit,
  shift_,
  truncatedNormal_,
  uniform_,
  varianceScaling_,
  wageInit_,
  wageVarianceScaling_,
  xavierNormal_,
  xavierUniform_,
  zeros_,
  type EngineChoice,
  type Scaled,
} from './api/functions.js';
export { packCodes, unpackCodes, type PackedWeight } from './api/packing.js';
export type { FileReport, InitModelOptions, ModelReport } from './storage/model.js';
export type { TensorReport } from './storage/contents.js';
export { mergeCheckpoint } from './api/merging.js';
export type { MergeOptions, MergeReport } from './storage/merge.js';
export type { ModelPlan, PlanModelOptions, PlannedFile } from './storage/plan-model.js';
export type { StreamModelOptions } from './storage/stream-model.js';
export type { Part } from './domain/part.js';
export type { ModelSpec, SpecRule, SpecTensor } from './domain/spec-form.js';
