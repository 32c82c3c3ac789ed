/**
 * Dtypes, shapes and names: what a tensor is, before it has memory.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { translateDtype } from '../../base/foreign-words.js';
import { nameTensor, show, suggest } from '../../base/wording.js';

/** The arrays that hold a tensor's elements; halves are 16-bit patterns. */
export interface ElementArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly int8: Int8Array;
}

/** Element types that can be filled; int8 holds the codes of WAGE weights. */
export type Dtype = keyof ElementArrays;

export type ElementArray = ElementArrays[Dtype];

type ArrayConstructor<Elements> = new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => Elements;

interface DtypeFacts<Elements> {
  readonly byteWidth: number;
  readonly Elements: ArrayConstructor<Elements>;
  /** The name in a safetensors header. */
  readonly safetensors: string;
  /** The largest finite value. */
  readonly largest: number;
  /** A smaller standard deviation would leave too little of the values' precision, or nothing but zeros. */
  readonly leastStd: number;
}

export const DTYPES: { readonly [D in Dtype]: DtypeFacts<ElementArrays[D]> } = {
  float32: {
    byteWidth: 4,
    Elements: Float32Array,
    safetensors: 'F32',
    largest: (2 - 2 ** -23) * 2 ** 127,
    leastStd: 2 ** -126,
  },
  float64: {
    byteWidth: 8,
    Elements: Float64Array,
    safetensors: 'F64',
    largest: Number.MAX_VALUE,
    leastStd: 2 ** -950,
  },
  float16: {
    byteWidth: 2,
    Elements: Uint16Array,
    safetensors: 'F16',
    largest: 65_504,
    leastStd: 2 ** -24,
  },
  bfloat16: {
    byteWidth: 2,
    Elements: Uint16Array,
    safetensors: 'BF16',
    largest: (2 - 2 ** -7) * 2 ** 127,
    leastStd: 2 ** -126,
  },
  int8: { byteWidth: 1, Elements: Int8Array, safetensors: 'I8', largest: 127, leastStd: 1 },
};

/** In what precision a dtype's values are computed, before they are narrowed. */
export const carrierOf = (dtype: Dtype): 'float32' | 'float64' => (dtype === 'float64' ? dtype : 'float32');

/** The elements at a place of a buffer, as the dtype's array. */
export function elementsAt<D extends Dtype>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  elementCount: number,
): ElementArrays[D] {
  const { Elements } = DTYPES[dtype];
  return new Elements(buffer, byteOffset, elementCount);
}

export const DTYPE_NAMES = Object.keys(DTYPES) as readonly Dtype[];

export const DEFAULT_DTYPE: Dtype = 'float32';

/** What a recipe has to know of a tensor. */
export interface TensorForm {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly name?: string | undefined;
}

export function checkDtype(dtype: unknown, name?: string): Dtype {
  const known = DTYPE_NAMES.find((candidate) => candidate === dtype);
  if (known !== undefined) return known;
  throw new ValueError(
    'BAD_DTYPE',
    `${nameTensor(name)}: dtype is ${show(dtype)}.`,
    suggest(dtype, DTYPE_NAMES, translateDtype(dtype)),
  );
}

/** Names that JSON readers or the safetensors header give a meaning of their own. */
const RESERVED_NAMES = new Set(['__metadata__', '__proto__']);

/** @throws {ValueError} BAD_NAME: not a string, empty, reserved, or not well-formed Unicode */
export function checkName(name: unknown): string {
  const remedy = 'A name is a non-empty string such as "fc1.weight".';
  if (typeof name !== 'string' || name === '') {
    throw new ValueError('BAD_NAME', `A tensor's name is ${show(name)}.`, remedy);
  }
  if (RESERVED_NAMES.has(name)) {
    throw new ValueError(
      'BAD_NAME',
      `A tensor's name is "${name}", which is reserved.`,
      'Choose another name.',
    );
  }
  if (!name.isWellFormed()) {
    const found = `A tensor's name, ${show(name)}, holds half of a surrogate pair.`;
    throw new ValueError('BAD_NAME', found, 'Names are hashed and saved as UTF-8: use well-formed Unicode.');
  }
  return name;
}

/**
 * @param shape  dimensions in elements, row-major; `[]` is a scalar, a 0 makes the tensor empty
 * @throws {ValueError} BAD_SHAPE: no array, or a dimension that is negative, fractional or no number
 */
export function checkDimensions(shape: unknown, name?: string): readonly number[] {
  if (!Array.isArray(shape)) {
    const found = `${nameTensor(name)}: the shape is ${show(shape)}.`;
    throw new ValueError('BAD_SHAPE', found, 'A shape is an array of dimensions such as [128, 3, 3, 3].');
  }
  // Copied: a hole becomes undefined, which forEach would pass over.
  const dimensions: readonly unknown[] = [...(shape as readonly unknown[])];
  dimensions.forEach((size, axis) => {
    if (typeof size === 'number' && Number.isInteger(size) && size >= 0) return;
    const found = `${nameTensor(name)}: dimension ${axis} is ${show(size)}.`;
    throw new ValueError('BAD_SHAPE', found, 'Dimensions are whole numbers from 0; a scalar is [].');
  });
  return Object.freeze(dimensions) as readonly number[];
}

/**
 * @throws {ValueError} BAD_SHAPE: as checkDimensions; TOO_LARGE: more than 2^53 - 1 bytes in all
 */
export function checkShape(shape: unknown, dtype: Dtype, name?: string): readonly number[] {
  const checked = checkDimensions(shape, name);
  // Readers multiply in order, in 64 bits: a 0 behind does not mend an overflow before it.
  const isCountable =
    checked.reduce((product, size) => (product < 2 ** 64 ? product * size : NaN), 1) < 2 ** 64;
  if (!isCountable || !Number.isSafeInteger(countElements(checked) * DTYPES[dtype].byteWidth)) {
    const found = `${nameTensor(name)}: shape ${show(shape)} has more than 2^53 - 1 bytes.`;
    throw new ValueError('TOO_LARGE', found, 'Split it into several tensors.');
  }
  return checked;
}

/** The product of the dimensions; 1 for a scalar. A product past 2^53 comes out rounded: see checkShape. */
export function countElements(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}
