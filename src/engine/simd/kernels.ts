/**
 * The instances of the modules on one memory, each made when it is first asked for: 7 us apiece, and most tensors need two.
 * @module
 */
import { SHORTFALL_COEFFICIENTS } from '../../domain/kernels/bounded-normal.js';
import { COEFFICIENTS as BOUNDED64_COEFFICIENTS } from '../../domain/kernels/bounded-normal64.js';
import { NORMAL_COEFFICIENTS } from '../../domain/kernels/normal.js';
import { COEFFICIENTS as NORMAL64_COEFFICIENTS } from '../../domain/kernels/normal64.js';
import { COEFFICIENTS as TRUNCATED_COEFFICIENTS } from '../../domain/kernels/truncated-normal.js';
import { COEFFICIENTS as TRUNCATED64_COEFFICIENTS } from '../../domain/kernels/truncated-normal64.js';
import { instantiate, type SharedMemory, type WasmGlobal } from '../memory/wasm.js';
import type {
  Fills64Exports,
  FillsExports,
  LanesExports,
  NarrowFillsExports,
  NarrowingExports,
  OperatorsExports,
  SimdCode,
  Transforms64Exports,
  TransformsExports,
} from './code.js';

/** Every module, on one memory. */
export interface Kernels {
  readonly fills: FillsExports;
  readonly transforms: TransformsExports;
  readonly fills64: Fills64Exports;
  readonly transforms64: Transforms64Exports;
  readonly narrowFills: NarrowFillsExports;
  readonly narrowing: NarrowingExports;
  readonly operators: OperatorsExports;
}

export class KernelsOnMemory implements Kernels {
  readonly #code: SimdCode;
  readonly #imports: object;
  readonly #instances = new Map<keyof Kernels, unknown>();

  constructor(code: SimdCode, lanes: LanesExports, memory: SharedMemory) {
    this.#code = code;
    this.#imports = { env: { memory }, lanes };
  }

  get fills(): FillsExports {
    return this.#instance('fills') as FillsExports;
  }

  get transforms(): TransformsExports {
    return this.#instance('transforms', [
      ...TRUNCATED_COEFFICIENTS,
      ...NORMAL_COEFFICIENTS,
      ...SHORTFALL_COEFFICIENTS,
    ]) as TransformsExports;
  }

  get fills64(): Fills64Exports {
    return this.#instance('fills64') as Fills64Exports;
  }

  get transforms64(): Transforms64Exports {
    return this.#instance('transforms64', [
      ...TRUNCATED64_COEFFICIENTS,
      ...NORMAL64_COEFFICIENTS,
      ...BOUNDED64_COEFFICIENTS,
    ]) as Transforms64Exports;
  }

  get narrowFills(): NarrowFillsExports {
    return this.#instance('narrowFills') as NarrowFillsExports;
  }

  get narrowing(): NarrowingExports {
    return this.#instance('narrowing') as NarrowingExports;
  }

  get operators(): OperatorsExports {
    return this.#instance('operators') as OperatorsExports;
  }

  /** @param coefficients  the specification's numbers, to the module's variables of these names */
  #instance(
    module: keyof Kernels,
    coefficients: readonly (readonly [name: string, value: number])[] = [],
  ): unknown {
    const known = this.#instances.get(module);
    if (known !== undefined) return known;
    const made = instantiate(this.#code[module], this.#imports) as Readonly<Record<string, WasmGlobal>>;
    for (const [name, value] of coefficients) {
      const variable = made[name];
      if (variable === undefined) throw new Error(`${module} has no ${name}`);
      variable.value = value;
    }
    this.#instances.set(module, made);
    return made;
  }
}
