/**
 * The system's errors in this project's words.
 * @module
 */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { shortenPath } from '../../base/wording.js';
import { JumpfillError, messageOf } from '../../base/errors.js';

const SEE_CAUSE = 'See error.cause.';

/** Node's code of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Checks for a path without a file: it does not exist, a folder in it is not a folder, or a server no longer has the file. */
export const isGone = (cause: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ESTALE'].includes(errorCode(cause) ?? '') ||
  hasNumber(cause, constants.errno.ESTALE);

/** Compares the system's number: libuv has no name for some errors, and calls them UNKNOWN. */
const hasNumber = (cause: unknown, number: number | undefined): boolean =>
  number !== undefined && cause instanceof Error && 'errno' in cause && cause.errno === -number;

/** The system's reason, `ENOENT: no such file or directory`, without the paths that Node's message repeats. */
export function reasonOf(cause: unknown): string {
  // libuv has no words for a quota.
  if (hasNumber(cause, constants.errno.EDQUOT)) return 'EDQUOT: disk quota exceeded';
  const number = cause instanceof Error && 'errno' in cause ? cause.errno : undefined;
  const known = typeof number === 'number' ? getSystemErrorMap().get(number) : undefined;
  return known === undefined ? messageOf(cause) : known.join(': ');
}

/**
 * The error of a read that failed.
 * @param position  where the call began, if it had a position
 */
export function readError(path: string, cause: unknown, position?: number): JumpfillError {
  const where = position === undefined ? '' : ` at byte ${position}`;
  const found = `${shortenPath(path)}: reading failed${where}: ${reasonOf(cause)}.`;
  return new JumpfillError('IO_FAILED', found, SEE_CAUSE, { cause });
}

/** Checks whether the process, or the machine, has as many files open as it may. */
export function isOutOfFiles(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === 'EMFILE' || code === 'ENFILE';
}

/** The error of too many open files: nothing is wrong with the file itself. */
export const outOfFiles = (found: string, cause: unknown): JumpfillError =>
  new JumpfillError('IO_FAILED', found, 'Raise the limit (ulimit -n), or close other files.', { cause });

/** The error of a file that became shorter while it was open. */
export function endedEarly(path: string, position: number): JumpfillError {
  const found = `${path}: reading failed: the file ends at byte ${position}, too early.`;
  return new JumpfillError(
    'IO_FAILED',
    found,
    'It was cut short while it was open: do not change it while it is read.',
  );
}

/** Checks whether a disk or a quota is full. */
export const isFull = (cause: unknown): boolean => errorCode(cause) === 'ENOSPC' || isOverQuota(cause);

const isOverQuota = (cause: unknown): boolean =>
  errorCode(cause) === 'EDQUOT' || hasNumber(cause, constants.errno.EDQUOT);

const REMEDIES = new Map([
  [
    'EFBIG',
    'The file system or a limit (ulimit -f) does not allow files of this size: choose smaller shards.',
  ],
  ['EMFILE', 'Allow more open files (ulimit -n), or choose larger shards.'],
  ['ENFILE', 'The system allows no more open files: choose larger shards.'],
]);

/** @param platform  Node's name of the system: Windows does not replace a file that a program has open */
export function remedyOf(code: string, platform: NodeJS.Platform): string {
  if (platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code)) {
    return 'On Windows a file that a program has open or mapped cannot be replaced: end that program, then run again.';
  }
  return REMEDIES.get(code) ?? SEE_CAUSE;
}

/** @throws {JumpfillError} NO_SPACE, IO_FAILED: what the action throws, in this project's words; its own errors as they are */
export async function attemptWrite<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw writeError(path, cause);
  }
}

/** The error of a write that failed; an error of this project is returned as it is. */
export function writeError(path: string, cause: unknown): JumpfillError {
  if (cause instanceof JumpfillError) return cause;
  const found = `${path}: writing failed: ${reasonOf(cause)}.`;
  if (isFull(cause)) {
    return new JumpfillError('NO_SPACE', found, 'Free some space or write elsewhere.', { cause });
  }
  const remedy = remedyOf(errorCode(cause) ?? '', process.platform);
  return new JumpfillError('IO_FAILED', found, remedy, { cause });
}
