/**
 * One element: its value, its bits, and its index in the tensor.
 * @module
 */
import { at } from '../../base/at.js';
import { HALF_FORMATS } from '../arithmetic/half.js';
import { elementsAt, isOf, type Dtype } from './dtypes.js';

/** @param bytes  little-endian, as many as the dtype has */
export function decodeElement(dtype: Dtype, bytes: Uint8Array): number {
  const copy = Uint8Array.from(bytes);
  const element = Number(at<number | bigint>(elementsAt(dtype, copy.buffer, 0, 1), 0));
  return isOf(dtype, 'half') ? HALF_FORMATS[dtype].fromBits(element) : element;
}

/** `0x3f800000` */
export const formatBits = (bytes: Uint8Array): string =>
  `0x${[...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}`;

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
