/**
 * Who holds a lock: a process, told so that another one that got its number later is not taken for it.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../files/io-errors.js';

export interface Holder {
  readonly host: string;
  /** Of the machine, since it was started; '' where that is not known. */
  readonly boot: string;
  /** Process numbers mean nothing in another namespace: containers have their own. */
  readonly namespace: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start; '' where that is not known. */
  readonly started: string;
  /** Random, one a process: another may have its number, also on a machine of the same name. */
  readonly instance?: string;
}

const INSTANCE = randomBytes(8).toString('hex');

const KEYS = ['host', 'boot', 'namespace', 'started'] as const;

/** Undefined: not what describeSelf writes. */
export function parseLockOwner(text: string): Holder | undefined {
  try {
    // Signs of life are added behind it: after a power failure the last of them may be a zero byte.
    const holder = JSON.parse(text.replace(/[ \0]+$/, '')) as Partial<Record<keyof Holder, unknown>>;
    const isWhole = KEYS.every((key) => typeof holder[key] === 'string');
    return isWhole && typeof holder.pid === 'number' && holder.pid > 0 ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

export const describeSelf = (): Holder => ({
  host: hostname(),
  boot: readText('/proc/sys/kernel/random/boot_id').trim(),
  namespace: readLink('/proc/self/ns/pid'),
  pid: process.pid,
  started: readStat(process.pid).started,
  instance: INSTANCE,
});

/**
 * Whether it runs; undefined where that cannot be told from here: its process is elsewhere, or there is one of its number, and nothing says
 * since when (without /proc, as on macOS and Windows).
 */
export function isRunning(holder: Holder, self: Holder = describeSelf()): boolean | undefined {
  if (holder.host !== self.host || holder.boot !== self.boot || holder.namespace !== self.namespace) {
    return undefined;
  }
  if (holder.instance !== undefined && holder.instance === self.instance) return true;
  if (!isProcess(holder.pid)) return false;
  const { state, started } = self.started === '' ? UNKNOWN : readStat(holder.pid);
  // Ended, and nobody has asked how: it has a number still, and will do nothing any more.
  if (state === 'Z' || state === 'X') return false;
  return started === '' || holder.started === '' ? undefined : started === holder.started;
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, of somebody else.
    return errorCode(error) !== 'ESRCH';
  }
}

const UNKNOWN = { state: '', started: '' };

/** Fields 3 and 22 of /proc/PID/stat; the second is the program's name in parentheses, which may hold anything. */
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
