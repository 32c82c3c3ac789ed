/**
 * A lock on a folder that survives crashes: whoever holds it is named in a file, and a holder that no longer runs holds
 * nothing.
 *
 * Files `lock-1`, `lock-2`, ...: the lock is held while the process named in one of them runs. To take it is to make the next
 * number, which only one process can; so nobody has to remove another's file first, and a process may be killed at any
 * moment. The files of those that no longer run are removed by the next holder.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, unlink } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InitError } from '../errors.js';
import { errorCode } from './io-errors.js';

/** A process, so that another one that got its number later is not taken for it. */
interface Holder {
  readonly host: string;
  /** Differs after the machine was started again; '' where that is not known. */
  readonly boot: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start; '' where that is not known. */
  readonly started: string;
}

const LOCK_NAME = /^lock-(\d+)$/;

/** Others may take numbers meanwhile, but each of them then runs, and is met at the next look. */
const MAX_ATTEMPTS = 10;

export class FolderLock {
  private constructor(readonly path: string) {}

  /**
   * @throws {InitError} OUTPUT_LOCKED: a process that runs holds it, or one on another machine, of which nothing is known here
   * @throws the system's error: the folder is not there (ENOENT), or not writable
   */
  static async take(folder: string): Promise<FolderLock> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const taken = await readLocks(folder);
      refuseIfHeld(folder, taken);
      const next = Math.max(0, ...taken.map(({ number }) => number)) + 1;
      const path = join(folder, `lock-${next}`);
      if (!(await createWhole(folder, path))) continue;
      return await keep(new FolderLock(path), folder);
    }
    throw new InitError('OUTPUT_LOCKED', `Processes contend for ${folder}.`, 'Start one of them.');
  }

  async release(): Promise<void> {
    await unlink(this.path).catch(() => undefined);
  }
}

interface Lock {
  readonly number: number;
  readonly path: string;
  readonly text: string;
}

async function readLocks(folder: string): Promise<readonly Lock[]> {
  const names = (await readdir(folder)).filter((name) => LOCK_NAME.test(name));
  const locks = names.map(async (name): Promise<Lock[]> => {
    const path = join(folder, name);
    // Gone meanwhile: its holder has ended.
    const text = await readFile(path, 'utf8').catch(() => undefined);
    return text === undefined ? [] : [{ number: Number(LOCK_NAME.exec(name)?.[1]), path, text }];
  });
  return (await Promise.all(locks)).flat();
}

function refuseIfHeld(folder: string, locks: readonly Lock[]): void {
  for (const { path, text } of locks) {
    const holder = parseHolder(text);
    if (holder !== undefined && !mayRun(holder)) continue;
    const who = holder === undefined ? 'a process unknown' : `process ${holder.pid} on ${holder.host}`;
    const found = `${folder} is in use by ${who}.`;
    throw new InitError('OUTPUT_LOCKED', found, `Wait for it; if it no longer runs, remove ${path}.`);
  }
}

/** Appears with its text or not at all; false if the name is taken. */
async function createWhole(folder: string, path: string): Promise<boolean> {
  const draft = join(folder, `draft-${randomBytes(6).toString('hex')}`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify(describeSelf()));
  } finally {
    await handle.close();
  }
  try {
    await link(draft, path);
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    return await createPlain(path);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/** Where there are no hard links. Killed between its two calls, this leaves a file that somebody must remove. */
async function createPlain(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(describeSelf()));
    await handle.close();
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    throw cause;
  }
}

/** Two that took different numbers at once would both see the other here. */
async function keep(lock: FolderLock, folder: string): Promise<FolderLock> {
  const others = (await readLocks(folder)).filter(({ path }) => path !== lock.path);
  try {
    refuseIfHeld(folder, others);
  } catch (error) {
    await lock.release();
    throw error;
  }
  for (const { path } of others) await unlink(path).catch(() => undefined);
  return lock;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { host, boot, pid, started } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
    if (typeof host !== 'string' || typeof boot !== 'string' || typeof started !== 'string') return undefined;
    return typeof pid === 'number' && pid > 0 ? { host, boot, pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** False only if it certainly does not. */
function mayRun(holder: Holder): boolean {
  const here = describeSelf();
  if (holder.host !== here.host) return true;
  if (holder.boot !== here.boot) return false;
  if (!isProcess(holder.pid)) return false;
  return readStart(holder.pid) === holder.started;
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

const describeSelf = (): Holder => ({
  host: hostname(),
  boot: readText('/proc/sys/kernel/random/boot_id').trim(),
  pid: process.pid,
  started: readStart(process.pid),
});

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
