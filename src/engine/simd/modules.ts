/**
 * The modules of SIMD code (workers/simd, AssemblyScript): their names, what each exports, and the coefficients that the host gives them.
 * @module
 */
import type { WasmGlobal } from '../memory/wasm.js';
import type { NamedNumber, TRANSFORMS64_COEFFICIENTS, TRANSFORMS_COEFFICIENTS } from './coefficients.js';
import { MATRIX_MODULES, type MatrixModuleExports } from './matrix-modules.js';
import { TORCH_MODULES, type TorchModuleExports } from './torch-modules.js';
import type { WholeFillsExports } from './whole-module.js';

/** The modules that most processes need: those of draws from streams, and the operators. */
export const STREAM_MODULES = [
  'lanes',
  'fills',
  'transforms',
  'fills64',
  'transforms64',
  'narrow-fills',
  'narrowing',
  'operators',
] as const;

export type StreamModule = (typeof STREAM_MODULES)[number];

/** Those that few need: compiled when a process first needs them. */
export const LATER_MODULES = ['whole-fills', 'comparisons', ...TORCH_MODULES, ...MATRIX_MODULES] as const;

export type LaterModule = (typeof LATER_MODULES)[number];

export type SimdModule = StreamModule | LaterModule;

/** Each is a target of workers/simd/asconfig.json and a file there. */
export const SIMD_MODULES: readonly SimdModule[] = [...STREAM_MODULES, ...LATER_MODULES];

/** The exports of workers/simd/lanes.ts, beside the lane states that the kernels import. */
export interface LanesExports {
  prepare(): void;
  /** The halves of the root's two words, high half first. */
  setRoot(firstHigh: number, firstLow: number, secondHigh: number, secondLow: number): void;
  seekBlock(block: number): void;
  skipGroups(groups: number): void;
}

/** The exports of workers/simd/fills.ts: fills of whole groups of 16 elements, from the lane states on. */
export interface FillsExports {
  fillConstant(dst: number, groups: number, value: number): void;
  fillUniformCentred(dst: number, groups: number, scale: number): void;
  fillUniformShifted(dst: number, groups: number, scale: number, centre: number): void;
  fillUniform(dst: number, groups: number, scale: number, centre: number, low: number, high: number): void;
  /** The words themselves, for a transform. */
  fillWords(dst: number, groups: number): void;
}

/** The exports of workers/simd/fills64.ts: fills of whole groups of 8 elements. */
export interface Fills64Exports {
  fillUniform64Centred(dst: number, groups: number, spacing: number): void;
  fillUniform64Shifted(dst: number, groups: number, spacing: number, centre: number): void;
  fillUniform64(
    dst: number,
    groups: number,
    spacing: number,
    centre: number,
    low: number,
    high: number,
  ): void;
  fillWords64(dst: number, groups: number): void;
}

/** The exports of workers/simd/narrow-fills.ts: fills of whole groups, from the lane states on. */
export interface NarrowFillsExports {
  fillUniformFloat16Centred(dst: number, groups: number, scale: number, high: number): void;
  fillUniformBfloat16Centred(dst: number, groups: number, scale: number, low: number, high: number): void;
  fillUniformFloat8E4m3Centred(dst: number, groups: number, scale: number, high: number): void;
  fillUniformFloat8E5m2Centred(dst: number, groups: number, scale: number, high: number): void;
  fillUniformCodes(dst: number, groups: number, scale: number): void;
  fillUniformCodesBounded(dst: number, groups: number, scale: number, largest: number): void;
  fillTernaryCodes(dst: number, groups: number, low: number, high: number): void;
}

/** The exports of workers/simd/narrowing.ts: float32 groups to fewer bytes, in place or downwards. */
export interface NarrowingExports {
  narrowToFloat16(to: number, from: number, groups: number, low: number, high: number): void;
  narrowToBfloat16(to: number, from: number, groups: number, low: number, high: number): void;
  narrowToFloat8E4m3(to: number, from: number, groups: number, low: number, high: number): void;
  narrowToFloat8E5m2(to: number, from: number, groups: number, low: number, high: number): void;
  narrowToCodes(to: number, from: number, groups: number, steps: number, largest: number): void;
}

/** The exports of workers/simd/operators.ts: WAGE's operators on `count` float32 elements, in place. */
export interface OperatorsExports {
  clip(at: number, count: number, bound: number): void;
  quantizeHalfEven(at: number, count: number, bound: number, steps: number, divisor: number): void;
  quantizeHalfUp(at: number, count: number, bound: number, steps: number, divisor: number): void;
  quantizeStochastic(
    at: number,
    count: number,
    words: number,
    bound: number,
    steps: number,
    divisor: number,
  ): void;
  signs(at: number, count: number, divisor: number): void;
  clipAndDivide(at: number, count: number, divisor: number): void;
  largestMagnitude(at: number, count: number): number;
  shift(at: number, count: number, factor: number, rest: number): void;
}

type Variables<T extends readonly NamedNumber[]> = Readonly<Record<T[number][0], WasmGlobal>>;

/** The exports of workers/simd/transforms.ts: from one distribution, or words, to another, in place. */
export interface TransformsExports extends Variables<typeof TRANSFORMS_COEFFICIENTS> {
  truncatedNormalCentred(at: number, groups: number, std: number): void;
  truncatedNormal(at: number, groups: number, std: number, mean: number): void;
  /** Words to x, as fillUniformCentred makes them. */
  centreWords(at: number, groups: number, scale: number): void;
  truncatedNormalCentredOverlapped(
    at: number,
    groups: number,
    ahead: number,
    scale: number,
    std: number,
  ): void;
  truncatedNormalOverlapped(
    at: number,
    groups: number,
    ahead: number,
    scale: number,
    std: number,
    mean: number,
  ): void;
  normal(at: number, groups: number, std: number, mean: number): void;
  normalOverlapped(at: number, groups: number, ahead: number, std: number, mean: number): void;
  /** The numbers of BoundedNormalParameters, in its order. */
  boundedNormal(at: number, groups: number, ...parameters: readonly number[]): void;
}

/** The exports of workers/simd/transforms64.ts. */
export interface Transforms64Exports extends Variables<typeof TRANSFORMS64_COEFFICIENTS> {
  truncatedNormal64Centred(at: number, groups: number, std: number): void;
  truncatedNormal64(at: number, groups: number, std: number, mean: number, low: number, high: number): void;
  normal64(at: number, groups: number, std: number, mean: number): void;
  /** The numbers of BoundedNormal64Parameters, in its order. */
  boundedNormal64(at: number, groups: number, ...parameters: readonly number[]): void;
}

/** The exports of workers/simd/comparisons.ts: 1 if the memory holds other values than the fill of that name would store. */
export interface ComparisonsExports {
  differsFromUniformCentred(dst: number, groups: number, scale: number): number;
  differsFromUniformShifted(dst: number, groups: number, scale: number, centre: number): number;
  differsFromUniform(
    dst: number,
    groups: number,
    scale: number,
    centre: number,
    low: number,
    high: number,
  ): number;
}

/** The exports of each module. */
export interface ModuleExports extends TorchModuleExports, MatrixModuleExports {
  readonly lanes: LanesExports;
  readonly fills: FillsExports;
  readonly transforms: TransformsExports;
  readonly fills64: Fills64Exports;
  readonly transforms64: Transforms64Exports;
  readonly 'narrow-fills': NarrowFillsExports;
  readonly narrowing: NarrowingExports;
  readonly operators: OperatorsExports;
  readonly 'whole-fills': WholeFillsExports;
  readonly comparisons: ComparisonsExports;
}
