/**
 * The memory of tensors: allocated, or the caller's and checked.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { DTYPES, type Dtype } from '../../domain/tensors/dtypes.js';
import { countElements } from '../../domain/tensors/shapes.js';
import {
  allocateMemory,
  isSharedMemory,
  WASM_MAX_BYTES,
  WASM_PAGE_BYTES,
  type SharedMemory,
} from './wasm.js';

/** After one failure no other memory is tried: each attempt costs milliseconds of garbage collection. */
let isRoomLeft = true;

/** Undefined for less than a page, for more than WebAssembly can address, and where there is no room for one more. */
export function allocateTensorMemory(byteLength: number): SharedMemory | undefined {
  if (!isRoomLeft || byteLength < WASM_PAGE_BYTES || byteLength > WASM_MAX_BYTES) return undefined;
  const memory = allocateMemory(byteLength);
  isRoomLeft = memory !== undefined;
  return memory;
}

/** The checked form of a new tensor. */
export interface CheckedForm<D extends Dtype> {
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly name: string | undefined;
}

export interface CheckedMemory {
  readonly buffer: SharedArrayBuffer;
  /** The WebAssembly.Memory that the buffer belongs to, if the caller passed one. */
  readonly wasmMemory: SharedMemory | undefined;
}

/** @throws {ValueError} BAD_BUFFER: not shared, too small, or byteOffset misaligned */
export function checkMemory(memory: unknown, byteOffset: number, form: CheckedForm<Dtype>): CheckedMemory {
  const where = nameTensor(form.name);
  const wasmMemory = isSharedMemory(memory) ? memory : undefined;
  const buffer: unknown = wasmMemory?.buffer ?? memory;
  if (!(buffer instanceof SharedArrayBuffer)) throw refuseMemory(buffer, where);
  const { byteWidth } = DTYPES[form.dtype];
  // Packed elements begin at any byte.
  const unit = Math.max(byteWidth, 1);
  if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % unit !== 0) {
    const remedy = `For ${form.dtype} it is a multiple of ${unit}, from 0.`;
    throw new ValueError('BAD_BUFFER', `${where}: byteOffset is ${show(byteOffset)}.`, remedy);
  }
  const needed = countElements(form.shape) * byteWidth;
  if (byteOffset + needed > buffer.byteLength) {
    const found = `${where}: shape ${show(form.shape)} needs ${needed} bytes from ${byteOffset} on, the buffer has ${buffer.byteLength}.`;
    throw new ValueError('BAD_BUFFER', found, 'Pass a larger buffer or a smaller shape.');
  }
  return { buffer, wasmMemory };
}

/** A view has an offset of its own, which does not count: only the byteOffset that the caller passes does. */
function refuseMemory(given: unknown, where: string): ValueError {
  if (ArrayBuffer.isView(given) && given.buffer instanceof SharedArrayBuffer) {
    const found = `${where}: the buffer is ${show(given)}, a view of a SharedArrayBuffer.`;
    const remedy = `Pass the buffer of the view: SharedTensor.wrap(view.buffer, shape, { byteOffset: ${given.byteOffset} }).`;
    return new ValueError('BAD_BUFFER', found, remedy);
  }
  return new ValueError(
    'BAD_BUFFER',
    `${where}: the buffer is ${show(given)}, not shared.`,
    'Threads need a SharedArrayBuffer or a shared WebAssembly.Memory.',
  );
}
