/** Bodies are read up to a limit, and cost no more memory than their bytes. */
import type { IncomingMessage } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { Answer, TooLong } from '../../../src/storage/remote/answer.js';
import { Deadline } from '../../../src/storage/remote/deadline.js';
import { TryAgain } from '../../../src/storage/remote/transport.js';

const deadlines: Deadline[] = [];
afterEach(() => {
  for (const deadline of deadlines.splice(0)) deadline.end();
});

/** A body of one byte after the other, which all come in the same memory. */
function dripped(byteLength: number, headers: Readonly<Record<string, string>> = {}): Answer {
  const memory = new Uint8Array(1);
  const message = {
    statusCode: 200,
    headers,
    *[Symbol.iterator]() {
      for (let sent = 0; sent < byteLength; sent++) yield memory.fill(sent);
    },
  };
  const deadline = new Deadline(600_000, undefined);
  deadlines.push(deadline);
  return new Answer(message as unknown as IncomingMessage, new URL('http://127.0.0.1/'), deadline);
}

test.each([{}, { 'content-length': '100000' }, { 'content-length': '1' }])(
  'pieces of a byte are copied as they come, and none of them is kept (%j)',
  async (headers) => {
    const bytes = await dripped(100_000, headers).read(100_000);
    expect(
      Buffer.compare(
        bytes,
        Uint8Array.from({ length: 100_000 }, (_, i) => i),
      ),
    ).toBe(0);
  },
);

test('a body may have as many bytes as the limit, and no more', async () => {
  expect(await dripped(300).read(300)).toHaveLength(300);
  await expect(dripped(301).read(300)).rejects.toBeInstanceOf(TooLong);
  await expect(dripped(3, { 'content-length': '301' }).read(300)).rejects.toBeInstanceOf(TooLong);
});

test('a body that ends before its length may be asked for again', async () => {
  await expect(dripped(2, { 'content-length': '3' }).read(300)).rejects.toBeInstanceOf(TryAgain);
});
