/** The system's errors in this project's words, including those that Node has no name for. */
import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import { symlinkSync, writeFileSync } from 'node:fs';
import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeAt } from '#built/storage/files/write-at.js';
import { isGone, remedyOf, writeError } from '../../../src/storage/files/io-errors.js';
import { countOpenable, describeShortage } from '../../../src/storage/files/file-limit.js';
import { openNoFollow, readFileSafely } from '../../../src/storage/files/open-file.js';
import { pauseFor } from '#built/storage/write/recorder.js';
import { makeFolder } from '../../support/folder.js';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const systemError = (code: string, errno?: number): Error =>
  Object.assign(new Error(`${code}: unknown error, write`), { code, ...(errno !== undefined && { errno }) });

describe('a full quota', () => {
  test.each([
    ['by its number, since libuv has no name for it', systemError('UNKNOWN', -constants.errno.EDQUOT)],
    ['by another name that Node gives it', systemError('Unknown system error -122', -constants.errno.EDQUOT)],
    ['by its name', systemError('EDQUOT')],
  ])('is NO_SPACE %s', (_, cause) => {
    const error = writeError('/place/file', cause);
    expect(error.code).toBe('NO_SPACE');
    expect(error.message).toContain('EDQUOT');
    expect(error.message).toContain('Free some space');
  });

  test('does not include other unknown errors', () => {
    expect(writeError('f', systemError('UNKNOWN', -constants.errno.EIO)).code).toBe('IO_FAILED');
  });
});

test('a stale handle of a network file system counts as gone, by its number too', () => {
  expect(isGone(systemError('UNKNOWN', -constants.errno.ESTALE))).toBe(true);
  expect(isGone(systemError('ENOENT'))).toBe(true);
  expect(isGone(systemError('EIO'))).toBe(false);
});

test('on Windows the remedy for a refused rename is to end the program that has the file open', () => {
  expect(remedyOf('EPERM', 'win32')).toContain('end that program');
  expect(remedyOf('EPERM', 'linux')).toBe('See error.cause.');
});

describe('writing', () => {
  test('in short pieces, as a system may, puts every byte in its position', () => {
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
});

describe('links', () => {
  test.each([
    ['where the system refuses them', undefined],
    ['where it cannot (Windows), by a check beforehand', {}],
  ])('are not opened, %s', async (_, flags) => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'content');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    await expect(openNoFollow(join(folder, 'link'), fs.constants.O_RDONLY, flags)).rejects.toMatchObject({
      code: 'ELOOP',
    });
    const handle = await openNoFollow(join(folder, 'file'), fs.constants.O_RDONLY, flags);
    expect(await handle.readFile('utf8')).toBe('content');
    await handle.close();
  });

  test('are not read, nor files larger than they can be', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'content');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    expect(await readFileSafely(join(folder, 'link'), 100)).toBeUndefined();
    expect(await readFileSafely(folder, 100)).toBeUndefined();
    expect(await readFileSafely(join(folder, 'file'), 6)).toBeUndefined();
    expect(await readFileSafely(join(folder, 'file'), 7)).toBe('content');
  });
});

test('on a Mac, where a sync holds up every program, files are synced only when something is recorded', () => {
  expect(pauseFor('linux', 5000)).toBe(5);
  expect(pauseFor('darwin', 5000)).toBe(5000);
  expect(pauseFor('darwin', 0)).toBe(5);
});

describe('open files', () => {
  const LIMITS =
    'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n';

  test('the soft limit, less the open files, is what may be opened', () => {
    expect(countOpenable(LIMITS, 24)).toBe(1024 - 24 - 32);
    expect(countOpenable(LIMITS, 5000)).toBe(0);
    expect(
      countOpenable('Max open files            unlimited            unlimited            files\n', 5),
    ).toBeUndefined();
    expect(countOpenable('', 5)).toBeUndefined();
  });

  test('a limit that is too low is described', () => {
    expect(describeShortage(10, 2, 17)).toMatch(/^10 files .* only 9 more beside its 2 threads\.$/);
    expect(describeShortage(10, 2, 18)).toBeUndefined();
    expect(describeShortage(1, 64, 100)).toContain('may open only 0 more');
    expect(describeShortage(10, 2, undefined)).toBeUndefined();
  });
});
