/**
 * The SIMD kernels' code (workers/simd, AssemblyScript): where it is, how it is compiled, what it exports.
 * @module
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { SHORTFALL_COEFFICIENTS } from '../../domain/kernels/bounded-normal.js';
import type { COEFFICIENTS as BOUNDED_NORMAL64_COEFFICIENTS } from '../../domain/kernels/bounded-normal64.js';
import type { NORMAL_COEFFICIENTS } from '../../domain/kernels/normal.js';
import type { COEFFICIENTS as NORMAL64_COEFFICIENTS } from '../../domain/kernels/normal64.js';
import type { COEFFICIENTS as TRUNCATED_NORMAL_COEFFICIENTS } from '../../domain/kernels/truncated-normal.js';
import type { COEFFICIENTS as TRUNCATED_NORMAL64_COEFFICIENTS } from '../../domain/kernels/truncated-normal64.js';
import { findOwnFile } from '../host/own-files.js';
import { compile, type WasmGlobal, type WasmModule } from '../memory/wasm.js';

/** The modules, compiled. */
export interface SimdCode {
  readonly name: 'simd' | 'simd-revectorized';
  readonly lanes: WasmModule;
  readonly fills: WasmModule;
  readonly transforms: WasmModule;
  readonly fills64: WasmModule;
  readonly transforms64: WasmModule;
  readonly narrowFills: WasmModule;
  readonly narrowing: WasmModule;
  readonly operators: WasmModule;
}

/** What workers/simd/lanes.ts exports, beside the lane states that the kernels import. */
export interface LanesExports {
  prepare(): void;
  /** The halves of the root's two words, high half first. */
  setRoot(firstHigh: number, firstLow: number, secondHigh: number, secondLow: number): void;
  seekBlock(block: number): void;
  skipGroups(groups: number): void;
}

/** What workers/simd/fills.ts exports: fills of whole groups of 16 elements, from the lane states on. */
export interface FillsExports {
  fillConstant(dst: number, groups: number, value: number): void;
  fillUniformCentred(dst: number, groups: number, scale: number): void;
  fillUniformShifted(dst: number, groups: number, scale: number, centre: number): void;
  fillUniform(dst: number, groups: number, scale: number, centre: number, low: number, high: number): void;
  /** The words themselves, for a transform. */
  fillWords(dst: number, groups: number): void;
}

/** What workers/simd/fills64.ts exports: fills of whole groups of 8 elements. */
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

/** What workers/simd/narrow-fills.ts exports: fills of whole groups, from the lane states on. */
export interface NarrowFillsExports {
  fillUniformFloat16Centred(dst: number, groups: number, scale: number, high: number): void;
  fillUniformBfloat16Centred(dst: number, groups: number, scale: number, low: number, high: number): void;
  fillUniformCodes(dst: number, groups: number, scale: number): void;
  fillUniformCodesBounded(dst: number, groups: number, scale: number, largest: number): void;
  fillTernaryCodes(dst: number, groups: number, low: number, high: number): void;
}

/** What workers/simd/narrowing.ts exports: float32 groups to fewer bytes, in place or downwards. */
export interface NarrowingExports {
  narrowToFloat16(to: number, from: number, groups: number, low: number, high: number): void;
  narrowToBfloat16(to: number, from: number, groups: number, low: number, high: number): void;
  narrowToCodes(to: number, from: number, groups: number, steps: number, largest: number): void;
}

/** What workers/simd/operators.ts exports: WAGE's operators on `count` float32 elements, in place. */
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

/** Variables that the host sets to the specification's numbers. */
export type Coefficient = (
  typeof TRUNCATED_NORMAL_COEFFICIENTS | typeof NORMAL_COEFFICIENTS | typeof SHORTFALL_COEFFICIENTS
)[number][0];

/** What workers/simd/transforms.ts exports: from one distribution, or words, to another, in place. */
export interface TransformsExports extends Readonly<Record<Coefficient, WasmGlobal>> {
  truncatedNormalCentred(at: number, groups: number, std: number): void;
  truncatedNormal(at: number, groups: number, std: number, mean: number): void;
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
  /** The numbers of BoundedNormalParameters, in its order. */
  boundedNormal(at: number, groups: number, ...parameters: readonly number[]): void;
}

export type Coefficient64 = (
  typeof TRUNCATED_NORMAL64_COEFFICIENTS | typeof NORMAL64_COEFFICIENTS | typeof BOUNDED_NORMAL64_COEFFICIENTS
)[number][0];

/** What workers/simd/transforms64.ts exports. */
export interface Transforms64Exports extends Readonly<Record<Coefficient64, WasmGlobal>> {
  truncatedNormal64Centred(at: number, groups: number, std: number): void;
  truncatedNormal64(at: number, groups: number, std: number, mean: number, low: number, high: number): void;
  normal64(at: number, groups: number, std: number, mean: number): void;
  /** The numbers of BoundedNormal64Parameters, in its order. */
  boundedNormal64(at: number, groups: number, ...parameters: readonly number[]): void;
}

const read = (file: string): Uint8Array => readFileSync(findOwnFile(`workers/simd/${file}.wasm`));

/** @throws {Error} a file is missing, or this machine has no SIMD WebAssembly */
export function compileSimd(): SimdCode {
  return {
    name: 'simd',
    lanes: compile(read('lanes')),
    fills: compile(read('fills')),
    transforms: compile(read('transforms')),
    fills64: compile(read('fills64')),
    transforms64: compile(read('transforms64')),
    narrowFills: compile(read('narrow-fills')),
    narrowing: compile(read('narrowing')),
    operators: compile(read('operators')),
  };
}

/** That of Node 24. Node 22's has the flag as well, and nothing comes of it. */
const REVECTORIZER_SINCE = 13;

/** @throws {Error} this V8 has none: it would complain of the flag on standard error */
export function checkRevectorizer(): void {
  if (Number.parseInt(process.versions.v8, 10) >= REVECTORIZER_SINCE) return;
  throw new Error(`Node ${process.versions.node} has none that works (Node 24 and later have)`);
}

/**
 * On while the transforms are compiled, then off. The second and third have a whole module compiled at once by the optimising
 * compiler: the only one that revectorizes, so its code is what a check has to see. That of Node 26 would then look for what
 * the baseline compiler learns for inlining, and end the process: hence the last.
 */
const REVECTORIZE_FLAGS = [
  ['--experimental-wasm-revectorize', '--no-experimental-wasm-revectorize'],
  ['--no-liftoff', '--liftoff'],
  ['--no-wasm-lazy-compilation', '--wasm-lazy-compilation'],
  ['--no-wasm-inlining', '--wasm-inlining'],
] as const;

/** Those of them that are not among the flags a process was started with. */
export function flagsToSwitch(given: readonly string[]): (typeof REVECTORIZE_FLAGS)[number][] {
  const normalised = given.map((flag) => flag.replaceAll('_', '-'));
  return REVECTORIZE_FLAGS.filter(([on]) => !normalised.includes(on));
}

/**
 * The same kernels, their transforms compiled with V8's experimental pass that joins pairs of 128-bit operations into
 * 256-bit ones. V8's flags are the whole process's: what other threads compile in this millisecond is compiled so too.
 * @throws {Error} as compileSimd
 */
export function compileRevectorized(): SimdCode {
  const plain = compileSimd();
  const [transforms, transforms64] = [markedCopy(read('transforms')), markedCopy(read('transforms64'))];
  const nodeOptions = process.env['NODE_OPTIONS'] ?? '';
  const flags = flagsToSwitch([...process.execArgv, ...nodeOptions.split(' ')]);
  for (const [on] of flags) setFlagsFromString(on);
  try {
    return {
      ...plain,
      name: 'simd-revectorized',
      transforms: compile(transforms),
      transforms64: compile(transforms64),
    };
  } finally {
    for (const [, off] of flags) setFlagsFromString(off);
  }
}

/** With an empty custom section at its end: V8 would give code it has compiled from the same bytes before. */
function markedCopy(bytes: Uint8Array): Uint8Array {
  const CUSTOM_SECTION = [0, 2, 1, 0x72];
  return Uint8Array.from([...bytes, ...CUSTOM_SECTION]);
}
