/**
 * Where a checkpoint grows: a folder beside its output, `.jumpfill-HASH`. Nobody but its owner may look into it, so nothing can be planted
 * there. Its lock (lock.ts) gives each run that holds it a folder of its own within, with the journal and the files under temporary names;
 * a run that takes over gets that folder with all that is in it.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Part } from '../../domain/partition/part.js';
import { JumpfillError, messageOf } from '../../base/errors.js';
import { errorCode, isFull, isGone, writeError } from '../files/io-errors.js';
import { FolderLock, findRunPath, lookInto } from './lock.js';
import { refuseOlderRuns } from './older-versions.js';
import { isHeld, lockedError, lostError } from './owner-file.js';
import { byGeneration, nameOf, parseName, type OwnedName } from './run-token.js';
import { syncFolder } from '../files/sync-folder.js';

/**
 * One for each output, and each part of it: parts may be written at once, from several machines.
 * @param output  path of the file, or what the shards' names are made of
 */
export function workFolderOf(output: string, part: Part | undefined): string {
  // Not made of the name, which may be as long as names can be.
  const hash = createHash('sha256').update(basename(output)).digest('hex').slice(0, 12);
  const suffix = part === undefined ? '' : `-${part.part}-of-${part.parts}`;
  return join(dirname(output), `.jumpfill-${hash}${suffix}`);
}

/** Whether it is the work folder of a part of an output. */
export function isPartFolder(name: string, output: string): boolean {
  const whole = basename(workFolderOf(output, undefined));
  return name.startsWith(whole) && /^-\d+-of-\d+$/.test(name.slice(whole.length));
}

/**
 * Folders of the same output as another whole, or cut into another number of parts: what they write would be in each other's way.
 * @param now  by the file system's clock, in ms
 * @throws {JumpfillError} OUTPUT_UNFINISHED; OUTPUT_LOCKED: somebody merges, or has just begun
 */
export async function refuseOtherDivisions(
  output: string,
  part: Part | undefined,
  now: number,
): Promise<void> {
  const [whole, own] = [workFolderOf(output, undefined), workFolderOf(output, part)].map((path) =>
    basename(path),
  );
  const isAlike = (name: string): boolean =>
    name === own || (part !== undefined && name.endsWith(`-of-${part.parts}`));
  const names = await readdir(dirname(output));
  for (const other of names.filter((name) => name === whole || isPartFolder(name, output))) {
    if (isAlike(other)) continue;
    const path = join(dirname(output), other);
    const { isRun, locked } = await readUse(path, now);
    if (isRun) {
      const found = `${path} holds a run of this output, unfinished or still at work, that divides it otherwise.`;
      throw new JumpfillError('OUTPUT_UNFINISHED', found, 'Finish it, or remove that folder.');
    }
    if (locked) throw locked;
  }
}

/** What somebody else's work folder is used for. */
export interface Use {
  /** A checkpoint that is not finished is in it. */
  readonly isRun: boolean;
  /** An OUTPUT_LOCKED, if a process holds it: one that writes, merges, or has just begun. */
  readonly locked: JumpfillError | undefined;
}

/** @param now  by the file system's clock, in ms */
export async function readUse(path: string, now: number): Promise<Use> {
  const { names = [], owner } = (await lookInto(path)) ?? {};
  const locked = owner && isHeld(owner, now) ? lockedError(path, owner, now) : undefined;
  return { isRun: names.some(isOfRun), locked };
}

const JOURNAL = 'journal';
/** A small file that appears whole: an index, a page. */
const WHOLE_FILE = 'whole-file';
const OLD_INDEX = 'old-index';
const SHARD = /^shard-\d+$/;
/** A file whose name was given and taken back. */
const UNNAMED = /^unnamed-\d+$/;

/** What a run makes there, whoever holds the folder now; nothing else is ever removed. */
function isOwn(name: string): boolean {
  const stem = parseName(name)?.stem ?? '';
  return [JOURNAL, WHOLE_FILE, OLD_INDEX].includes(stem) || SHARD.test(stem) || UNNAMED.test(stem);
}

/** Whether a name in a holder's folder is of a checkpoint that is not finished. */
function isOfRun(name: string): boolean {
  const stem = parseName(name)?.stem ?? '';
  return stem === JOURNAL || SHARD.test(stem);
}

/**
 * Where journals may be that earlier runs left, the youngest first.
 * @param runPath  of whoever held the work folder last
 */
async function listJournals(runPath: string): Promise<string[]> {
  const names = (await readdir(runPath)).flatMap((name) => parseName(name) ?? []);
  const journals = names.filter(({ stem }) => stem === JOURNAL).sort(byGeneration);
  return journals.map(({ token }) => join(runPath, nameOf(JOURNAL, token)));
}

/** The same for somebody who does not hold it, and only looks. */
export async function findJournals(workFolder: string): Promise<string[]> {
  const runPath = await findRunPath(workFolder);
  return runPath === undefined ? [] : await listJournals(runPath).catch(() => []);
}

const MAX_ATTEMPTS = 10;

export interface OpenOptions {
  /** Also from a process that holds it. */
  readonly takeOver: boolean;
  /** Go on with what is there: without it nothing that has work in it is taken from anybody. */
  readonly resume: boolean;
}

export class WorkFolder {
  #hasLeftovers: boolean;
  #unnamed = 0;

  private constructor(
    readonly path: string,
    readonly lock: FolderLock,
    hasLeftovers: boolean,
  ) {
    this.#hasLeftovers = hasLeftovers;
  }

  /**
   * Makes the folder if there is none, and takes its lock.
   * @throws {JumpfillError} OUTPUT_LOCKED, OUTPUT_UNFINISHED, OUTPUT_NOT_WRITABLE, NO_SPACE
   */
  static async open(path: string, { takeOver, resume }: OpenOptions): Promise<WorkFolder> {
    // Again if the process that used the folder has just removed it, or what was begun in it.
    for (let attempt = 0; ; attempt++) {
      try {
        await makeFolder(path);
        if (takeOver && !resume) await refuseWork(path);
        return await WorkFolder.#enter(path, await FolderLock.take(path, takeOver));
      } catch (cause) {
        if (!(cause instanceof JumpfillError) && isGone(cause) && attempt < MAX_ATTEMPTS) continue;
        // If it is empty, it was made for nothing.
        await rmdir(path).catch(() => undefined);
        if (cause instanceof JumpfillError) throw cause;
        throw notWritable(path, cause);
      }
    }
  }

  /** A lock that is taken is let go of if anything fails. */
  static async #enter(path: string, lock: FolderLock): Promise<WorkFolder> {
    try {
      await refuseOlderRuns(path, lock.takenAt);
      return new WorkFolder(path, lock, (await readdir(lock.path)).some(isOfRun));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** An earlier run's work is there. */
  get hasLeftovers(): boolean {
    return this.#hasLeftovers;
  }

  #own(stem: string): string {
    return join(this.lock.path, nameOf(stem, this.lock.token));
  }

  get journalPath(): string {
    return this.#own(JOURNAL);
  }

  get wholeFilePath(): string {
    return this.#own(WHOLE_FILE);
  }

  /** Of a file of the layout. */
  shardPath(file: number): string {
    return this.#own(`shard-${file + 1}`);
  }

  /** Where a file goes whose name is taken back. */
  nextUnnamedPath(): string {
    return this.#own(`unnamed-${++this.#unnamed}`);
  }

  /** All the folders that names in it depend on, the innermost first. */
  get folders(): readonly string[] {
    return [this.lock.path, dirname(this.lock.path), this.path, dirname(this.path)];
  }

  /** What earlier runs wrote of what they did, the youngest first. */
  async listJournals(): Promise<string[]> {
    return await listJournals(this.lock.path);
  }

  /** Whether an earlier run left a checkpoint there that is not finished. */
  async holdsRun(): Promise<boolean> {
    return (await readdir(this.lock.path)).some(isOfRun);
  }

  /** Gives the shards that earlier runs left this run's names. */
  async adoptShards(): Promise<void> {
    const names = (await readdir(this.lock.path)).flatMap((name) => parseName(name) ?? []);
    const seen = new Set<string>();
    // Younger ones first: what is older was replaced by them.
    for (const { stem, token } of names.filter((name) => SHARD.test(name.stem)).sort(byGeneration)) {
      if (seen.has(stem)) continue;
      seen.add(stem);
      if (token !== this.lock.token) {
        await rename(join(this.lock.path, nameOf(stem, token)), this.#own(stem));
      }
    }
  }

  /** Removes what earlier runs left, but for the shards that this one has adopted. */
  async removeOld(): Promise<void> {
    await this.#removeFiles(({ token }) => token !== this.lock.token);
    this.#hasLeftovers = await this.holdsRun();
  }

  async #removeFiles(isMeant: (name: OwnedName) => boolean): Promise<void> {
    const names = await readdir(this.lock.path).catch(() => []);
    for (const name of names) {
      const owned = parseName(name);
      if (owned === undefined || !isOwn(name) || !isMeant(owned)) continue;
      await unlink(join(this.lock.path, name)).catch(() => undefined);
    }
  }

  /**
   * Takes a file out of the way of what is to get its name, into this run's own folder: should somebody else hold the lock by now,
   * nothing is moved.
   * @throws {JumpfillError} LOCK_LOST, IO_FAILED
   */
  async takeAwayIndex(path: string): Promise<void> {
    try {
      await rename(path, this.#own(OLD_INDEX));
    } catch (cause) {
      await this.lock.check();
      if (!isGone(cause)) throw writeError(path, cause);
    }
  }

  /** Removes what is this project's in it, and the folder if that was all; durably, so that a power failure does not bring it back. */
  async remove(): Promise<void> {
    await this.#removeFiles(() => true);
    await this.leave();
    await syncFolder(dirname(this.path));
  }

  /** Leaves everything for a run that resumes; an empty folder is removed. */
  async leave(): Promise<void> {
    // Its owner's file is the last: nobody may begin here before.
    await this.lock.release();
    await rmdir(this.path).catch(() => undefined);
  }

  /** @returns the error of a run that has lost its lock, if it has; else the same */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof JumpfillError && error.code === 'LOCK_LOST') return error;
    return await this.lock.check().then(
      () => error,
      () => lostError(this.path, error),
    );
  }
}

/** @throws {JumpfillError} OUTPUT_UNFINISHED: before its holder is harmed */
async function refuseWork(path: string): Promise<void> {
  const seen = await lookInto(path);
  if (!seen?.names.some(isOfRun)) return;
  const found = `${path} holds a run of this output, unfinished or still at work, which taking it over would end.`;
  throw new JumpfillError('OUTPUT_UNFINISHED', found, 'Pass resume (--resume) as well, to go on with it.');
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
    return;
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
  }
  const facts = await lstat(path);
  if (facts.isDirectory() && (await isOurs(path, facts.uid))) {
    // Some file systems have no permissions.
    if ((facts.mode & 0o077) !== 0) await chmod(path, 0o700).catch(() => undefined);
    return;
  }
  const what = facts.isDirectory() ? "another user's" : 'no folder';
  throw new JumpfillError(
    'OUTPUT_NOT_WRITABLE',
    `${path}, where the output would grow, is ${what}.`,
    'Remove it, or write elsewhere.',
  );
}

/** File systems may give what we make another owner than us: so a new file beside it tells. */
async function isOurs(path: string, uid: number): Promise<boolean> {
  if (process.getuid === undefined || uid === process.getuid()) return true;
  const probe = `${path}-${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(probe, 'wx');
  try {
    return (await handle.stat()).uid === uid;
  } finally {
    await handle.close();
    await unlink(probe);
  }
}

function notWritable(path: string, cause: unknown): JumpfillError {
  if (isFull(cause)) return writeError(path, cause);
  const reason = messageOf(cause);
  const found = `No folder can be made in ${dirname(path)}: ${reason}.`;
  return new JumpfillError('OUTPUT_NOT_WRITABLE', found, 'Change its permissions, or write elsewhere.', {
    cause,
  });
}
