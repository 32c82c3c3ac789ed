/**
 * Who holds a lock: a process, told so that another one that got its number later is not taken for it.
 * @module
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from './io-errors.js';

export interface Holder {
  readonly host: string;
  /** Of the machine, since it was started; '' where that is not known. */
  readonly boot: string;
  /** Process numbers mean nothing in another namespace: containers have their own. */
  readonly namespace: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start; '' where that is not known. */
  readonly started: string;
}

const KEYS = ['host', 'boot', 'namespace', 'started'] as const;

/** Undefined: not what describeSelf writes. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
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
  started: readStart(process.pid),
});

/**
 * Whether it runs; undefined where that cannot be told from here: its process is elsewhere, or there is one of its number, and nothing says
 * since when (without /proc, as on macOS and Windows).
 */
export function isRunning(holder: Holder, self: Holder = describeSelf()): boolean | undefined {
  if (holder.host !== self.host || holder.boot !== self.boot || holder.namespace !== self.namespace) {
    return undefined;
  }
  if (!isProcess(holder.pid)) return false;
  // This very process: of that we know.
  if (holder.pid === self.pid && holder.started === self.started) return true;
  const started = self.started === '' ? '' : readStart(holder.pid);
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

/** Field 22 of /proc/PID/stat; the second is the program's name in parentheses, which may hold anything. */
function readStart(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
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
