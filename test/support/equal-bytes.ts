/**
 * toEqual walks typed arrays and buffers element by element, which takes seconds a megabyte. Here they are compared by bytes,
 * and by elements only if bytes differ, since NaNs with different bits are equal too.
 */
import { types } from 'node:util';
import { expect } from 'vitest';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const elementsOf = (view: ArrayBufferView): ArrayLike<unknown> => view as unknown as ArrayLike<unknown>;

/** Equality as toEqual defines it: the same type, length and elements. */
function haveEqualElements(a: unknown, b: unknown): boolean | undefined {
  if (!types.isTypedArray(a) || !types.isTypedArray(b)) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.length !== b.length) return false;
  if (Buffer.compare(bytesOf(a), bytesOf(b)) === 0) return true;
  const [left, right] = [elementsOf(a), elementsOf(b)];
  for (let i = 0; i < left.length; i++) if (!Object.is(left[i], right[i])) return false;
  return true;
}

expect.addEqualityTesters([haveEqualElements]);
