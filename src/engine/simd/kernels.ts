/**
 * The modules' instances on one memory. Each is made on first use: that takes 7 us, and most tensors need two.
 * @module
 */
import { instantiate, type SharedMemory, type WasmGlobal, type WasmModule } from '../memory/wasm.js';
import { OnDemand } from '../host/on-demand.js';
import { moduleOf, type SimdCode } from './code.js';
import type * as coefficients from './coefficients.js';
import { SIMD_MODULES, type LanesExports, type ModuleExports, type SimdModule } from './modules.js';

/** Every module that works on the memory of a tensor, and that memory, for what is computed without SIMD. */
export type Kernels = Omit<ModuleExports, 'lanes'> & { readonly memory: SharedMemory };

/** @param lanes  the instance whose lane states the kernels of streams go on from; torch's need none */
export function kernelsOn(code: SimdCode, lanes: LanesExports | undefined, memory: SharedMemory): Kernels {
  const imports = { env: { memory }, lanes };
  const kernels = { memory };
  for (const module of SIMD_MODULES) {
    let instance: unknown;
    const get = (): unknown => (instance ??= instantiateModule(module, moduleOf(code, module), imports));
    if (module !== 'lanes') Object.defineProperty(kernels, module, { get });
  }
  return kernels as Kernels;
}

const loaded = new OnDemand<typeof coefficients>('src/engine/simd/coefficients.js');

const hasCoefficients = (name: SimdModule): name is keyof typeof coefficients.COEFFICIENTS =>
  name === 'transforms' || name === 'transforms64';

function instantiateModule(name: SimdModule, module: WasmModule, imports: object): unknown {
  const instance = instantiate(module, imports) as Readonly<Record<string, WasmGlobal>>;
  if (!hasCoefficients(name)) return instance;
  for (const [variable, value] of loaded.load().COEFFICIENTS[name]) {
    const global = instance[variable];
    if (global === undefined) throw new Error(`${name} has no ${variable}`);
    global.value = value;
  }
  return instance;
}
