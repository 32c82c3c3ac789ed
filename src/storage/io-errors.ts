/**
 * The system's errors in this project's words.
 * @module
 */
import { shortenPath } from '../domain/words.js';
import { InitError } from '../errors.js';

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Node's reason without the paths, which it repeats whole: `ENOENT: no such file or directory`. */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [reason = message] = message.split(/, \w+ '/);
  return reason;
}

/** What to say of a read that failed. */
export function readError(path: string, cause: unknown): InitError {
  const found = `${shortenPath(path)}: reading failed: ${reasonOf(cause)}.`;
  return new InitError('IO_FAILED', found, 'Look at the cause.', { cause });
}

/** The process, or the machine, has as many files open as it may. */
export function isOutOfFiles(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === 'EMFILE' || code === 'ENFILE';
}

/** What to say then: nothing is wrong with the file. */
export const outOfFiles = (found: string, cause: unknown): InitError =>
  new InitError('IO_FAILED', found, 'Raise the limit (ulimit -n), or close other files.', { cause });

/** What to say of a file that became shorter while it was open. */
export function endedEarly(path: string, position: number): InitError {
  const found = `${path}: reading failed: the file ends at byte ${position}, before it should.`;
  return new InitError('IO_FAILED', found, 'It was cut short since it was opened: leave it alone meanwhile.');
}

/** Whether a disk or a quota is. */
export const isFull = (cause: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(errorCode(cause) ?? '');

const REMEDIES = new Map([
  ['EFBIG', 'The file system or a limit (ulimit -f) allows no file so large.'],
  ['EMFILE', 'Allow more open files (ulimit -n), or choose larger shards.'],
  ['ENFILE', 'The system allows no more open files: choose larger shards.'],
]);

/** @throws {InitError} NO_SPACE, IO_FAILED: what the action throws, in this project's words */
export async function attemptWrite<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw writeError(path, cause);
  }
}

/** What to say of a write that failed; what is said already stays. */
export function writeError(path: string, cause: unknown): InitError {
  if (cause instanceof InitError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const found = `${path}: writing failed: ${reason}.`;
  if (isFull(cause)) {
    return new InitError('NO_SPACE', found, 'Free some space or write elsewhere.', { cause });
  }
  const remedy = REMEDIES.get(errorCode(cause) ?? '') ?? 'Look at the cause.';
  return new InitError('IO_FAILED', found, remedy, { cause });
}
