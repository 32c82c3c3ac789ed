/**
 * WAGE's operators, on tensors in place.
 * @module
 */
import { planChunks } from '../domain/partition/chunks.js';
import { checkOneOf } from '../base/parameter-checks.js';
import { quantizeWords, readLargest, type Operation } from '../domain/operators/operation.js';
import { shiftExponent } from '../domain/operators/wage-operators.js';
import { nameTensor, checkKeys } from '../base/wording.js';
import { checkBits } from '../domain/recipes/wage.js';
import { checkRunOptions, type RunOptions } from '../engine/jobs/coordinator.js';
import type { SharedTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import {
  checkOperand,
  checkQuantization,
  RUN_KEYS,
  SHIFT_ROUNDINGS,
  STREAM_KEYS,
  type QuantizeOptions,
  type ShiftOptions,
} from './fill-options.js';
import type { EngineJobs } from './engine-jobs.js';
import { Roundings } from './repeated-rounding.js';
import type { StreamChooser } from './fill-streams.js';

const QUANTIZE_KEYS = ['rounding', 'scale', 'call', 'iteration', ...STREAM_KEYS, ...RUN_KEYS];

export class Operators {
  readonly #jobs: EngineJobs;
  readonly #streams: StreamChooser;
  readonly #roundings = new Roundings();

  constructor(jobs: EngineJobs, streams: StreamChooser) {
    this.#jobs = jobs;
    this.#streams = streams;
  }

  async clip(tensor: SharedTensor, bits: number, options: RunOptions): Promise<SharedTensor> {
    checkKeys(options, RUN_KEYS, 'clip_', 'BAD_OPTION');
    checkOperand(tensor);
    checkBits(bits, nameTensor(tensor.name));
    return await this.#operate(tensor, { kind: 'clip', bits }, options);
  }

  async quantize(tensor: SharedTensor, bits: number, options: QuantizeOptions): Promise<SharedTensor> {
    checkKeys(options, QUANTIZE_KEYS, 'quantize_', 'BAD_OPTION');
    checkOperand(tensor);
    checkBits(bits, nameTensor(tensor.name));
    const { rounding, scale, call } = checkQuantization(options, tensor);
    this.#streams.check(tensor, options);
    if (rounding !== 'stochastic') {
      return await this.#operate(
        tensor,
        { kind: 'quantize', bits, rounding, scale, words: undefined },
        options,
      );
    }
    const { seed, offset, name } = this.#streams.choose(tensor, options);
    this.#roundings.note(name, `${seed} ${offset} ${call}`);
    const words = quantizeWords(seed, name, call);
    return await this.#operate(tensor, { kind: 'quantize', bits, rounding, scale, words }, options, offset);
  }

  async shift(tensor: SharedTensor, options: ShiftOptions): Promise<SharedTensor> {
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
    this.#jobs.checkOpen();
    checkRunOptions(options, nameTensor(tensor.name));
    const { buffer, memory, byteOffset, length: elementCount } = tensor;
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    const job = {
      chunks: planChunks([{ offset, elementCount }]),
      tensors: [{ kind: 'operate', operation, target } as const],
      once: true,
    };
    await this.#jobs.run(job, options);
    return tensor;
  }
}
