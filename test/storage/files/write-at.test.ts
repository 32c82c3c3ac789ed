/** Writing at a position, in as many calls as the system needs. */
import { syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { writeAt } from '#built/storage/files/write-at.js';
import { makeFolder } from '../../support/folder.js';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

test('if the system writes short pieces, every byte still gets to its position', () => {
  const path = join(makeFolder(), 'f');
  const descriptor = fs.openSync(path, 'w+');
  const write = fs.writeSync;
  const pieces: number[] = [];
  vi.spyOn(fs, 'writeSync').mockImplementation(((
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => {
    pieces.push(length);
    return write(file, bytes, offset, Math.min(length, 3), position);
  }) as typeof fs.writeSync);
  syncBuiltinESMExports();
  writeAt(
    descriptor,
    path,
    Uint8Array.from({ length: 10 }, (_, i) => i + 1),
    5,
  );
  fs.closeSync(descriptor);
  expect(pieces).toEqual([10, 7, 4, 1]);
  expect([...fs.readFileSync(path)]).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a call that writes no byte is an error, and is not made again', () => {
  const asked = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
    if (asked.mock.calls.length > 1) throw new Error('made again');
    return 0;
  });
  syncBuiltinESMExports();
  expect(() => {
    writeAt(3, '/there', new Uint8Array(10), 5);
  }).toThrow('/there: writing failed: no byte could be written at position 5');
});
