/** The system's errors in this project's words, including those that Node has no name for. */
import { constants } from 'node:os';
import { open } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { isGone, reasonOf, remedyOf, writeError } from '../../../src/storage/files/io-errors.js';

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

test('a reason does not repeat the path, which may contain anything', async () => {
  const cause: unknown = await open("/no, such 'file").catch((error: unknown) => error);
  expect(reasonOf(cause)).toBe('ENOENT: no such file or directory');
  expect(reasonOf(new Error('no byte was written'))).toBe('no byte was written');
});
