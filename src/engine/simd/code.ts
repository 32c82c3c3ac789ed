/**
 * The SIMD kernels' code (workers/simd, AssemblyScript): where it is, how it is compiled, what it exports.
 * @module
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { compile, type WasmGlobal, type WasmModule } from '../wasm.js';

/** Both modules, compiled. */
export interface SimdCode {
  readonly name: 'simd' | 'simd-revectorized';
  readonly lanes: WasmModule;
  readonly kernels: WasmModule;
}

/** What workers/simd/lanes.ts exports, beside the lane states that the kernels import. */
export interface LanesExports {
  prepare(): void;
  /** The halves of the root's two words, high half first. */
  setRoot(firstHigh: number, firstLow: number, secondHigh: number, secondLow: number): void;
  seekBlock(block: number): void;
  skipGroups(groups: number): void;
}

/** The coefficients of the truncated normal, which the host sets. */
export type Coefficient = 'erfScale' | 'p4' | 'p3' | 'p2' | 'p1' | 'p0' | 'q3' | 'q2' | 'q1' | 'q0';

/** What workers/simd/kernels.ts exports: fills of whole groups of 16 elements from the lane states on. */
export interface KernelsExports extends Readonly<Record<Coefficient, WasmGlobal>> {
  fillConstant(dst: number, groups: number, value: number): void;
  fillUniformCentred(dst: number, groups: number, scale: number): void;
  fillUniformShifted(dst: number, groups: number, scale: number, centre: number): void;
  fillUniform(dst: number, groups: number, scale: number, centre: number, low: number, high: number): void;
  fillTruncatedNormalCentred(dst: number, groups: number, std: number): void;
  fillTruncatedNormal(dst: number, groups: number, std: number, mean: number): void;
}

const read = (file: string): Uint8Array =>
  readFileSync(new URL(`../../../workers/simd/${file}`, import.meta.url));

/** @throws {Error} a file is missing, or this machine has no SIMD WebAssembly */
export function compileSimd(): SimdCode {
  return { name: 'simd', lanes: compile(read('lanes.wasm')), kernels: compile(read('kernels.wasm')) };
}

/** V8's first with the revectorizer: that of Node 22. */
const REVECTORIZER_SINCE = 12;

/** All of a module compiled at once by the optimising compiler: the only one that revectorises, and what a self-check has to see. */
const REVECTORIZE_FLAGS = '--experimental-wasm-revectorize --no-liftoff --no-wasm-lazy-compilation';
const USUAL_FLAGS = '--no-experimental-wasm-revectorize --liftoff --wasm-lazy-compilation';

/**
 * The same kernels with V8's experimental pass that joins pairs of 128-bit operations into 256-bit ones. Only they are
 * compiled so: the process's flags are as they were afterwards.
 * @throws {Error} this V8 has no revectorizer, or as compileSimd
 */
export function compileRevectorized(): SimdCode {
  if (Number.parseInt(process.versions.v8, 10) < REVECTORIZER_SINCE) {
    throw new Error(`Node ${process.versions.node} has no revectorizer (Node 22 and later have)`);
  }
  setFlagsFromString(REVECTORIZE_FLAGS);
  try {
    const lanes = compile(read('lanes.wasm'));
    return { name: 'simd-revectorized', lanes, kernels: compile(markedCopy(read('kernels.wasm'))) };
  } finally {
    setFlagsFromString(USUAL_FLAGS);
  }
}

/** With an empty custom section at its end: V8 would give code it has compiled from the same bytes before. */
function markedCopy(bytes: Uint8Array): Uint8Array {
  const CUSTOM_SECTION = [0, 2, 1, 0x72];
  return Uint8Array.from([...bytes, ...CUSTOM_SECTION]);
}
