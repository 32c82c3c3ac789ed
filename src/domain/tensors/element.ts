/**
 * One element: its value, its bits, its bytes, and its index in the tensor.
 * @module
 */
import { at } from '../../base/at.js';
import { writeNumber } from '../../base/wording.js';
import { DTYPES, type Dtype } from './dtypes.js';
import { packedValue, valueTypeOf } from './stored-values.js';

/** A value for people and for JSON, which has neither NaN nor infinities; whole numbers beyond 2^53 and complex numbers are text. */
export type WrittenValue = number | string | null;

/** The bytes that an element lies in, counted from the tensor's first. Elements below 8 bits share them. */
export function byteRangeOf(dtype: Dtype, element: number): { readonly begin: number; readonly end: number } {
  const { byteWidth } = DTYPES[dtype];
  return { begin: Math.floor(element * byteWidth), end: Math.ceil((element + 1) * byteWidth) };
}

/**
 * The pattern of a packed element: little-endian, the first in the lowest bits.
 * @param bytes  of the tensor, from the first on
 */
export function packedPattern(bytes: Uint8Array, element: number, bits: number): number {
  const from = element * bits;
  const byte = Math.floor(from / 8);
  const both = at(bytes, byte) | ((bytes[byte + 1] ?? 0) << 8);
  return (both >> (from % 8)) & (2 ** bits - 1);
}

/**
 * The value of an element; whole numbers beyond 2^53 are rounded, and of a complex number it is the real part.
 * @param bytes    the bytes that the element lies in, little-endian
 * @param element  which of them it is, for elements that share bytes
 */
export function decodeElement(dtype: Dtype, bytes: Uint8Array, element = 0): number {
  const { safetensors, byteWidth } = DTYPES[dtype];
  if (byteWidth < 1) return packedValue(safetensors, patternIn(dtype, bytes, element));
  const type = valueTypeOf(dtype === 'complex64' ? DTYPES.float32.safetensors : safetensors);
  if (type === undefined) throw new TypeError(`${dtype} has no values`);
  if (type.kind === 'counted') return type.valueAt(littleEndian(bytes));
  return at(type.decode(Uint8Array.from(bytes).buffer, 0, 1, new Float64Array(1)), 0);
}

/** The pattern of a packed element, among the bytes that it lies in. */
function patternIn(dtype: Dtype, bytes: Uint8Array, element: number): number {
  const bits = 8 * DTYPES[dtype].byteWidth;
  return (littleEndian(bytes) >> ((element * bits) % 8)) & (2 ** bits - 1);
}

const littleEndian = (bytes: Uint8Array): number =>
  bytes.reduce((value, byte, i) => value + byte * 2 ** (8 * i), 0);

/**
 * @param bytes    the bytes that the element lies in, little-endian
 * @param element  which of them it is, for elements that share bytes
 */
export function writeElement(dtype: Dtype, bytes: Uint8Array, element: number): WrittenValue {
  const { buffer } = Uint8Array.from(bytes);
  switch (dtype) {
    case 'int64':
      return writeWhole(new DataView(buffer).getBigInt64(0, true));
    case 'uint64':
      return writeWhole(new DataView(buffer).getBigUint64(0, true));
    case 'complex64':
      return writeComplex(new Float32Array(buffer));
    default:
      return writeReal(decodeElement(dtype, bytes, element));
  }
}

const writeReal = (value: number): WrittenValue => (Number.isNaN(value) ? null : writeNumber(value));

const writeWhole = (value: bigint): WrittenValue =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();

/** As Python writes it: `1-2j`. */
const writeComplex = ([real = NaN, imaginary = NaN]: Float32Array): WrittenValue => {
  const sign = imaginary < 0 || Object.is(imaginary, -0) ? '' : '+';
  return `${real}${sign}${Object.is(imaginary, -0) ? '-0' : imaginary}j`;
};

/** `0x3f800000` */
export const formatBits = (bytes: Uint8Array): string =>
  `0x${[...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}`;

/** Of an element that shares bytes with others, in binary: `0b0110`. */
export function formatElementBits(dtype: Dtype, bytes: Uint8Array, element: number): string {
  const bits = 8 * DTYPES[dtype].byteWidth;
  if (bits >= 8) return formatBits(bytes);
  return `0b${patternIn(dtype, bytes, element).toString(2).padStart(bits, '0')}`;
}

/** The index of a flat element of a row-major tensor, one number per dimension. */
export function unravelIndex(element: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = element;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
