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
import { checkPositive } from '../../base/checks.js';
import { requireLittleEndian } from '../host/platform.js';
import {
  allocateMemory,
  isSharedMemory,
  WASM_MAX_BYTES,
  WASM_PAGE_BYTES,
  type SharedMemory,
} from './wasm.js';

export interface TensorOptions<D extends Dtype = Dtype> {
  /** @defaultValue 'float32' */
  readonly dtype?: D | undefined;
  /** Chooses the tensor's streams, with the seed: the same name gives the same values. */
  readonly name?: string | undefined;
}

export interface WrapOptions<D extends Dtype = Dtype> extends TensorOptions<D> {
  /** Where in the buffer the tensor begins, a multiple of the element width. @defaultValue 0 */
  readonly byteOffset?: number | undefined;
  /** The scale of weights that are already there. */
  readonly weightScale?: number | undefined;
  /** What a code that is already there is worth. */
  readonly step?: number | undefined;
}

/** In ES2025, and so not in this project's library types. */
type Float16ArrayConstructor = new (
  buffer: SharedArrayBuffer,
  byteOffset: number,
  length: number,
) => Float16Elements;

/** What a Float16Array has of the other typed arrays, as far as it is used. */
export interface Float16Elements {
  readonly length: number;
  [index: number]: number;
}

/** A tensor of any dtype. */
export type AnyTensor = SharedTensor<Dtype>;

/** Only this module has it: what is made without it would be unchecked. */
const MAKER = Symbol('maker');

let hasOwnFields: (value: object) => boolean;

/** A tensor that this module made, and nothing that looks like one. */
export const isSharedTensor = (value: unknown): value is AnyTensor =>
  typeof value === 'object' && value !== null && hasOwnFields(value);

/** Row-major elements in a SharedArrayBuffer, and WAGE's weight scale beside them. */
export class SharedTensor<D extends Dtype = 'float32'> {
  readonly length: number;
  readonly byteLength: number;
  /** WAGE's scale, once wageInit_ or scaleLimit has set it. */
  weightScale: number | undefined;
  /** Of int8 codes, once they are drawn: codes times step / weightScale are the layer's weights. */
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
     * The WebAssembly.Memory whose buffer this is; kernels fill it in place. The library allocates one for tensors from 64 KiB (a
     * page of it) to 4 GiB.
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
   * Allocates a tensor of zeros. The memory is reserved, and becomes real when it is first written.
   * @throws {ValueError} BAD_SHAPE, BAD_DTYPE, BAD_NAME; TOO_LARGE: more than this machine can allocate
   */
  static empty<D extends Dtype = 'float32'>(
    shape: readonly number[],
    options: TensorOptions<D> = {},
  ): SharedTensor<D> {
    checkKeys(options, ['dtype', 'name'], 'SharedTensor.empty', 'BAD_OPTION');
    const form = parseStructure(shape, options);
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
   * A tensor over memory that is already there. Nothing is copied or cleared.
   * @param memory  a SharedArrayBuffer, or a shared WebAssembly.Memory, which kernels fill without a copy
   * @throws {ValueError} BAD_BUFFER: not shared, too small, or byteOffset misaligned; BAD_SHAPE, BAD_DTYPE, BAD_NAME
   */
  static wrap<D extends Dtype = 'float32'>(
    memory: SharedArrayBuffer | SharedMemory,
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
    const form = parseStructure(shape, options);
    const where = nameTensor(form.name);
    const wasmMemory = isSharedMemory(memory) ? memory : undefined;
    const buffer: unknown = wasmMemory?.buffer ?? memory;
    if (!(buffer instanceof SharedArrayBuffer)) throw refuseMemory(buffer, where);
    const { byteWidth } = DTYPES[form.dtype];
    if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % byteWidth !== 0) {
      const found = `${where}: byteOffset is ${show(byteOffset)}.`;
      throw new ValueError(
        'BAD_BUFFER',
        found,
        `For ${form.dtype} it is a multiple of ${byteWidth}, from 0.`,
      );
    }
    const needed = countElements(form.shape) * byteWidth;
    if (byteOffset + needed > buffer.byteLength) {
      const found = `${where}: shape ${show(shape)} needs ${needed} bytes from ${byteOffset} on, the buffer has ${buffer.byteLength}.`;
      throw new ValueError('BAD_BUFFER', found, 'Pass a larger buffer or a smaller shape.');
    }
    const tensor = new SharedTensor(MAKER, buffer, byteOffset, form.shape, form.dtype, form.name, wasmMemory);
    tensor.weightScale = checkScale(weightScale, 'weightScale', form.name);
    tensor.step = checkScale(step, 'step', form.name);
    return tensor;
  }

  /** All elements, in place. */
  get data(): ElementArrays[D] {
    return (this.#data ??= elementsAt(this.dtype, this.buffer, this.byteOffset, this.length));
  }

  /**
   * All elements of a float16 tensor, in place, as numbers.
   * @throws {NotImplementedError} this engine has no Float16Array (Node 24 and later have)
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
        `${where}: this engine has no Float16Array.`,
        'Read the bit patterns of `data`.',
      );
    }
    return new Float16Array(this.buffer, this.byteOffset, this.length);
  }

  /** A tensor of its own with the same shape, dtype, name, weight scale and bytes. */
  clone(): SharedTensor<D> {
    const { dtype, name } = this;
    const copy = SharedTensor.empty<D>(this.shape, name === undefined ? { dtype } : { dtype, name });
    bytesOf(copy).set(bytesOf(this));
    copy.weightScale = this.weightScale;
    copy.step = this.step;
    return copy;
  }
}

/** A view begins somewhere in its buffer, which two numbers tell; only the second is ours to read. */
function refuseMemory(given: unknown, where: string): ValueError {
  if (ArrayBuffer.isView(given) && given.buffer instanceof SharedArrayBuffer) {
    const found = `${where}: the buffer is ${show(given)}, a view of a SharedArrayBuffer.`;
    const remedy = `Pass what it is a view of: SharedTensor.wrap(view.buffer, shape, { byteOffset: ${given.byteOffset} }).`;
    return new ValueError('BAD_BUFFER', found, remedy);
  }
  const found = `${where}: the buffer is ${show(given)}, not shared.`;
  return new ValueError(
    'BAD_BUFFER',
    found,
    'Threads need a SharedArrayBuffer or a shared WebAssembly.Memory.',
  );
}

const checkScale = (
  value: number | undefined,
  parameter: string,
  name: string | undefined,
): number | undefined =>
  value === undefined ? undefined : checkPositive(value, parameter, name, 'BAD_OPTION');

const bytesOf = ({ buffer, byteOffset, byteLength }: SharedTensor<Dtype>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Once there was no room for one more, asking again would cost milliseconds of garbage collection each time. */
let isRoomLeft = true;

/** Undefined for less than a page, and where a plain buffer has to do. */
function allocateTensorMemory(byteLength: number): SharedMemory | undefined {
  if (!isRoomLeft || byteLength < WASM_PAGE_BYTES || byteLength > WASM_MAX_BYTES) return undefined;
  const memory = allocateMemory(byteLength);
  isRoomLeft = memory !== undefined;
  return memory;
}

function parseStructure<D extends Dtype>(
  shape: readonly number[],
  options: TensorOptions<D>,
): { shape: readonly number[]; dtype: D; name: string | undefined } {
  requireLittleEndian();
  const name = options.name === undefined ? undefined : checkName(options.name);
  // Without one, D is its default, which is the same.
  const dtype = (options.dtype === undefined ? DEFAULT_DTYPE : checkDtype(options.dtype, name)) as D;
  return { shape: checkShape(shape, dtype, name), dtype, name };
}
