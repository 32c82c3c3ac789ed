/** Reads of more than a system call gives, and of parts of a tensor: each byte from its own place. */
import type { FileHandle } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Measurements } from '#built/engine/jobs/measurements.js';
import { makeJob } from '#built/storage/inspect/inspect.js';
import { readInto } from '#built/storage/files/read-at.js';

/** A file whose byte at p is p mod 251, that gives so many bytes a call at most. */
function fakeFile(most: number): { file: FileHandle; calls: { length: number; position: number }[] } {
  const calls: { length: number; position: number }[] = [];
  const read = (bytes: Uint8Array, offset: number, length: number, position: number): Promise<object> => {
    calls.push({ length, position });
    const bytesRead = Math.min(length, most);
    // More would take the test's memory: of large reads the places alone are looked at.
    if (length <= 2 ** 20) for (let i = 0; i < bytesRead; i++) bytes[offset + i] = (position + i) % 251;
    return Promise.resolve({ bytesRead });
  };
  return { file: { read } as unknown as FileHandle, calls };
}

test('whatever a call gives, every byte comes from its own place', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 40 }),
    fc.nat(2 ** 40),
    fc.nat(300),
    async (most, position, byteLength) => {
      const bytes = new Uint8Array(byteLength);
      await readInto(fakeFile(most).file, 'f', position, bytes);
      expect([...bytes]).toEqual(Array.from({ length: byteLength }, (_, i) => (position + i) % 251));
    },
  );
  await fc.assert(property);
});

test('no call asks for more than 2^30 bytes: Node refuses 2^31, and Linux gives less', async () => {
  const { file, calls } = fakeFile(Infinity);
  // Nothing is written to it, so it takes no memory.
  await readInto(file, 'f', 5, new Uint8Array(2 ** 31 + 9));
  expect(calls).toEqual([
    { length: 2 ** 30, position: 5 },
    { length: 2 ** 30, position: 5 + 2 ** 30 },
    { length: 9, position: 5 + 2 ** 31 },
  ]);
});

test('a job of some elements of a tensor begins at the byte of the first of them', () => {
  const tensor = { storedDtype: 'BF16', path: '/f', position: 100 };
  const measurements = new Measurements();
  const positions = [0, 1, 2 ** 31, 2 ** 33].map((first) => {
    const [job] = makeJob(tensor, { byteWidth: 2 }, 3, measurements, first, 8).tensors;
    return job?.kind === 'measure' ? job.source : undefined;
  });
  expect(positions).toEqual(
    [100, 102, 100 + 2 ** 32, 100 + 2 ** 34].map((position) => ({
      ...{ kind: 'file', descriptor: 3, path: '/f' },
      position,
    })),
  );
});
