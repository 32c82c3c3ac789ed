/**
 * Dtypes: the element types that can be filled, their categories, and what each one holds.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { translateDtype } from '../../base/foreign-names.js';
import { nameTensor, show, suggest } from '../../base/wording.js';

/** Categories of dtypes, and the dtypes of each. Code that depends on what a dtype holds asks for its category. */
export interface DtypesOf {
  float: 'float32' | 'float64';
  half: 'float16' | 'bfloat16';
  float8: 'float8_e4m3fn' | 'float8_e5m2';
  integer: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64';
  boolean: 'bool';
  /** Not computed with: a tensor of them holds nothing but one constant. */
  opaque:
    | 'float8_e8m0fnu'
    | 'float8_e4m3fnuz'
    | 'float8_e5m2fnuz'
    | 'float4_e2m1fn'
    | 'float6_e2m3fn'
    | 'float6_e3m2fn'
    | 'complex64';
}

export type Category = keyof DtypesOf;

/** Element types that can be filled. */
export type Dtype = DtypesOf[Category];

export type FloatDtype = DtypesOf['float'];
export type Float8Dtype = DtypesOf['float8'];
export type IntegerDtype = DtypesOf['integer'];
export type OpaqueDtype = DtypesOf['opaque'];
/** The dtypes of whole numbers; those of a bool are 0 and 1. */
export type WholeDtype = DtypesOf['integer' | 'boolean'];

/**
 * The array type of each dtype. Halves are 16-bit patterns, 8-bit floats 8-bit patterns. Dtypes below 8 bits and complex64 are bytes,
 * not elements.
 */
export interface ElementArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly float8_e4m3fn: Uint8Array;
  readonly float8_e5m2: Uint8Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly int64: BigInt64Array;
  readonly uint64: BigUint64Array;
  readonly bool: Uint8Array;
  readonly float8_e8m0fnu: Uint8Array;
  readonly float8_e4m3fnuz: Uint8Array;
  readonly float8_e5m2fnuz: Uint8Array;
  readonly float4_e2m1fn: Uint8Array;
  readonly float6_e2m3fn: Uint8Array;
  readonly float6_e3m2fn: Uint8Array;
  readonly complex64: Uint8Array;
}

export type ElementArray = ElementArrays[Dtype];

/** Arrays of bigints hold int64 and uint64. */
export type BigElementArray = BigInt64Array | BigUint64Array;
export type NumberElementArray = Exclude<ElementArray, BigElementArray>;

interface ArrayConstructor<Elements> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements;
}

type CategoryOf<D extends Dtype> = { [C in Category]: D extends DtypesOf[C] ? C : never }[Category];

interface DtypeFacts<D extends Dtype> {
  readonly category: CategoryOf<D>;
  /** Bytes of an element; below 1 where elements are packed: a tensor of them fills whole bytes. */
  readonly byteWidth: number;
  readonly Elements: ArrayConstructor<ElementArrays[D]>;
  /** The name in a safetensors header. */
  readonly safetensors: string;
  /** The largest finite value; for 64-bit integers the largest double that is not above it. */
  readonly largest: number;
  /** A smaller standard deviation would leave too little precision, or only zeros. */
  readonly leastStd: number;
}

/** The largest value of a float: of 1.11...1 with that many fraction bits, the last of them less where the pattern is a NaN. */
const FLOAT32_LARGEST = (2 - 2 ** -23) * 2 ** 127;

const integer = <D extends IntegerDtype>(
  Elements: ArrayConstructor<ElementArrays[D]>,
  safetensors: string,
  largest: number,
) =>
  ({
    category: 'integer',
    byteWidth: Elements.BYTES_PER_ELEMENT,
    Elements,
    safetensors,
    largest,
    leastStd: 1,
  }) as const;

const opaque = (byteWidth: number, safetensors: string, largest: number) =>
  ({
    category: 'opaque',
    byteWidth,
    Elements: Uint8Array,
    safetensors,
    largest,
    leastStd: Infinity,
  }) as const;

export const DTYPES: { readonly [D in Dtype]: DtypeFacts<D> } = {
  float32: {
    category: 'float',
    byteWidth: 4,
    Elements: Float32Array,
    safetensors: 'F32',
    largest: FLOAT32_LARGEST,
    leastStd: 2 ** -126,
  },
  float64: {
    category: 'float',
    byteWidth: 8,
    Elements: Float64Array,
    safetensors: 'F64',
    largest: Number.MAX_VALUE,
    leastStd: 2 ** -950,
  },
  float16: {
    category: 'half',
    byteWidth: 2,
    Elements: Uint16Array,
    safetensors: 'F16',
    largest: 65_504,
    leastStd: 2 ** -24,
  },
  bfloat16: {
    category: 'half',
    byteWidth: 2,
    Elements: Uint16Array,
    safetensors: 'BF16',
    largest: (2 - 2 ** -7) * 2 ** 127,
    leastStd: 2 ** -126,
  },
  // The 8-bit floats: OCP 8-bit Floating Point Specification (OFP8) 1.0, 2023, table 1. With the least std, a quarter of
  // the least subnormal, 4.6 % of a normal's values are not 0.
  float8_e4m3fn: {
    category: 'float8',
    byteWidth: 1,
    Elements: Uint8Array,
    safetensors: 'F8_E4M3',
    largest: 448,
    leastStd: 2 ** -11,
  },
  float8_e5m2: {
    category: 'float8',
    byteWidth: 1,
    Elements: Uint8Array,
    safetensors: 'F8_E5M2',
    largest: 57_344,
    leastStd: 2 ** -18,
  },
  int8: integer<'int8'>(Int8Array, 'I8', 127),
  uint8: integer<'uint8'>(Uint8Array, 'U8', 255),
  int16: integer<'int16'>(Int16Array, 'I16', 2 ** 15 - 1),
  uint16: integer<'uint16'>(Uint16Array, 'U16', 2 ** 16 - 1),
  int32: integer<'int32'>(Int32Array, 'I32', 2 ** 31 - 1),
  uint32: integer<'uint32'>(Uint32Array, 'U32', 2 ** 32 - 1),
  int64: integer<'int64'>(BigInt64Array, 'I64', 2 ** 63 - 2 ** 10),
  uint64: integer<'uint64'>(BigUint64Array, 'U64', 2 ** 64 - 2 ** 11),
  bool: {
    category: 'boolean',
    byteWidth: 1,
    Elements: Uint8Array,
    safetensors: 'BOOL',
    largest: 1,
    leastStd: 1,
  },
  // OCP Microscaling Formats 1.0, 2023, section 5; fnuz: Noune et al., 2022, https://arxiv.org/abs/2206.02915.
  float8_e8m0fnu: opaque(1, 'F8_E8M0', 2 ** 127),
  float8_e4m3fnuz: opaque(1, 'F8_E4M3FNUZ', 240),
  float8_e5m2fnuz: opaque(1, 'F8_E5M2FNUZ', 57_344),
  float4_e2m1fn: opaque(1 / 2, 'F4', 6),
  float6_e2m3fn: opaque(3 / 4, 'F6_E2M3', 7.5),
  float6_e3m2fn: opaque(3 / 4, 'F6_E3M2', 28),
  complex64: opaque(8, 'C64', FLOAT32_LARGEST),
};

/** The least and the largest number that a dtype of whole numbers holds. */
export function wholeRange(dtype: WholeDtype): { readonly least: bigint; readonly largest: bigint } {
  if (dtype === 'bool') return { least: 0n, largest: 1n };
  const bits = BigInt(8 * DTYPES[dtype].byteWidth);
  return dtype.startsWith('u')
    ? { least: 0n, largest: 2n ** bits - 1n }
    : { least: -(2n ** (bits - 1n)), largest: 2n ** (bits - 1n) - 1n };
}

/** Checks whether a dtype has one of the categories. */
export const isOf = <C extends Category>(dtype: Dtype, ...categories: readonly C[]): dtype is DtypesOf[C] =>
  categories.some((category) => category === DTYPES[dtype].category);

/** The precision in which a dtype's values are computed before they are narrowed. */
export const carrierOf = (dtype: Dtype): 'float32' | 'float64' => (dtype === 'float64' ? dtype : 'float32');

/** Elements of a buffer, as the dtype's array; of those below 8 bits and of complex64, their bytes. */
export function elementsAt<D extends Dtype>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  elementCount: number,
): ElementArrays[D] {
  const { Elements, byteWidth }: DtypeFacts<D> = DTYPES[dtype];
  return new Elements(buffer, byteOffset, (elementCount * byteWidth) / Elements.BYTES_PER_ELEMENT);
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
