/** What the system refuses becomes an error with a path and a code, and where it says nothing, nothing is made up. */
import fs, { mkdirSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { identify } from '#built/storage/files/file-identity.js';
import { countOpenable, describeShortage } from '#built/storage/files/file-limit.js';
import { openForReading, readBytes } from '#built/storage/files/read-at.js';
import { describeSelf, isRunning } from '#built/storage/lock/lock-owner.js';
import { findCheckpoint } from '#built/storage/read/find-checkpoint.js';
import { LocalSource } from '#built/storage/read/local-source.js';
import { Journal, readJournals } from '#built/storage/write/journal.js';
import { failAsync, failSync, restoreCalls, systemError } from '../../support/failing-calls.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, saveFile } from '../../support/stored-files.js';

afterEach(restoreCalls);

const failing = (name: string, code: string): FileHandle =>
  ({ [name]: () => Promise.reject(systemError(code)) }) as unknown as FileHandle;

/** Whatever is opened is this. */
function openAs(handle: FileHandle): void {
  vi.spyOn(fs.promises, 'open').mockResolvedValue(handle);
  syncBuiltinESMExports();
}

test('a file whose facts cannot be read is named', async () => {
  const error = { code: 'IO_FAILED', message: expect.stringContaining('a.safetensors') as string };
  await expect(identify(failing('stat', 'EIO'), 'a.safetensors')).rejects.toMatchObject(error);
});

test('a read that fails names the file and the bytes', async () => {
  const error = { code: 'IO_FAILED', message: expect.stringMatching(/a\.safetensors.*70/) as string };
  await expect(readBytes(failing('read', 'EIO'), 'a.safetensors', 70, 10)).rejects.toMatchObject(error);
});

test('a file that cannot be opened because too many are open is not a bad checkpoint: the limit is named', async () => {
  failAsync('open', 'EMFILE');
  const error = { code: 'IO_FAILED', message: expect.stringContaining('ulimit -n') as string };
  await expect(openForReading('a.safetensors')).rejects.toMatchObject(error);
});

test('a file whose size cannot be read is closed', async () => {
  const path = join(makeFolder(), 'a.safetensors');
  writeFileSync(path, 'bytes');
  const handle = await open(path);
  vi.spyOn(handle, 'stat').mockRejectedValue(systemError('EIO'));
  openAs(handle);
  await expect(openForReading(path)).rejects.toMatchObject({ code: 'IO_FAILED' });
  expect(handle.fd).toBe(-1);
});

test('without /proc no limit of open files is known, so none is complained of', () => {
  failSync('readFileSync', 'ENOENT', /^\/proc\//);
  failSync('readdirSync', 'ENOENT', /^\/proc\//);
  expect(countOpenable()).toBeUndefined();
  expect(describeShortage(1e9, 1)).toBeUndefined();
});

test('if the open files cannot be listed, the limit alone counts', () => {
  const limits = 'Max open files            100                  4096                 files\n';
  failSync('readdirSync', 'ENOENT', /^\/proc\//);
  expect(countOpenable(limits)).toBe(100 - 32);
});

test('without /proc a process describes itself by its name and number, and of another instance it cannot tell', () => {
  failSync('readFileSync', 'ENOENT', /^\/proc\//);
  failSync('readlinkSync', 'ENOENT', /^\/proc\//);
  const self = describeSelf();
  expect(self).toMatchObject({ boot: '', namespace: '', started: '', pid: process.pid });
  expect(isRunning(self, self)).toBe(true);
  expect(isRunning({ ...self, instance: 'of another process' }, self)).toBeUndefined();
  expect(isRunning({ ...self, instance: 'of another process', pid: 2 ** 22 + 1 }, self)).toBe(false);
});

test('a folder that cannot be listed is no checkpoint, and beside one it is a failure to read', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'model'));
  failAsync('readdir', 'EIO');
  const error = { code: 'BAD_CHECKPOINT', message: expect.stringContaining('model') as string };
  await expect(findCheckpoint(join(folder, 'model'))).rejects.toMatchObject(error);
  const source = new LocalSource(saveFile(frame(headerOf({}), 0), 'model.safetensors', folder));
  await expect(source.listBeside()).rejects.toMatchObject({ code: 'IO_FAILED' });
});

test('a journal that cannot be read stops the run: it may say what is done', async () => {
  const path = join(makeFolder(), 'journal');
  failAsync('open', 'EIO');
  await expect(readJournals([path])).rejects.toMatchObject({ code: 'IO_FAILED' });
});

test('a journal that cannot be begun is closed, and the error is the system’s', async () => {
  const path = join(makeFolder(), 'journal');
  const handle = await open(path, 'wx');
  vi.spyOn(handle, 'appendFile').mockRejectedValue(systemError('ENOSPC'));
  openAs(handle);
  const header = { tensors: [] } as unknown as Parameters<typeof Journal.begin>[1];
  await expect(Journal.begin(path, header, '')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(handle.fd).toBe(-1);
});
