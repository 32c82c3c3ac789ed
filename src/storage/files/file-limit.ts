/**
 * How many files this process may have open. A run has all of its files open until they have their names.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { JumpfillError } from '../../base/errors.js';

/** What else a run opens meanwhile: the journal, folders, files that it compares. */
const SPARE = 32;

/** Each that is yet to start takes four descriptors (Node 20, Linux). */
const FILES_A_THREAD = 4;

/**
 * Files that may still be opened; undefined where the system does not tell (without /proc).
 * @param limits  text of /proc/self/limits
 * @param open    files that are open
 */
export function countOpenable(
  limits: string | undefined = readLimits(),
  open = countOpen(),
): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  return soft === undefined ? undefined : Math.max(0, Number(soft) - open - SPARE);
}

/** What to say if so many files, and as many threads, are more than can be open; undefined if they are not. */
export function describeShortage(
  count: number,
  threads: number,
  openable = countOpenable(),
): string | undefined {
  if (openable === undefined) return undefined;
  const left = Math.max(0, openable - FILES_A_THREAD * threads);
  if (count <= left) return undefined;
  return `${count} files have to be open at once, and this process may open ${left} more beside its ${threads} threads.`;
}

/** @throws {JumpfillError} IO_FAILED */
export function checkOpenFiles(count: number, threads: number): void {
  const found = describeShortage(count, threads);
  if (found === undefined) return;
  throw new JumpfillError(
    'IO_FAILED',
    found,
    'Allow more (ulimit -n), choose larger shards, or write in parts (--part).',
  );
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}

function countOpen(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
