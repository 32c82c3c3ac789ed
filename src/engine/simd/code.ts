/**
 * The SIMD kernels' code: where it is and how it is compiled.
 * @module
 */
import { fs, v8 } from '../host/builtins.js';
import { findOwnFile } from '../host/own-files.js';
import { compile, type WasmModule } from '../memory/wasm.js';
import {
  LATER_MODULES,
  STREAM_MODULES,
  type LaterModule,
  type SimdModule,
  type StreamModule,
} from './modules.js';

/** The modules, compiled. Some are compiled when this process first needs them, unless they are given. */
export interface SimdCode
  extends Readonly<Record<StreamModule, WasmModule>>, Readonly<Partial<Record<LaterModule, WasmModule>>> {
  readonly name: 'simd' | 'simd-revectorized';
}

const read = (module: SimdModule): Uint8Array =>
  fs().readFileSync(findOwnFile(`workers/simd/${module}.wasm`));

/** @throws {Error} a file is missing, or this machine has no SIMD WebAssembly */
export function compileSimd(): SimdCode {
  const modules = STREAM_MODULES.map((module) => [module, compile(read(module))] as const);
  return { name: 'simd', ...(Object.fromEntries(modules) as Record<StreamModule, WasmModule>) };
}

/** Shared by all fillers of this thread. */
const compiledLater = new Map<SimdModule, WasmModule>();

/** What withLaterModules last made, and of what. */
let last: { readonly of: SimdCode; readonly laterModules: number; readonly code: SimdCode } | undefined;

/** The code for another thread, with all modules that this one has compiled since: that thread reads no file. */
export function withLaterModules(of: SimdCode): SimdCode {
  const laterModules = compiledLater.size;
  if (last?.of === of && last.laterModules === laterModules) return last.code;
  const code = { ...Object.fromEntries(compiledLater), ...of };
  last = { of, laterModules, code };
  return code;
}

/** Takes over what another thread has compiled since this one got the code. */
export function takeLaterModules(code: SimdCode): void {
  for (const name of LATER_MODULES) {
    const module = code[name];
    if (module !== undefined) compiledLater.set(name, module);
  }
}

/** @throws {Error} a file is missing */
export function moduleOf(code: SimdCode, name: SimdModule): WasmModule {
  const known = code[name] ?? compiledLater.get(name);
  if (known !== undefined) return known;
  const module = compile(read(name));
  compiledLater.set(name, module);
  return module;
}

/** V8 of Node 24. Node 22's has the flag too, but it has no effect. */
const REVECTORIZER_SINCE = 13;

/** @throws {Error} this V8 has no revectorizer, and would print a warning about the flag */
export function checkRevectorizer(): void {
  if (Number.parseInt(process.versions.v8, 10) >= REVECTORIZER_SINCE) return;
  throw new Error(`Node ${process.versions.node} has no working revectorizer (Node 24 and later have one)`);
}

/**
 * On while the transforms are compiled, then off. The second and third make the optimising compiler compile a whole module at once: no
 * other compiler revectorizes, so a check must see its code. Node 26's would then look for the inlining feedback that the baseline
 * compiler collects, and end the process; the last flag prevents that.
 */
const REVECTORIZE_FLAGS = [
  ['--experimental-wasm-revectorize', '--no-experimental-wasm-revectorize'],
  ['--no-liftoff', '--liftoff'],
  ['--no-wasm-lazy-compilation', '--wasm-lazy-compilation'],
  ['--no-wasm-inlining', '--wasm-inlining'],
] as const;

/** The flags among them that the process was not started with. */
export function flagsToSwitch(given: readonly string[]): (typeof REVECTORIZE_FLAGS)[number][] {
  const normalised = given.map((flag) => flag.replaceAll('_', '-'));
  return REVECTORIZE_FLAGS.filter(([on]) => !normalised.includes(on));
}

/**
 * The same kernels, with transforms compiled by V8's experimental pass that joins two 128-bit operations into one of 256 bits. V8's
 * flags hold for the whole process: code that other threads compile in this millisecond is compiled in the same way.
 * @throws {Error} as compileSimd
 */
export function compileRevectorized(): SimdCode {
  const plain = compileSimd();
  const [transforms, transforms64] = [markedCopy(read('transforms')), markedCopy(read('transforms64'))];
  const nodeOptions = process.env['NODE_OPTIONS'] ?? '';
  const flags = flagsToSwitch([...process.execArgv, ...nodeOptions.split(' ')]);
  const { setFlagsFromString } = v8();
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

/** Adds an empty custom section: for the same bytes V8 would return the code it compiled before. */
function markedCopy(bytes: Uint8Array): Uint8Array {
  const CUSTOM_SECTION = [0, 2, 1, 0x72];
  return Uint8Array.from([...bytes, ...CUSTOM_SECTION]);
}
