/**
 * jumpfill: random initial weights for very large tensors, on every core, the same bytes on every machine.
 * @module
 */
import './require-node.js';
export { InitError, NotImplementedError, ValueError, type InitErrorCode } from './errors.js';
export { wageLimits, type WageLimits, type WageMode } from './domain/wage.js';
export type { Init, InitInput, InitKind } from './domain/init.js';
export type { Dtype, ElementArrays } from './domain/tensor.js';
export type { Coarseness } from './domain/coarseness.js';
export type { CodeUse } from './domain/collapse.js';
export {
  SharedTensor,
  type AnyTensor,
  type TensorOptions,
  type WrapOptions,
} from './engine/shared-tensor.js';
export type { RunOptions } from './engine/coordinator.js';
export type { OnProgress, Progress } from './engine/progress.js';
export { Engine, type MaterializeOptions } from './api/engine.js';
export type { EngineOptions } from './api/engine-options.js';
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
  inspect,
  kaimingNormal_,
  kaimingUniform_,
  lecunNormal_,
  lecunUniform_,
  materialize,
  normal_,
  ones_,
  quantize_,
  scaleLimit,
  shift_,
  truncatedNormal_,
  uniform_,
  varianceScaling_,
  verify,
  wageInit_,
  wageVarianceScaling_,
  xavierNormal_,
  xavierUniform_,
  zeros_,
  type EngineChoice,
  type Scaled,
} from './api/functions.js';
export { openCheckpoint } from './api/opening.js';
export type { Checkpoint, CheckpointEntry } from './api/checkpoint.js';
export type { MetadataDifference } from './storage/claim.js';
export type { ElementValue, TensorDifference, VerifyOptions, VerifyReport } from './storage/verify.js';
export type { StoredSpec } from './storage/stored-recipe.js';
export { toFloat32 } from './api/to-float32.js';
export { packCodes, unpackCodes, type PackedWeight } from './api/packing.js';
export type { FileReport, InitModelOptions, ModelReport } from './storage/model.js';
export type { TensorReport } from './storage/contents.js';
export { mergeCheckpoint } from './api/merging.js';
export type { MergeOptions, MergeReport } from './storage/merge.js';
export type { ModelPlan, PlanModelOptions, PlannedFile } from './storage/plan-model.js';
export type { StreamModelOptions } from './storage/stream-model.js';
export { parsePart } from './api/parts.js';
export type { Part } from './domain/part.js';
export type { Environment } from './domain/scheduler.js';
export type { ModelSpec, SpecRule, SpecTensor } from './domain/spec-form.js';
export type { InspectOptions } from './storage/inspect.js';
export type {
  Expected,
  InspectedFile,
  InspectedTensor,
  InspectReport,
  Level,
  RecipeSource,
} from './storage/inspect-report.js';
export type { Figures } from './domain/figures.js';
export type { Histogram } from './domain/histogram.js';
export type { Verdict } from './domain/verdict.js';
