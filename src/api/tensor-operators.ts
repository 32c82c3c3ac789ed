/**
 * WAGE's operators, on tensors in place.
 * @module
 */
import { planChunks } from '../domain/partition/chunks.js';
import { checkOneOf } from '../base/checks.js';
import { quantizeWords, readLargest, type Operation } from '../domain/operators/operation.js';
import { shiftExponent } from '../domain/operators/operators.js';
import { nameTensor, checkKeys } from '../base/wording.js';
import { checkBits } from '../domain/recipes/wage.js';
import { checkRunOptions, type RunOptions } from '../engine/jobs/coordinator.js';
import type { SharedTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import {
  checkOperand,
  checkQuantization,
  FILL_KEYS,
  RUN_KEYS,
  SHIFT_ROUNDINGS,
  type QuantizeOptions,
  type ShiftOptions,
} from './options.js';
import { Roundings } from './roundings.js';
import { TensorFills } from './tensor-fills.js';

export class TensorOperators extends TensorFills {
  readonly #roundings = new Roundings();

  /**
   * WAGE's C, in place: to within +-(1 - 2^(1 - bits)); to +-1 for 1 bit and for more than 15.
   * @param tensor  float32
   * @param bits    1 to 1024
   * @throws {ValueError} BAD_DTYPE, BAD_BITS, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED
   */
  async clip_(tensor: SharedTensor, bits: number, options: RunOptions = {}): Promise<SharedTensor> {
    checkKeys(options, RUN_KEYS, 'clip_', 'BAD_OPTION');
    checkOperand(tensor);
    checkBits(bits, nameTensor(tensor.name));
    return await this.#operate(tensor, { kind: 'clip', bits }, options);
  }

  /**
   * WAGE's Q, in place: clipped as by clip_, then rounded to a multiple of 2^(1 - bits), then over the scale if that is above
   * 1.8 (QW). 1 bit gives the sign; more than 15 bits are not rounded.
   * Stochastic rounding of a tensor once more needs another `iteration` (or seed, or name): else it has the same words as before, of
   * which a warning tells, once a process (`JUMPFILL_SAME_WORDS`).
   * @param tensor  float32
   * @param bits    1 to 1024
   * @throws as clip_; {ValueError} BAD_LIMIT: a scale that is not positive and finite
   */
  async quantize_(tensor: SharedTensor, bits: number, options: QuantizeOptions = {}): Promise<SharedTensor> {
    checkKeys(options, ['rounding', 'scale', 'iteration', ...FILL_KEYS], 'quantize_', 'BAD_OPTION');
    checkOperand(tensor);
    checkBits(bits, nameTensor(tensor.name));
    const { rounding, scale, iteration } = checkQuantization(options, tensor);
    this.checkStreams(tensor, options);
    if (rounding !== 'stochastic') {
      return await this.#operate(
        tensor,
        { kind: 'quantize', bits, rounding, scale, words: undefined },
        options,
      );
    }
    const { seed, offset, name } = this.chooseStreams(tensor, options);
    this.#roundings.note(name, `${seed} ${offset} ${iteration}`);
    const words = quantizeWords(seed, name, iteration);
    return await this.#operate(tensor, { kind: 'quantize', bits, rounding, scale, words }, options, offset);
  }

  /**
   * WAGE's Shift, in place: over the power of two nearest to the largest magnitude, in the logarithm (TensorFlow's), or over the
   * least that is not below it (`ceiling`, xbtorch's). Zeros stay zeros.
   * @param tensor  float32, finite
   * @throws as clip_; {ValueError} BAD_RANGE: an element is infinite or no number; the tensor is then as it was
   */
  async shift_(tensor: SharedTensor, options: ShiftOptions = {}): Promise<SharedTensor> {
    checkKeys(options, ['rounding', ...RUN_KEYS], 'shift_', 'BAD_OPTION');
    checkOperand(tensor);
    const { rounding: given = 'nearest' } = options;
    const rounding = checkOneOf(given, SHIFT_ROUNDINGS, 'rounding', tensor.name);
    const largest = new SharedArrayBuffer(4);
    const { signal } = options;
    await this.#operate(tensor, { kind: 'measure', largest }, { signal });
    const magnitude = readLargest(largest);
    if (!Number.isFinite(magnitude)) {
      const found = `${nameTensor(tensor.name)}: the largest magnitude is ${magnitude}.`;
      throw new ValueError('BAD_RANGE', found, 'Shift needs finite elements.');
    }
    return await this.#operate(
      tensor,
      { kind: 'shift', exponent: shiftExponent(magnitude, rounding) },
      options,
    );
  }

  async #operate(
    tensor: SharedTensor,
    operation: Operation,
    options: RunOptions,
    offset = 0,
  ): Promise<SharedTensor> {
    this.checkOpen();
    checkRunOptions(options, nameTensor(tensor.name));
    const { buffer, memory, byteOffset, length: elementCount } = tensor;
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    const job = {
      plan: planChunks([{ offset, elementCount }]),
      tensors: [{ kind: 'operate', operation, target } as const],
      once: true,
    };
    await this.track(this.coordinator.run(job, options));
    return tensor;
  }
}
