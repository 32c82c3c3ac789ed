/**
 * The companion files of a run: compared with what is there, kept in the work folder while threads draw, and named in the end, in an
 * order that DESIGN.md explains.
 * @module
 */
import { chmod, lstat } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { JumpfillError } from '../../base/errors.js';
import { CONFIG } from '../companions/companion-names.js';
import type { Companion } from '../companions/read-companions.js';
import { attemptWrite } from '../files/io-errors.js';
import { createFile, openNoFollow } from '../files/open-file.js';
import { syncFolder } from '../files/sync-folder.js';
import type { WorkFolder } from '../lock/work-folder.js';
import { holdsBytes } from './atomic-file.js';
import { findAbsent } from './companion-checks.js';
import { publish } from './publish.js';

export interface CompanionReport {
  readonly name: string;
  readonly byteLength: number;
  /** kept: it was there already, byte for byte. */
  readonly action: 'written' | 'kept';
}

/** A file in the work folder, and the name that it gets. */
interface StagedFile {
  readonly companion: Companion;
  readonly workPath: string;
  readonly finalPath: string;
}

/** The companion files of a run, in its work folder until they are named. */
export class CompanionFiles {
  private constructor(
    readonly work: WorkFolder,
    readonly folder: string,
    readonly files: readonly Companion[],
    readonly staged: readonly StagedFile[],
    readonly force: boolean,
  ) {}

  /**
   * Writes what is not there yet into the work folder, durably, so that a full disk shows before anything is drawn. The names have been
   * checked.
   * @throws {JumpfillError} NO_SPACE, IO_FAILED
   */
  static async stage(
    work: WorkFolder,
    folder: string,
    files: readonly Companion[],
    force: boolean,
  ): Promise<CompanionFiles> {
    const wanted = await findWanted(folder, files, force);
    const staged = wanted.map((companion, i): StagedFile => {
      return { companion, workPath: work.companionPath(i), finalPath: join(folder, companion.name) };
    });
    for (const file of staged) await writeStaged(file);
    return new CompanionFiles(work, folder, files, staged, force);
  }

  get isEmpty(): boolean {
    return this.staged.length === 0;
  }

  get byteLength(): number {
    return this.staged.reduce((sum, { companion }) => sum + companion.bytes.length, 0);
  }

  /**
   * Takes the config.json of what is replaced out of the way: until the new one comes nothing opens the folder, whatever it holds.
   * @returns whether it was there
   */
  async takeAwayConfig(): Promise<boolean> {
    const config = this.staged.find(({ companion }) => companion.name === CONFIG);
    if (!this.force || config === undefined) return false;
    const replaced = await lstat(config.finalPath).catch(() => undefined);
    if (replaced === undefined) return false;
    // A file that was private stays private.
    if (replaced.isFile()) {
      await attemptWrite(config.finalPath, () => chmod(config.workPath, replaced.mode & 0o777));
    }
    await this.work.takeAwayConfig(config.finalPath);
    return true;
  }

  /** Names all but config.json, durably: they come before the weights. */
  async publishOthers(): Promise<void> {
    await this.#publish(this.staged.filter(({ companion }) => companion.name !== CONFIG));
  }

  /** Names config.json, durably: with it the folder opens. */
  async publishConfig(): Promise<void> {
    await this.#publish(this.staged.filter(({ companion }) => companion.name === CONFIG));
  }

  async #publish(files: readonly StagedFile[]): Promise<void> {
    for (const file of files) await this.#publishOne(file);
    if (files.length > 0) await syncFolder(this.folder);
  }

  async #publishOne({ companion, workPath: from, finalPath: to }: StagedFile): Promise<void> {
    const handle = await attemptWrite(to, () => openNoFollow(from, constants.O_RDONLY));
    const options = { force: this.force, nextUnnamedPath: () => this.work.nextUnnamedPath() };
    try {
      await publish([{ from, to, handle }], options);
    } catch (error) {
      const isTaken = error instanceof JumpfillError && error.code === 'OUTPUT_EXISTS';
      // Another part has written the same file meanwhile.
      if (!isTaken || !(await holdsBytes(to, companion.bytes))) throw error;
    } finally {
      await handle.close();
    }
  }

  report(): readonly CompanionReport[] {
    const written = new Set(this.staged.map(({ companion }) => companion));
    return this.files.map((file) => ({
      name: file.name,
      byteLength: file.bytes.length,
      action: written.has(file) ? 'written' : 'kept',
    }));
  }
}

/** The files that are not there byte for byte; with `force`, config.json too if any other is missing, since it comes back last. */
async function findWanted(
  folder: string,
  files: readonly Companion[],
  force: boolean,
): Promise<readonly Companion[]> {
  const absent = new Set(await findAbsent(folder, files));
  return files.filter((file) => absent.has(file) || (force && file.name === CONFIG && absent.size > 0));
}

async function writeStaged({ companion, workPath, finalPath }: StagedFile): Promise<void> {
  await attemptWrite(finalPath, async () => {
    const handle = await createFile(workPath);
    try {
      await handle.writeFile(companion.bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
