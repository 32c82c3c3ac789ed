/** What the client does with a status: follows it, asks again, or refuses. */
import { expect, test } from 'vitest';
import { firstTimes, sayStatus } from '../../support/hub-faults.js';
import { startHub } from '../../support/hub-server.js';
import { fileOf, openFrom, saveFiles } from '../../support/remote.js';

/** Reads a file whose server first answers with this status, and the file's own address as its location. */
async function readAfter(status: number): Promise<{ readonly names: unknown; readonly asked: number }> {
  const files = saveFiles({ 'a.safetensors': fileOf(['a']) });
  const fault = firstTimes(1, sayStatus(status, { Location: '/files/a.safetensors' }));
  await using hub = await startHub({ files, fault });
  const source = await openFrom(hub, `${hub.url}/files/a.safetensors`);
  const names: unknown = await source.openFiles().then(
    ({ tensors }) => [...tensors.keys()],
    (error: unknown) => error,
  );
  return { names, asked: hub.served.length };
}

test.each([301, 302, 303, 307, 308])('HTTP %i is followed', async (status) => {
  expect(await readAfter(status)).toEqual({ names: ['a'], asked: 2 });
});

test.each([408, 429, 500, 502, 503, 504])('HTTP %i may pass: the request is made again', async (status) => {
  expect(await readAfter(status)).toEqual({ names: ['a'], asked: 2 });
});

test.each([300, 304, 305, 400, 410, 418, 501])(
  'HTTP %i is an answer: the request is not made again',
  async (status) => {
    const { names, asked } = await readAfter(status);
    expect(names).toBeInstanceOf(Error);
    expect(asked).toBe(1);
  },
);
