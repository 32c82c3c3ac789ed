/** toEqual walks a buffer element by element, in seconds a megabyte. Views whose bytes are equal are equal: that is compared first. */
import { types } from 'node:util';
import { expect } from 'vitest';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** @returns undefined where it does not know: then the elements are walked, and a failure shows them */
function haveEqualBytes(a: unknown, b: unknown): true | undefined {
  if (!types.isTypedArray(a) || !types.isTypedArray(b)) return undefined;
  const isSameKind = Object.getPrototypeOf(a) === Object.getPrototypeOf(b);
  return isSameKind && Buffer.compare(bytesOf(a), bytesOf(b)) === 0 ? true : undefined;
}

expect.addEqualityTesters([haveEqualBytes]);
