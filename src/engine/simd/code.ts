/**
 * The SIMD kernels' code (workers/simd, AssemblyScript): where it is, how it is compiled, what it exports.
 * @module
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { COEFFICIENTS } from '../../domain/kernels/truncated-normal.js';
import { compile, type WasmGlobal, type WasmModule } from '../wasm.js';

/** The modules, compiled. */
export interface SimdCode {
  readonly name: 'simd' | 'simd-revectorized';
  readonly lanes: WasmModule;
  readonly fills: WasmModule;
  readonly transforms: WasmModule;
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
}

/** The truncated normal's variables, which the host sets. */
export type Coefficient = (typeof COEFFICIENTS)[number][0];

/** What workers/simd/transforms.ts exports: from one distribution to another, in place, or while making what comes `ahead` groups later. */
export interface TransformsExports extends Readonly<Record<Coefficient, WasmGlobal>> {
  truncatedNormalCentred(at: number, groups: number, std: number): void;
  truncatedNormal(at: number, groups: number, std: number, mean: number): void;
  truncatedNormalCentredAhead(at: number, groups: number, ahead: number, scale: number, std: number): void;
  truncatedNormalAhead(
    at: number,
    groups: number,
    ahead: number,
    scale: number,
    std: number,
    mean: number,
  ): void;
}

const read = (module: keyof Omit<SimdCode, 'name'>): Uint8Array =>
  readFileSync(new URL(`../../../workers/simd/${module}.wasm`, import.meta.url));

/** @throws {Error} a file is missing, or this machine has no SIMD WebAssembly */
export function compileSimd(): SimdCode {
  return {
    name: 'simd',
    lanes: compile(read('lanes')),
    fills: compile(read('fills')),
    transforms: compile(read('transforms')),
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
 * On while the transforms are compiled, then off. The last two have a whole module compiled at once by the optimising compiler:
 * the only one that revectorizes, so its code is what a check has to see.
 */
const REVECTORIZE_FLAGS = [
  ['--experimental-wasm-revectorize', '--no-experimental-wasm-revectorize'],
  ['--no-liftoff', '--liftoff'],
  ['--no-wasm-lazy-compilation', '--wasm-lazy-compilation'],
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
  const bytes = markedCopy(read('transforms'));
  const nodeOptions = process.env['NODE_OPTIONS'] ?? '';
  const flags = flagsToSwitch([...process.execArgv, ...nodeOptions.split(' ')]);
  for (const [on] of flags) setFlagsFromString(on);
  try {
    return { ...plain, name: 'simd-revectorized', transforms: compile(bytes) };
  } finally {
    for (const [, off] of flags) setFlagsFromString(off);
  }
}

/** With an empty custom section at its end: V8 would give code it has compiled from the same bytes before. */
function markedCopy(bytes: Uint8Array): Uint8Array {
  const CUSTOM_SECTION = [0, 2, 1, 0x72];
  return Uint8Array.from([...bytes, ...CUSTOM_SECTION]);
}
