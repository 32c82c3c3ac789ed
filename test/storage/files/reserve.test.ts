/** Room for a file is reserved where the system can, and a disk that has none is noticed before anything is drawn. */
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { reserveFile } from '#built/storage/files/reserve.js';
import { systemError } from '../../support/failing-calls.js';
import { makeFolder } from '../../support/folder.js';

const BYTES = 2 ** 26;

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Puts a command of this name and text before those of the system. */
function pretend(script: string): void {
  const folder = makeFolder();
  const path = join(folder, 'fallocate');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
}

async function reserve(byteLength = BYTES): Promise<{ readonly size: number; readonly error: unknown }> {
  const path = join(makeFolder(), 'shard');
  await using handle = await open(path, 'w');
  const error: unknown = await reserveFile(handle, path, 'shown', byteLength).catch(
    (cause: unknown) => cause,
  );
  return { size: statSync(path).size, error };
}

test.runIf(process.platform === 'linux')(
  'a full disk is an error that ends with the last line of the command',
  async () => {
    pretend('echo "fallocate: first line" >&2; echo "fallocate failed: No space left on device" >&2; exit 1');
    const { error } = await reserve();
    expect(error).toMatchObject({ code: 'NO_SPACE' });
    const found = `shown: ${BYTES} bytes cannot be reserved: fallocate failed: No space left on device.`;
    expect((error as Error).message.startsWith(found)).toBe(true);
  },
);

test.each([
  ['cannot reserve room', 'echo "fallocate failed: Operation not supported" >&2; exit 1'],
  ['knows no such option', 'exit 2'],
])('where the system %s the file has its size all the same', async (_, script) => {
  pretend(script);
  expect(await reserve()).toEqual({ size: BYTES, error: undefined });
});

test('without the command the file has its size all the same', async () => {
  vi.stubEnv('PATH', makeFolder());
  expect(await reserve()).toEqual({ size: BYTES, error: undefined });
});

test('a file that cannot have its size is an error of the path that is shown', async () => {
  const handle = { truncate: () => Promise.reject(systemError('EFBIG')) } as unknown as FileHandle;
  const path = join(makeFolder(), 'shard');
  await expect(reserveFile(handle, path, 'shown', BYTES)).rejects.toMatchObject({
    code: 'IO_FAILED',
    message: expect.stringContaining('shown') as string,
  });
});
