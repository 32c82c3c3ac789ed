/**
 * A tensor's values as float32: JavaScript has no bfloat16 arrays, and few engines have float16 arrays.
 * @module
 */
import { widenHalves } from '../domain/arithmetic/half.js';
import { nameTensor } from '../base/wording.js';
import { requireLittleEndian } from '../engine/host/platform.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import { checkTensor } from './fill-options.js';

/**
 * Copies a tensor as float32, row-major: float16, bfloat16 and float32 exactly, float64 rounded to nearest. int8 codes stay the
 * numbers they are: code × step / weightScale is a weight.
 * @throws {ValueError} BAD_BUFFER: not a SharedTensor; TOO_LARGE: more than this machine can allocate
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM: a big-endian processor
 */
export function toFloat32(tensor: AnyTensor): Float32Array {
  requireLittleEndian();
  checkTensor(tensor, 'toFloat32: the tensor');
  const { data, dtype } = tensor;
  const numbers = allocate(tensor);
  if (dtype === 'float16' || dtype === 'bfloat16') widenHalves(numbers, data as Uint16Array, dtype);
  else numbers.set(data);
  return numbers;
}

function allocate({ length, name }: AnyTensor): Float32Array {
  try {
    return new Float32Array(length);
  } catch (cause) {
    const found = `${nameTensor(name)}: a copy of ${4 * length} bytes cannot be allocated here.`;
    throw new ValueError('TOO_LARGE', found, 'Read it in pieces: read(name, start, end) of a checkpoint.', {
      cause,
    });
  }
}
