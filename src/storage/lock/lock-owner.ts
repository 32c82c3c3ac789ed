/**
 * The process that owns a lock, described so that a later process with the same number is not mistaken for it.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../files/io-errors.js';

export interface LockOwner {
  readonly host: string;
  /** The machine's boot id; '' if unknown. */
  readonly boot: string;
  /** The PID namespace: a container's process numbers mean nothing outside it. */
  readonly namespace: string;
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; '' if unknown. */
  readonly started: string;
  /** Random, one per process: a machine of the same name may have a process of the same number. */
  readonly instance?: string;
}

const INSTANCE = randomBytes(8).toString('hex');

const KEYS = ['host', 'boot', 'namespace', 'started'] as const;

/** Undefined if the text is not what describeSelf writes. */
export function parseLockOwner(text: string): LockOwner | undefined {
  try {
    // Heartbeats append spaces; after a power failure the last one may read as a zero byte.
    const owner = JSON.parse(text.replace(/[ \0]+$/, '')) as Partial<Record<keyof LockOwner, unknown>>;
    const isComplete = KEYS.every((key) => typeof owner[key] === 'string');
    return isComplete && typeof owner.pid === 'number' && owner.pid > 0 ? (owner as LockOwner) : undefined;
  } catch {
    return undefined;
  }
}

export const describeSelf = (): LockOwner => ({
  host: hostname(),
  boot: readText('/proc/sys/kernel/random/boot_id').trim(),
  namespace: readLink('/proc/self/ns/pid'),
  pid: process.pid,
  started: readStat(process.pid).started,
  instance: INSTANCE,
});

/**
 * Checks whether an owner still runs. Undefined if this process cannot tell: the owner is on another machine or in another
 * container, or a process has its number and nothing says since when (no /proc, as on macOS and Windows).
 */
export function isRunning(owner: LockOwner, self: LockOwner = describeSelf()): boolean | undefined {
  if (owner.host !== self.host || owner.boot !== self.boot || owner.namespace !== self.namespace) {
    return undefined;
  }
  if (owner.instance !== undefined && owner.instance === self.instance) return true;
  if (!isProcess(owner.pid)) return false;
  const { state, started } = self.started === '' ? UNKNOWN : readStat(owner.pid);
  // A zombie keeps its number until its parent reaps it, but does nothing any more.
  if (state === 'Z' || state === 'X') return false;
  return started === '' || owner.started === '' ? undefined : started === owner.started;
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return errorCode(error) !== 'ESRCH';
  }
}

const UNKNOWN = { state: '', started: '' };

/** Reads fields 3 and 22 of /proc/PID/stat. Field 2, the program's name in parentheses, may contain anything. */
function readStat(pid: number): { readonly state: string; readonly started: string } {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
