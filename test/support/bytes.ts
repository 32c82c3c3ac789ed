/** Bytes compared as bytes: a matcher that walks a hundred thousand elements takes seconds. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export function expectSameBytes(actual: ArrayBufferView, expected: ArrayBufferView, where = ''): void {
  expect(actual.byteLength, where).toBe(expected.byteLength);
  if (Buffer.compare(bytesOf(actual), bytesOf(expected)) === 0) return;
  const difference = bytesOf(actual).findIndex((byte, i) => byte !== bytesOf(expected)[i]);
  expect.fail(`${where}: bytes differ from byte ${difference} of ${actual.byteLength} on`);
}

export const sha256 = (view: ArrayBufferView): string =>
  createHash('sha256').update(bytesOf(view)).digest('hex');
