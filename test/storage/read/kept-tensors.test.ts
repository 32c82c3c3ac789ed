/** Where the bytes of kept tensors lie. */
import { expect, test } from 'vitest';
import { findKept } from '#built/storage/read/kept-tensors.js';
import { LocalSource } from '#built/storage/read/local-source.js';
import { failureOf } from '../../support/failure.js';
import { makeFolder } from '../../support/folder.js';
import { saveSource } from '../../support/random-source.js';

test('a file that was replaced after its header was read, by another as long, is not taken for it', async () => {
  const folder = makeFolder();
  const [a, b] = ['a', 'b'].map((name) => ({ name, dtype: 'U8', shape: [4] }));
  const tensors = a && b ? [a, b] : expect.fail();
  const source = new LocalSource(saveSource(tensors, 1, folder));
  const sought = [{ name: 'a', nameThere: 'a', shape: [4], dtype: 'uint8' as const }];
  expect((await findKept(source, sought)).size).toBe(1);
  saveSource(tensors.toReversed(), 1, folder);
  const { code, message } = await failureOf(findKept(source, sought));
  expect(code).toBe('IO_FAILED');
  expect(message).toMatch(/source\.safetensors has changed since its header was read: "a" lies elsewhere/);
});
