/**
 * Fills of tensors: a method a kind.
 * @module
 */
import {
  completeInit,
  INIT_PARAMETERS,
  type Init,
  type InitInput,
  type InitKind,
} from '../domain/recipes/init.js';
import { resolveRecipe } from '../domain/recipes/recipe.js';
import { nameTensor, checkKeys } from '../base/wording.js';
import { checkWageMode } from '../domain/recipes/wage.js';
import { checkRunOptions } from '../engine/jobs/coordinator.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import {
  checkInit,
  checkTensor,
  FILL_KEYS,
  type FillOptions,
  type KaimingOptions,
  type NamedScalingOptions,
  type NormalOptions,
  type TruncatedNormalOptions,
  type UniformOptions,
  type VarianceScalingOptions,
  type WageOptions,
  type WageVarianceScalingOptions,
  type XavierOptions,
} from './options.js';
import { EngineBase } from './engine-base.js';

export class TensorFills extends EngineBase {
  /**
   * Uniform on [-limit, limit], limit and weightScale from fan-in and bit width: upstream's `wage_init_`.
   * @param tensor  shape [out, in, ...]
   * @param bitsW   width of the weights, 1 to 1024
   * @returns       the tensor, its weightScale set
   * @throws {NotImplementedError} a mode other than fan_in, checked first
   * @throws {ValueError} BAD_SHAPE: fewer than 2 dimensions or fan-in 0; BAD_BITS, BAD_FACTOR, BAD_LIMIT, BAD_SEED,
   *   BAD_NAME, BAD_OFFSET, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED
   */
  async wageInit_<T extends AnyTensor>(tensor: T, bitsW: number, options: WageOptions = {}): Promise<T> {
    // Before anything else, as upstream does.
    const given = options as WageOptions | null;
    if (given?.mode !== undefined) checkWageMode(given.mode, nameOf(tensor));
    return await this.#fillAs(tensor, 'wage', options, 'wageInit_', { bits: bitsW });
  }

  /**
   * WAGE's initialiser as its authors have it: fan-in, fan-out or their mean, uniform or truncated normal, same scale limit.
   * @throws as wageInit_
   */
  async wageVarianceScaling_<T extends AnyTensor>(
    tensor: T,
    bitsW: number,
    options: WageVarianceScalingOptions = {},
  ): Promise<T> {
    return await this.#fillAs(tensor, 'wage_variance_scaling', options, 'wageVarianceScaling_', {
      bits: bitsW,
    });
  }

  /**
   * Any initialiser, as a spec has it: `{ kind: 'he_normal' }`.
   * @throws {ValueError} BAD_SPEC: no such kind; and as the method of the kind
   */
  async init_<T extends AnyTensor>(tensor: T, init: InitInput, options: FillOptions = {}): Promise<T> {
    const { kind, ...parameters } = checkInit(init);
    checkKeys(options, FILL_KEYS, 'init_', 'BAD_OPTION');
    checkKeys(parameters, Object.keys(INIT_PARAMETERS[kind]), 'init_', 'BAD_OPTION');
    return await this.#fill(
      tensor,
      completeInit({ kind, ...parameters } as InitInput, nameOf(tensor)),
      options,
    );
  }

  /**
   * Uniform on [low, high].
   * @throws {ValueError} BAD_RANGE: low or high missing, not finite or out of order; and as wageInit_
   */
  async uniform_<T extends AnyTensor>(tensor: T, options: UniformOptions): Promise<T> {
    return await this.#fillAs(tensor, 'uniform', options, 'uniform_');
  }

  /**
   * Normal with this mean and standard deviation.
   * @throws {ValueError} BAD_RANGE: mean or std not finite, std negative, or more than the dtype holds; and as wageInit_
   */
  async normal_<T extends AnyTensor>(tensor: T, options: NormalOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'normal', options, 'normal_');
  }

  /**
   * Normal truncated to mean + low std .. mean + high std; by default mean +- 2 std.
   * @throws {ValueError} BAD_RANGE: as normal_, or low not below high; and as wageInit_
   */
  async truncatedNormal_<T extends AnyTensor>(tensor: T, options: TruncatedNormalOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'truncated_normal', options, 'truncatedNormal_');
  }

  /** Every element 0. */
  async zeros_<T extends AnyTensor>(tensor: T, options: FillOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'zeros', options, 'zeros_');
  }

  /** Every element 1. */
  async ones_<T extends AnyTensor>(tensor: T, options: FillOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'ones', options, 'ones_');
  }

  /** @throws {ValueError} BAD_RANGE: value not finite, or more or less than the dtype holds */
  async constant_<T extends AnyTensor>(tensor: T, value: number, options: FillOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'constant', options, 'constant_', { value });
  }

  /** Keras's and JAX's VarianceScaling: variance scale / fan. */
  async varianceScaling_<T extends AnyTensor>(tensor: T, options: VarianceScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'variance_scaling', options, 'varianceScaling_');
  }

  /** torch's `kaiming_uniform_`: +- gain sqrt(3 / fan). */
  async kaimingUniform_<T extends AnyTensor>(tensor: T, options: KaimingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'kaiming_uniform', options, 'kaimingUniform_');
  }

  /** torch's `kaiming_normal_`: std gain / sqrt(fan). */
  async kaimingNormal_<T extends AnyTensor>(tensor: T, options: KaimingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'kaiming_normal', options, 'kaimingNormal_');
  }

  /** torch's `xavier_uniform_`: +- gain sqrt(6 / (fan-in + fan-out)). */
  async xavierUniform_<T extends AnyTensor>(tensor: T, options: XavierOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'xavier_uniform', options, 'xavierUniform_');
  }

  /** torch's `xavier_normal_`: std gain sqrt(2 / (fan-in + fan-out)). */
  async xavierNormal_<T extends AnyTensor>(tensor: T, options: XavierOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'xavier_normal', options, 'xavierNormal_');
  }

  /** Keras's HeUniform: +- sqrt(6 / fan-in). */
  async heUniform_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'he_uniform', options, 'heUniform_');
  }

  /** Keras's HeNormal: truncated, variance 2 / fan-in. */
  async heNormal_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'he_normal', options, 'heNormal_');
  }

  /** Keras's GlorotUniform: +- sqrt(6 / (fan-in + fan-out)). */
  async glorotUniform_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'glorot_uniform', options, 'glorotUniform_');
  }

  /** Keras's GlorotNormal: truncated, variance 2 / (fan-in + fan-out). */
  async glorotNormal_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'glorot_normal', options, 'glorotNormal_');
  }

  /** Keras's LecunUniform: +- sqrt(3 / fan-in). */
  async lecunUniform_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'lecun_uniform', options, 'lecunUniform_');
  }

  /** Keras's LecunNormal: truncated, variance 1 / fan-in. */
  async lecunNormal_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'lecun_normal', options, 'lecunNormal_');
  }

  /** Tells the kind's parameters from the options of a fill. */
  async #fillAs<T extends AnyTensor>(
    tensor: T,
    kind: InitKind,
    options: object,
    method: string,
    arguments_: object = {},
  ): Promise<T> {
    const parameters = Object.keys(INIT_PARAMETERS[kind]).filter((key) => !(key in arguments_));
    checkKeys(options, [...parameters, ...FILL_KEYS], method, 'BAD_OPTION');
    const entries = Object.entries(options);
    const given = entries.filter(([key]) => parameters.includes(key));
    const init = completeInit(
      { kind, ...arguments_, ...Object.fromEntries(given) } as InitInput,
      nameOf(tensor),
    );
    return await this.#fill(tensor, init, options);
  }

  async #fill<T extends AnyTensor>(tensor: T, init: Init, options: FillOptions): Promise<T> {
    this.checkOpen();
    checkTensor(tensor);
    checkRunOptions(options, nameTensor(tensor.name));
    return await this.draw(tensor, resolveRecipe(init, tensor), this.chooseStreams(tensor, options), options);
  }
}

/** Also of what is no tensor. */
const nameOf = (tensor: unknown): string | undefined => (tensor as AnyTensor | null | undefined)?.name;
