/**
 * A tensor's values as float32: JavaScript has no bfloat16 arrays, and few engines have float16 arrays.
 * @module
 */
import type * as halves from '../domain/arithmetic/half.js';
import type * as narrowFloats from '../domain/arithmetic/narrow-floats.js';
import { nameTensor, show } from '../base/wording.js';
import { isOf, type BigElementArray, type ElementArray } from '../domain/tensors/dtypes.js';
import { OnDemand } from '../engine/host/on-demand.js';
import { requireLittleEndian } from '../engine/host/platform.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import { checkTensor } from './check-tensor.js';

const half = new OnDemand<typeof halves>('src/domain/arithmetic/half.js');
const narrow = new OnDemand<typeof narrowFloats>('src/domain/arithmetic/narrow-floats.js');

/**
 * Copies a tensor as float32, row-major: float32 and floats of 8 and 16 bits exactly, float64 rounded to nearest. int8 codes stay the
 * numbers they are: code × step / weightScale is a weight.
 * @throws {ValueError} BAD_BUFFER: not a SharedTensor; BAD_DTYPE: a dtype that is not computed with, such as float4_e2m1fn; TOO_LARGE: more than this machine can allocate
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM: a big-endian processor
 */
export function toFloat32(tensor: AnyTensor): Float32Array {
  requireLittleEndian();
  checkTensor(tensor, 'toFloat32: the tensor');
  const { data, dtype } = tensor;
  if (isOf(dtype, 'opaque')) throw refuseDtype(tensor);
  const numbers = allocate(tensor);
  if (isOf(dtype, 'half')) half.load().widenHalves(numbers, data as Uint16Array, dtype);
  else if (isOf(dtype, 'float8')) narrow.load().widenFloat8(numbers, data as Uint8Array, dtype);
  else if (isBig(data)) for (let i = 0; i < numbers.length; i++) numbers[i] = Number(data[i]);
  else numbers.set(data);
  return numbers;
}

const isBig = (data: ElementArray): data is BigElementArray =>
  data instanceof BigInt64Array || data instanceof BigUint64Array;

function refuseDtype({ dtype, name }: AnyTensor): ValueError {
  const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
  return new ValueError('BAD_DTYPE', found, 'toFloat32 does not read it: read the bit patterns of `data`.');
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
