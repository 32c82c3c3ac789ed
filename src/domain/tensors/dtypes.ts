/**
 * Dtypes: the element types that can be filled, and what each one holds.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { translateDtype } from '../../base/foreign-names.js';
import { nameTensor, show, suggest } from '../../base/wording.js';

/** The array type of each dtype; halves are 16-bit patterns. */
export interface ElementArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly int8: Int8Array;
}

/** Element types that can be filled; int8 holds constants and the codes of WAGE weights. */
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
  /** A smaller standard deviation would leave too little precision, or only zeros. */
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

/** The precision in which a dtype's values are computed before they are narrowed. */
export const carrierOf = (dtype: Dtype): 'float32' | 'float64' => (dtype === 'float64' ? dtype : 'float32');

/** Elements of a buffer, as the dtype's array. */
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

export function checkDtype(dtype: unknown, name?: string): Dtype {
  const known = DTYPE_NAMES.find((candidate) => candidate === dtype);
  if (known !== undefined) return known;
  throw new ValueError(
    'BAD_DTYPE',
    `${nameTensor(name)}: dtype is ${show(dtype)}.`,
    suggest(dtype, DTYPE_NAMES, translateDtype(dtype, DTYPE_NAMES)),
  );
}
