/**
 * The system's errors in this project's words.
 * @module
 */
import { constants } from 'node:os';
import { shortenPath } from '../../base/wording.js';
import { JumpfillError, messageOf } from '../../base/errors.js';

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a path leads nowhere: to nothing, through something else than a folder, or to a file that a server no longer has. */
export const isGone = (cause: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ESTALE'].includes(errorCode(cause) ?? '') ||
  hasNumber(cause, constants.errno.ESTALE);

/** By the system's number: libuv has no name for some of its errors, and calls those UNKNOWN. */
const hasNumber = (cause: unknown, number: number | undefined): boolean =>
  number !== undefined && cause instanceof Error && 'errno' in cause && cause.errno === -number;

/** Node's reason without the paths, which it repeats whole: `ENOENT: no such file or directory`. */
export function reasonOf(cause: unknown): string {
  // Of a quota, for which libuv has no words.
  if (hasNumber(cause, constants.errno.EDQUOT)) return 'EDQUOT: disk quota exceeded';
  const message = messageOf(cause);
  const [reason = message] = message.split(/, \w+ '/);
  return reason;
}

/**
 * What to say of a read that failed.
 * @param position  of the byte that the call began at, if it had one
 */
export function readError(path: string, cause: unknown, position?: number): JumpfillError {
  const where = position === undefined ? '' : ` at byte ${position}`;
  const found = `${shortenPath(path)}: reading failed${where}: ${reasonOf(cause)}.`;
  return new JumpfillError('IO_FAILED', found, 'Look at the cause.', { cause });
}

/** The process, or the machine, has as many files open as it may. */
export function isOutOfFiles(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === 'EMFILE' || code === 'ENFILE';
}

/** What to say then: nothing is wrong with the file. */
export const outOfFiles = (found: string, cause: unknown): JumpfillError =>
  new JumpfillError('IO_FAILED', found, 'Raise the limit (ulimit -n), or close other files.', { cause });

/** What to say of a file that became shorter while it was open. */
export function endedEarly(path: string, position: number): JumpfillError {
  const found = `${path}: reading failed: the file ends at byte ${position}, before it should.`;
  return new JumpfillError(
    'IO_FAILED',
    found,
    'It was cut short since it was opened: leave it alone meanwhile.',
  );
}

/** Whether a disk or a quota is. */
export const isFull = (cause: unknown): boolean => errorCode(cause) === 'ENOSPC' || isOverQuota(cause);

const isOverQuota = (cause: unknown): boolean =>
  errorCode(cause) === 'EDQUOT' || hasNumber(cause, constants.errno.EDQUOT);

const REMEDIES = new Map([
  ['EFBIG', 'The file system or a limit (ulimit -f) allows no file so large.'],
  ['EMFILE', 'Allow more open files (ulimit -n), or choose larger shards.'],
  ['ENFILE', 'The system allows no more open files: choose larger shards.'],
]);

/** @param platform  of Node: Windows replaces no file that somebody has open */
export function remedyOf(code: string, platform: NodeJS.Platform): string {
  if (platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code)) {
    return 'On Windows a file that a program has open or mapped cannot be replaced: end that program, then run again.';
  }
  return REMEDIES.get(code) ?? 'Look at the cause.';
}

/** @throws {JumpfillError} NO_SPACE, IO_FAILED: what the action throws, in this project's words */
export async function attemptWrite<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw writeError(path, cause);
  }
}

/** What to say of a write that failed; what is said already stays. */
export function writeError(path: string, cause: unknown): JumpfillError {
  if (cause instanceof JumpfillError) return cause;
  const found = `${path}: writing failed: ${reasonOf(cause)}.`;
  if (isFull(cause)) {
    return new JumpfillError('NO_SPACE', found, 'Free some space or write elsewhere.', { cause });
  }
  const remedy = remedyOf(errorCode(cause) ?? '', process.platform);
  return new JumpfillError('IO_FAILED', found, remedy, { cause });
}
