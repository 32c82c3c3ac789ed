/**
 * A tensor in shared memory: what threads fill in place.
 * @module
 */
import { ValueError } from '../errors.js';
import {
  checkDtype,
  checkName,
  checkShape,
  countElements,
  DEFAULT_DTYPE,
  DTYPES,
  nameTensor,
  type Dtype,
} from '../domain/tensor.js';
import { checkKeys, show } from '../domain/words.js';
import {
  allocateMemory,
  isSharedMemory,
  WASM_MAX_BYTES,
  WASM_PAGE_BYTES,
  type SharedMemory,
} from './wasm.js';

export interface TensorOptions {
  /** @defaultValue 'float32' */
  readonly dtype?: Dtype;
  /** Chooses the tensor's streams, with the seed: the same name gives the same values. */
  readonly name?: string;
}

export interface WrapOptions extends TensorOptions {
  /** Where in the buffer the tensor begins, a multiple of the element width. @defaultValue 0 */
  readonly byteOffset?: number;
  /** The scale of weights that are already there. */
  readonly weightScale?: number;
}

/** Row-major elements in a SharedArrayBuffer, and WAGE's weight scale beside them. */
export class SharedTensor {
  readonly length: number;
  readonly byteLength: number;
  /** WAGE's scale, once wageInit_ or scaleLimit has set it. */
  weightScale: number | undefined;
  #data: Float32Array | undefined;

  private constructor(
    readonly buffer: SharedArrayBuffer,
    readonly byteOffset: number,
    readonly shape: readonly number[],
    readonly dtype: Dtype,
    readonly name: string | undefined,
    /**
     * The WebAssembly.Memory whose buffer this is; kernels fill it in place. The library allocates one for tensors from 64 KiB (a
     * page of it) to 4 GiB.
     */
    readonly memory: SharedMemory | undefined,
  ) {
    this.length = countElements(shape);
    this.byteLength = this.length * DTYPES[dtype].byteWidth;
  }

  /**
   * Allocates a tensor of zeros. The memory is reserved, and becomes real when it is first written.
   * @throws {ValueError} BAD_SHAPE, BAD_DTYPE, BAD_NAME; TOO_LARGE: more than this machine can allocate
   */
  static empty(shape: readonly number[], options: TensorOptions = {}): SharedTensor {
    checkKeys(options, ['dtype', 'name'], 'SharedTensor.empty', 'BAD_OPTION');
    const form = checkForm(shape, options);
    const byteLength = countElements(form.shape) * DTYPES[form.dtype].byteWidth;
    try {
      const memory = allocateTensorMemory(byteLength);
      const buffer = memory?.buffer ?? new SharedArrayBuffer(byteLength);
      return new SharedTensor(buffer, 0, form.shape, form.dtype, form.name, memory);
    } catch (cause) {
      const found = `${nameTensor(form.name)}: ${byteLength} bytes cannot be allocated here.`;
      throw new ValueError(
        'TOO_LARGE',
        found,
        'Fill it in pieces with `offset`, or write it to a file with initModel.',
        { cause },
      );
    }
  }

  /**
   * A tensor over memory that is already there. Nothing is copied or cleared.
   * @param memory  a SharedArrayBuffer, or a shared WebAssembly.Memory, which kernels fill without a copy
   * @throws {ValueError} BAD_BUFFER: not shared, too small, or byteOffset misaligned; BAD_SHAPE, BAD_DTYPE, BAD_NAME
   */
  static wrap(
    memory: SharedArrayBuffer | SharedMemory,
    shape: readonly number[],
    options: WrapOptions = {},
  ): SharedTensor {
    checkKeys(options, ['dtype', 'name', 'byteOffset', 'weightScale'], 'SharedTensor.wrap', 'BAD_OPTION');
    const { byteOffset = 0, weightScale } = options;
    const form = checkForm(shape, options);
    const where = nameTensor(form.name);
    const wasmMemory = isSharedMemory(memory) ? memory : undefined;
    const buffer: unknown = wasmMemory?.buffer ?? memory;
    if (!(buffer instanceof SharedArrayBuffer)) {
      const found = `${where}: the buffer is ${Object.prototype.toString.call(buffer).slice(8, -1)}, not shared.`;
      throw new ValueError(
        'BAD_BUFFER',
        found,
        'Threads need a SharedArrayBuffer or a shared WebAssembly.Memory.',
      );
    }
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
    const tensor = new SharedTensor(buffer, byteOffset, form.shape, form.dtype, form.name, wasmMemory);
    if (weightScale !== undefined && !(weightScale > 0 && weightScale < Infinity)) {
      throw new ValueError(
        'BAD_OPTION',
        `${where}: weightScale is ${show(weightScale)}.`,
        'A scale is a positive finite number.',
      );
    }
    tensor.weightScale = weightScale;
    return tensor;
  }

  /** All elements, in place. */
  get data(): Float32Array {
    return (this.#data ??= new Float32Array(this.buffer, this.byteOffset, this.length));
  }

  /** A tensor of its own with the same shape, dtype, name, weight scale and bytes. */
  clone(): SharedTensor {
    const { dtype, name } = this;
    const copy = SharedTensor.empty(this.shape, name === undefined ? { dtype } : { dtype, name });
    copy.data.set(this.data);
    copy.weightScale = this.weightScale;
    return copy;
  }
}

/** Once there was no room for one more, asking again would cost milliseconds of garbage collection each time. */
let isRoomLeft = true;

/** Undefined for less than a page, and where a plain buffer has to do. */
function allocateTensorMemory(byteLength: number): SharedMemory | undefined {
  if (!isRoomLeft || byteLength < WASM_PAGE_BYTES || byteLength > WASM_MAX_BYTES) return undefined;
  const memory = allocateMemory(byteLength);
  isRoomLeft = memory !== undefined;
  return memory;
}

function checkForm(
  shape: readonly number[],
  options: TensorOptions,
): { shape: readonly number[]; dtype: Dtype; name: string | undefined } {
  const name = options.name === undefined ? undefined : checkName(options.name);
  const dtype = checkDtype(options.dtype ?? DEFAULT_DTYPE, name);
  return { shape: checkShape(shape, dtype, name), dtype, name };
}
