/**
 * The number of files that this process may have open. A run keeps all of its files open until they have their names.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { JumpfillError } from '../../base/errors.js';

/** For what a run opens besides: the journal, folders, files that it compares. */
const SPARE = 32;

/** A thread takes four descriptors when it starts (Node 20, Linux). */
const FILES_PER_THREAD = 4;

/**
 * Counts the files that may still be opened; undefined if the system does not say (no /proc).
 * @param limits  text of /proc/self/limits
 * @param open    how many files are open
 */
export function countOpenable(
  limits: string | undefined = readLimits(),
  open = countOpen(),
): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  return soft === undefined ? undefined : Math.max(0, Number(soft) - open - SPARE);
}

/** Describes how far the limit falls short of this many files and threads; undefined if it suffices. */
export function describeShortage(
  count: number,
  threads: number,
  openable = countOpenable(),
): string | undefined {
  if (openable === undefined) return undefined;
  const left = Math.max(0, openable - FILES_PER_THREAD * threads);
  if (count <= left) return undefined;
  return `${count} files must be open at once, and this process may open only ${left} more beside its ${threads} threads.`;
}

/** @throws {JumpfillError} IO_FAILED: the limit is too low */
export function checkOpenFiles(count: number, threads: number): void {
  const found = describeShortage(count, threads);
  if (found === undefined) return;
  throw new JumpfillError(
    'IO_FAILED',
    found,
    'Raise the limit (ulimit -n), choose larger shards, or write in parts (`part`).',
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
