/** Every byte comes from its own position, in ranges that take several system calls and in jobs that begin within a tensor. */
import fs, { closeSync, openSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { FileHandle } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Measurements } from '#built/engine/jobs/measurements.js';
import { makeMeasureJob } from '#built/storage/inspect/measure-tensor.js';
import { readInto, readIntoSync } from '#built/storage/files/read-at.js';
import { saveFile } from '../../support/stored-files.js';

const byteAt = (position: number): number => position % 251;

/** A file that gives at most `most` bytes a call. */
function fakeFile(most: number): { file: FileHandle; calls: { length: number; position: number }[] } {
  const calls: { length: number; position: number }[] = [];
  const read = (bytes: Uint8Array, offset: number, length: number, position: number): Promise<object> => {
    calls.push({ length, position });
    const bytesRead = Math.min(length, most);
    // Large reads are not simulated, which would take memory: only their positions are checked.
    if (length <= 2 ** 20) for (let i = 0; i < bytesRead; i++) bytes[offset + i] = byteAt(position + i);
    return Promise.resolve({ bytesRead });
  };
  return { file: { read } as unknown as FileHandle, calls };
}

test('every byte comes from its own position, however few bytes a call returns', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 40 }),
    fc.nat(2 ** 40),
    fc.nat(300),
    async (most, position, byteLength) => {
      const bytes = new Uint8Array(byteLength);
      await readInto(fakeFile(most).file, 'f', position, bytes);
      expect([...bytes]).toEqual(Array.from({ length: byteLength }, (_, i) => byteAt(position + i)));
    },
  );
  await fc.assert(property);
});

test('no call asks for more than 2^30 bytes: Node refuses 2^31, and Linux gives less', async () => {
  const { file, calls } = fakeFile(Infinity);
  // Never written to, so it takes no memory.
  await readInto(file, 'f', 5, new Uint8Array(2 ** 31 + 9));
  expect(calls).toEqual([
    { length: 2 ** 30, position: 5 },
    { length: 2 ** 30, position: 5 + 2 ** 30 },
    { length: 9, position: 5 + 2 ** 31 },
  ]);
});

test('a synchronous read fills the same bytes, and refuses a range beyond the end', () => {
  const path = saveFile(Uint8Array.from({ length: 5000 }, (_, i) => byteAt(i)));
  const descriptor = openSync(path, 'r');
  const bytes = new Uint8Array(1000);
  readIntoSync(descriptor, path, 3000, bytes);
  expect([...bytes]).toEqual(Array.from({ length: 1000 }, (_, i) => byteAt(3000 + i)));
  expect(() => {
    readIntoSync(descriptor, path, 4001, bytes);
  }).toThrow(`${path}: reading failed: the file ends at byte 5000`);
  closeSync(descriptor);
});

test('a synchronous read goes on where a short one ended', () => {
  const content = Uint8Array.from({ length: 100 }, (_, i) => byteAt(i));
  const path = saveFile(content);
  const read = fs.readSync;
  const short = (file: number, bytes: Uint8Array, offset: number, length: number, position: number): number =>
    read(file, bytes, offset, Math.min(length, 7), position);
  vi.spyOn(fs, 'readSync').mockImplementation(short as typeof fs.readSync);
  syncBuiltinESMExports();
  const descriptor = openSync(path, 'r');
  const bytes = new Uint8Array(50);
  readIntoSync(descriptor, path, 20, bytes);
  closeSync(descriptor);
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  expect([...bytes]).toEqual([...content.subarray(20, 70)]);
});

test('a job on a range of a tensor begins at the byte of its first element', () => {
  const tensor = { storedDtype: 'BF16', path: '/f', position: 100 } as const;
  const measurements = new Measurements();
  const positions = [0, 1, 2 ** 31, 2 ** 33].map((first) => {
    const [job] = makeMeasureJob(tensor, { byteWidth: 2 }, 3, measurements, first, 8).tensors;
    return job?.kind === 'measure' ? job.source : undefined;
  });
  expect(positions).toEqual(
    [100, 102, 100 + 2 ** 32, 100 + 2 ** 34].map((position) => ({
      ...{ kind: 'file', descriptor: 3, path: '/f' },
      position,
    })),
  );
});
