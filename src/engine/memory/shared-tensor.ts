/**
 * A tensor in shared memory: what threads fill in place.
 * @module
 */
import { NotImplementedError, ValueError } from '../../base/errors.js';
import {
  checkDtype,
  DEFAULT_DTYPE,
  DTYPES,
  elementsAt,
  type Dtype,
  type ElementArrays,
} from '../../domain/tensors/dtypes.js';
import { checkShape, countElements } from '../../domain/tensors/shapes.js';
import { checkName } from '../../domain/tensors/names.js';
import { nameTensor, checkKeys, show } from '../../base/wording.js';
import { checkPositive } from '../../base/parameter-checks.js';
import { requireLittleEndian } from '../host/platform.js';
import { allocateTensorMemory, checkMemory, type CheckedForm } from './tensor-memory.js';
import type { SharedMemory, WasmMemory } from './wasm.js';

export interface TensorOptions<D extends Dtype = Dtype> {
  /** @defaultValue 'float32' */
  readonly dtype?: D | undefined;
  /** Chooses the tensor's streams, with the seed: the same name gives the same values. */
  readonly name?: string | undefined;
}

export interface WrapOptions<D extends Dtype = Dtype> extends TensorOptions<D> {
  /** The tensor's first byte in the buffer, a multiple of the element width. @defaultValue 0 */
  readonly byteOffset?: number | undefined;
  /** The weight scale of weights that are already in the memory. */
  readonly weightScale?: number | undefined;
  /** The step of int8 codes that are already in the memory. */
  readonly step?: number | undefined;
}

/** ES2025's, which this project's library types do not have yet. */
type Float16ArrayConstructor = new (
  buffer: SharedArrayBuffer,
  byteOffset: number,
  length: number,
) => Float16Elements;

/** A Float16Array, as far as it is used: indexed like other typed arrays. */
export interface Float16Elements {
  readonly length: number;
  [index: number]: number;
}

/** A tensor of any dtype. */
export type AnyTensor = SharedTensor<Dtype>;

/** Only this module has it, so that every tensor has been checked. */
const MAKER = Symbol('maker');

let hasOwnFields: (value: object) => boolean;

/** True only for a tensor that this module made, not for an object that resembles one. */
export const isSharedTensor = (value: unknown): value is AnyTensor =>
  typeof value === 'object' && value !== null && hasOwnFields(value);

/** Row-major elements in a SharedArrayBuffer, with WAGE's weight scale. Made by `empty` and `wrap`, not by `new`. */
export class SharedTensor<D extends Dtype = 'float32'> {
  readonly length: number;
  readonly byteLength: number;
  /** WAGE's weight scale: set by a fill with a WAGE initialiser, and by scaleLimit. */
  weightScale: number | undefined;
  /** Set when int8 codes are drawn: code × step / weightScale is the layer's weight. */
  step: number | undefined;
  #data: ElementArrays[D] | undefined;

  static {
    hasOwnFields = (value) => #data in value;
  }

  private constructor(
    maker: symbol,
    readonly buffer: SharedArrayBuffer,
    readonly byteOffset: number,
    readonly shape: readonly number[],
    readonly dtype: D,
    readonly name: string | undefined,
    /**
     * The WebAssembly.Memory that the buffer belongs to; kernels fill it in place. `empty` allocates one for tensors from 64 KiB
     * (a page of it) to 4 GiB.
     */
    readonly memory: SharedMemory | undefined,
  ) {
    if (maker !== MAKER) {
      const remedy = 'Make one with SharedTensor.empty(shape), or SharedTensor.wrap(memory, shape).';
      throw new ValueError('BAD_BUFFER', 'A SharedTensor is not made with new.', remedy);
    }
    this.length = countElements(shape);
    this.byteLength = this.length * DTYPES[dtype].byteWidth;
  }

  /**
   * Allocates a tensor of zeros. Its memory is reserved now and committed when it is first written.
   * @param shape  sizes of the dimensions, whole numbers from 0; `[]` is a scalar
   * @throws {ValueError} BAD_SHAPE, BAD_DTYPE, BAD_NAME, BAD_OPTION; TOO_LARGE: more than this machine can allocate
   * @throws {JumpfillError} UNSUPPORTED_PLATFORM: a big-endian processor
   */
  static empty<D extends Dtype = 'float32'>(
    shape: readonly number[],
    options: TensorOptions<D> = {},
  ): SharedTensor<D> {
    checkKeys(options, ['dtype', 'name'], 'SharedTensor.empty', 'BAD_OPTION');
    const form = checkForm(shape, options);
    const byteLength = countElements(form.shape) * DTYPES[form.dtype].byteWidth;
    try {
      const memory = allocateTensorMemory(byteLength);
      const buffer = memory?.buffer ?? new SharedArrayBuffer(byteLength);
      return new SharedTensor(MAKER, buffer, 0, form.shape, form.dtype, form.name, memory);
    } catch (cause) {
      const found = `${nameTensor(form.name)}: ${byteLength} bytes cannot be allocated here.`;
      throw new ValueError(
        'TOO_LARGE',
        found,
        'Fill it in pieces with `offset`, or write it to a file with writeCheckpoint.',
        { cause },
      );
    }
  }

  /**
   * Makes a tensor over existing memory. Nothing is copied or cleared.
   * @param memory  a SharedArrayBuffer, or a shared WebAssembly.Memory, which kernels fill without a copy
   * @throws {ValueError} BAD_BUFFER: not shared, too small, or byteOffset misaligned; BAD_SHAPE, BAD_DTYPE, BAD_NAME, BAD_OPTION
   * @throws {JumpfillError} UNSUPPORTED_PLATFORM: a big-endian processor
   */
  static wrap<D extends Dtype = 'float32'>(
    memory: SharedArrayBuffer | WasmMemory,
    shape: readonly number[],
    options: WrapOptions<D> = {},
  ): SharedTensor<D> {
    checkKeys(
      options,
      ['dtype', 'name', 'byteOffset', 'weightScale', 'step'],
      'SharedTensor.wrap',
      'BAD_OPTION',
    );
    const { byteOffset = 0, weightScale, step } = options;
    const form = checkForm(shape, options);
    const { buffer, wasmMemory } = checkMemory(memory, byteOffset, form);
    const tensor = new SharedTensor(MAKER, buffer, byteOffset, form.shape, form.dtype, form.name, wasmMemory);
    tensor.weightScale = checkScale(weightScale, 'weightScale', form.name);
    tensor.step = checkScale(step, 'step', form.name);
    return tensor;
  }

  /** All elements, in place; of dtypes below 8 bits and of complex64 their bytes. */
  get data(): ElementArrays[D] {
    return (this.#data ??= elementsAt(this.dtype, this.buffer, this.byteOffset, this.length));
  }

  /**
   * All elements of a float16 tensor, in place, as numbers.
   * @throws {NotImplementedError} NOT_IMPLEMENTED: this JavaScript engine has no Float16Array; Node 24 and later have
   * @throws {ValueError} BAD_DTYPE: not float16
   */
  get float16Data(): Float16Elements {
    const { Float16Array } = globalThis as { Float16Array?: Float16ArrayConstructor };
    const where = nameTensor(this.name);
    if (this.dtype !== 'float16') {
      throw new ValueError(
        'BAD_DTYPE',
        `${where}: dtype is ${show(this.dtype)}.`,
        'Only float16 has float16Data.',
      );
    }
    if (Float16Array === undefined) {
      throw new NotImplementedError(
        `${where}: this JavaScript engine has no Float16Array: Node 24 and later have one.`,
        'Read the bit patterns of `data`, or convert them with toFloat32(tensor).',
      );
    }
    return new Float16Array(this.buffer, this.byteOffset, this.length);
  }

  /**
   * Copies the tensor, its weight scale and its step into memory of its own.
   * @throws {ValueError} TOO_LARGE: more than this machine can allocate
   */
  clone(): SharedTensor<D> {
    const { dtype, name } = this;
    const copy = SharedTensor.empty<D>(this.shape, { dtype, name });
    bytesOf(copy).set(bytesOf(this));
    copy.weightScale = this.weightScale;
    copy.step = this.step;
    return copy;
  }
}

const checkScale = (
  value: number | undefined,
  parameter: string,
  name: string | undefined,
): number | undefined =>
  value === undefined ? undefined : checkPositive(value, parameter, name, 'BAD_OPTION');

const bytesOf = ({ buffer, byteOffset, byteLength }: SharedTensor<Dtype>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function checkForm<D extends Dtype>(shape: readonly number[], options: TensorOptions<D>): CheckedForm<D> {
  requireLittleEndian();
  const name = options.name === undefined ? undefined : checkName(options.name);
  // Without a dtype, D is its default: the same.
  const dtype = (options.dtype === undefined ? DEFAULT_DTYPE : checkDtype(options.dtype, name)) as D;
  return { shape: checkShape(shape, dtype, name), dtype, name };
}
