/** The hash that makes roots. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '#built/domain/streams/sha256.js';

const inHex = (words: Int32Array): string =>
  [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');

const expected = (message: Uint8Array): string => createHash('sha256').update(message).digest('hex');

test('the hash of "abc" is that of the standard', () => {
  expect(inHex(sha256(Buffer.from('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test("messages of every length up to three blocks have node:crypto's hash", () => {
  for (let length = 0; length <= 192; length++) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
    expect(inHex(sha256(message)), `${length} bytes`).toBe(expected(message));
  }
});

test("any message has node:crypto's hash, whatever was hashed before", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (message) => {
      expect(inHex(sha256(message))).toBe(expected(message));
    }),
  );
});
