/**
 * jumpfill: random initial weights for very large tensors, on every core, the same bytes on every machine.
 * @module
 */
import './base/require-node.js';
export {
  JumpfillError,
  JumpfillError as InitError,
  NotImplementedError,
  ValueError,
  type JumpfillErrorCode,
  type JumpfillErrorCode as InitErrorCode,
} from './base/errors.js';
export { wageLimits, type WageLimits } from './domain/recipes/wage.js';
export { type WageMode } from './domain/recipes/init.js';
export type { Init, InitInput, InitKind, InitOptions } from './domain/recipes/init.js';
export type { Dtype, ElementArrays } from './domain/tensors/dtypes.js';
export type { Coarseness } from './domain/recipes/coarseness.js';
export type { RowCoarseness } from './domain/recipes/row-coarseness.js';
export type { CodeUse } from './domain/recipes/code-use.js';
export {
  SharedTensor,
  type AnyTensor,
  type TensorOptions,
  type WrapOptions,
} from './engine/memory/shared-tensor.js';
export type { RunOptions } from './engine/jobs/coordinator.js';
export type { OnProgress, Progress } from './engine/jobs/progress.js';
export * from './domain/recipes/initialisers.js';
export { Engine } from './api/engine.js';
export type { EngineOptions } from './api/engine-options.js';
export type {
  DrawSliceOptions,
  FillOptions,
  QuantizeOptions,
  ShiftOptions,
  StreamOptions,
  TruncatedNormalOptions,
  UniformOptions,
  WageOptions,
} from './api/fill-options.js';
export { TorchGenerator } from './api/torch-generator.js';
export * from './api/functions.js';
export { scaleLimit, type Scaled } from './api/scale-limit.js';
export { openCheckpoint } from './api/open-checkpoint.js';
export type { Checkpoint, CheckpointEntry } from './api/checkpoint.js';
export type {
  FigureDifference,
  GeneratorDifference,
  MetadataDifference,
  SampleDifference,
} from './storage/verify/compare-facts.js';
export type { VerifyCheckpointOptions } from './storage/verify/verify.js';
export type { ElementValue, TensorDifference, VerifyReport } from './storage/verify/verify-report.js';
export type { StoredSpec, StoredSpecTensor } from './storage/read/stored-spec.js';
export { toFloat32 } from './api/to-float32.js';
export { packCodes, unpackCodes, type PackedWeight } from './api/packing.js';
export type { FileReport, WriteReport } from './storage/write/write-checkpoint.js';
export type { CompanionReport } from './storage/write/companion-files.js';
export type { PlannedCompanion } from './storage/write/load-companions.js';
export type { WriteCheckpointOptions } from './storage/write/write-options.js';
export type { TensorReport } from './storage/write/resolve-model.js';
export { mergeCheckpoint } from './api/merge-checkpoint.js';
export type { MergeCheckpointOptions, MergeReport } from './storage/write/merge.js';
export type { CheckpointPlan, PlanCheckpointOptions, PlannedFile } from './storage/write/plan-checkpoint.js';
export type { StreamCheckpointOptions } from './storage/ranges/stream-checkpoint.js';
export type { StreamCheckpointFilesOptions } from './storage/ranges/stream-files.js';
export type { StreamedFile } from './storage/ranges/streamed-files.js';
export { parsePart } from './api/parts.js';
export type { Part } from './domain/partition/part.js';
export type { Environment } from './domain/partition/job-array.js';
export type { ModelSpec, SpecRule, SpecTensor } from './domain/specs/model-spec.js';
export type { GeneratorName } from './domain/streams/generators.js';
export type { InspectCheckpointOptions } from './storage/inspect/inspect.js';
export type {
  Expected,
  InspectedFile,
  FoundLeak,
  InspectedTensor,
  InspectReport,
  Level,
  RecipeSource,
} from './storage/inspect/inspect-report.js';
export type { Figures } from './domain/statistics/figures.js';
export type { Histogram } from './domain/statistics/histogram.js';
export type { Verdict } from './domain/statistics/verdict.js';
// Types that the types above refer to.
export type { JumpfillErrorOptions } from './base/errors.js';
export type { PackedBits } from './domain/kernels/packed-codes.js';
export type { Category as DtypeCategory, DtypesOf } from './domain/tensors/dtypes.js';
export type { InitJson, RowsInput } from './domain/recipes/init.js';
export type { RowParameters, RowRange } from './domain/recipes/row-ranges.js';
export type { ScaleBase, ScaledNumber, ScaleShift } from './domain/recipes/scaled-number.js';
export type { Facts } from './domain/recipes/recipe.js';
export type { Rounding, ShiftRounding } from './domain/operators/wage-operators.js';
export type { TensorDefaults } from './domain/specs/model-spec.js';
export type { Float16Elements } from './engine/memory/shared-tensor.js';
export type { SharedMemory, WasmMemory } from './engine/memory/wasm.js';
export type { RecordedFacts } from './storage/format/tensor-metadata.js';
export type { ContentsOptions } from './storage/write/resolve-model.js';
export type { RestInit } from './storage/write/rest-init.js';
export type { HeadersRead } from './storage/read/checkpoint-files.js';
