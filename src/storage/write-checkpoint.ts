/**
 * Writes a laid-out checkpoint: the files grow in a work folder, what is done is recorded, finished files get their names.
 * Memory does not grow with the model: threads draw into a scratch and write it at its own position.
 * @module
 */
import { readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shardsOfPart, type Part } from '../domain/part.js';
import { chunkAt, type Plan } from '../domain/plan.js';
import type { ControlWords } from '../engine/control.js';
import type { Coordinator, RunOptions } from '../engine/coordinator.js';
import type { Job } from '../engine/protocol.js';
import { InitError } from '../errors.js';
import { findFile, makeFile, writeHeader, type GrowingFile } from './growing-files.js';
import { attemptWrite } from './io-errors.js';
import {
  compareHeaders,
  describeRun,
  Journal,
  readJournal,
  type JournalHeader,
  type JournalState,
} from './journal.js';
import type { Layout } from './layout.js';
import {
  checkFolder,
  checkName,
  checkRoom,
  isThere,
  publish,
  syncFolder,
  type Finished,
} from './output-place.js';
import { Recorder } from './recorder.js';
import { makeJob, planRun, type RunPlan, type Section } from './sections.js';
import { writeSynced } from './whole-file.js';
import { WorkFolder, workFolderOf } from './work-folder.js';

export interface WriteOptions {
  /** Absolute: of the file, or what the shards' names are made of. */
  readonly path: string;
  /** Replace files that are there. */
  readonly force: boolean;
  /** Go on with what an earlier run left, if it did. */
  readonly resume: boolean;
  readonly part: Part | undefined;
  /** How often what is done is recorded. */
  readonly recordIntervalMs: number;
  /** Looks at the finished files before they get their names. */
  readonly examine: (paths: readonly string[]) => Promise<void>;
}

export interface Written {
  /** Files of this run, by their index in the layout. */
  readonly files: readonly number[];
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
}

/** @throws {InitError} what Engine.initModel says */
export async function writeCheckpoint(
  coordinator: Coordinator,
  threads: number,
  layout: Layout,
  options: WriteOptions,
  run: RunOptions,
): Promise<Written> {
  const { path, part, force, resume } = options;
  const folder = dirname(path);
  const files = part === undefined ? [...layout.files.keys()] : shardsOfPart(part, layout.files.length);
  const index = part === undefined ? layout.index : undefined;
  const names = [...files.flatMap((i) => layout.files[i] ?? []), ...(index ? [index] : [])];
  const workPath = workFolderOf(path, part);
  await checkFolder(folder);
  // For a run that resumes, names may be taken by what an earlier one has finished: that is looked at with the journal.
  if (!resume && !(await isThere(workPath))) await checkNames(names, folder, force);
  const work = await WorkFolder.open(workPath);
  const runPlan = planRun(layout, files, folder, (file) => work.shardPath(file));
  const current = new CheckpointRun(work, runPlan, layout, options);
  try {
    const control = coordinator.prepare(makeJob(runPlan, layout, [], threads));
    await current.prepare(control, names, index);
    await current.fill(coordinator, makeJob(runPlan, layout, current.descriptors, threads), control, run);
    await current.finish(index, run.signal);
    return { files, keptElements: current.keptElements };
  } catch (error) {
    throw await current.giveUp(error, run.signal);
  }
}

interface Named {
  readonly name: string;
}

const isSame = async (path: string, bytes: Uint8Array): Promise<boolean> =>
  await readFile(path).then(
    (there) => Buffer.compare(there, bytes) === 0,
    () => false,
  );

async function checkNames(names: readonly Named[], folder: string, force: boolean): Promise<void> {
  for (const { name } of names) await checkName(join(folder, name), force);
}

/** One run, from its lock to the names of its files. */
class CheckpointRun {
  #files: readonly GrowingFile[] = [];
  #journal: Journal | undefined;
  #recorder: Recorder | undefined;
  /** Until then, what an earlier run left is as it was. */
  #hasBegun = false;
  /** The index has its name already. */
  #isIndexed = false;
  keptElements = 0;

  constructor(
    readonly work: WorkFolder,
    readonly runPlan: RunPlan,
    readonly layout: Layout,
    readonly options: WriteOptions,
  ) {}

  /** All that comes before the first element: earlier work found, names free, room reserved, headers written. */
  async prepare(control: ControlWords, names: readonly Named[], index: Layout['index']): Promise<void> {
    const { work, runPlan, layout, options } = this;
    const { plan, sections } = runPlan;
    const folder = dirname(options.path);
    const header = describeRun(layout, plan);
    const state = await this.#readState(header);
    markDone(control, state);
    const find = (section: Section): Promise<GrowingFile | undefined> =>
      findFile(section, control, state !== undefined);
    const found = options.resume ? await Promise.all(sections.map(find)) : [];
    this.#files = found.filter((file) => file !== undefined);
    const named = this.#files.filter(({ handle }) => handle === undefined).map(({ file }) => file.name);
    if (options.resume && index && (await isSame(join(folder, index.name), index.bytes)))
      named.push(index.name);
    await checkNames(
      names.filter(({ name }) => !named.includes(name)),
      folder,
      options.force,
    );
    this.#isIndexed = index !== undefined && named.includes(index.name);
    await checkRoom(folder, countBytes(sections.filter((_, i) => found[i] === undefined)));
    this.#hasBegun = true;
    this.#files = await this.#makeMissing(found);
    for (const file of this.#files) writeHeader(file);
    this.#journal = await attemptWrite(work.journalPath, () =>
      state ? Journal.goOn(work.journalPath) : Journal.begin(work.journalPath, header),
    );
    this.#recorder = new Recorder(this.#journal, control, this.#files, options.recordIntervalMs, work.path);
    this.keptElements = countDoneElements(plan, control);
  }

  /** What an earlier run of the same has recorded. */
  async #readState(header: JournalHeader): Promise<JournalState | undefined> {
    const { work, options } = this;
    if (work.leftovers.length === 0) return undefined;
    const state = await readJournal(work.journalPath);
    if (!options.resume) throw refuseLeftovers(work.path, state);
    if (state === undefined) return undefined;
    const differences = compareHeaders(state.header, header);
    if (differences.length > 0) throw refuseOther(work.path, differences);
    return state;
  }

  async #makeMissing(found: readonly (GrowingFile | undefined)[]): Promise<readonly GrowingFile[]> {
    const files: GrowingFile[] = [];
    try {
      for (const [i, section] of this.runPlan.sections.entries())
        files.push(found[i] ?? (await makeFile(section)));
    } catch (error) {
      this.#files = [...new Set([...files, ...this.#files])];
      throw error;
    }
    return files;
  }

  async fill(coordinator: Coordinator, job: Job, control: ControlWords, run: RunOptions): Promise<void> {
    const recorder = this.#recorder;
    recorder?.start();
    const signals = [run.signal, recorder?.failed.signal].filter((signal) => signal !== undefined);
    await coordinator.run(job, { ...run, signal: AbortSignal.any(signals) }, control);
    await recorder?.stop();
    recorder?.failed.signal.throwIfAborted();
  }

  /** The open files of this run, for a job. */
  get descriptors(): readonly (number | undefined)[] {
    return this.#files.map(({ handle }) => handle?.fd);
  }

  /** Syncs everything, then gives the names: the index last, because with it the checkpoint is there. */
  async finish(index: Layout['index'], signal: AbortSignal | undefined): Promise<void> {
    const { work, options } = this;
    const open = this.#files.filter(({ handle }) => handle !== undefined);
    await Promise.all(
      open.map(({ handle, finalPath }) => attemptWrite(finalPath, async () => handle?.sync())),
    );
    const finished: Finished[] = open.map(({ workPath, finalPath }) => ({ from: workPath, to: finalPath }));
    // A single file gets its name in one step; several do not, so that a run that resumes must know that they are whole.
    if (this.#files.length > 1 || index) await this.#recorder?.record();
    await options.examine(
      this.#files.map(({ handle, workPath, finalPath }) => (handle ? workPath : finalPath)),
    );
    signal?.throwIfAborted();
    if (index && !this.#isIndexed) {
      await unlink(work.indexPath).catch(() => undefined);
      await attemptWrite(work.indexPath, () => writeSynced(work.indexPath, index.bytes));
      finished.push({ from: work.indexPath, to: join(dirname(options.path), index.name) });
    }
    await this.#close();
    await publish(finished, options.force);
    await syncFolder(dirname(options.path));
    await work.remove();
  }

  /** @returns the error, told with what becomes of what was done */
  async giveUp(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    await this.#recorder?.stop();
    const isKept = this.#hasBegun ? await this.#recordLast() : this.work.leftovers.length > 0;
    await this.#close();
    if (isKept) await this.work.leave();
    else await this.work.remove();
    const isAbort = signal?.aborted === true && error === signal.reason;
    if (isAbort || !this.#hasBegun || !(error instanceof InitError)) return error;
    return tellFate(error, isKept ? this.work.path : undefined);
  }

  /** What was recorded is kept, and with it what was done since; for whoever said that he wants to resume, in any case. */
  async #recordLast(): Promise<boolean> {
    const recorder = this.#recorder;
    if (recorder === undefined) return this.work.leftovers.length > 0;
    if (!recorder.hasRecorded && !this.options.resume) return false;
    // It may be the disk that fails: then the last record holds.
    if (!recorder.failed.signal.aborted) await recorder.record().catch(() => undefined);
    return recorder.hasRecorded;
  }

  async #close(): Promise<void> {
    await this.#journal?.close().catch(() => undefined);
    for (const { handle } of this.#files) await handle?.close().catch(() => undefined);
    this.#files = [];
    this.#journal = undefined;
  }
}

function markDone(control: ControlWords, state: JournalState | undefined): void {
  for (const [first, last] of state?.done ?? []) {
    for (let chunk = first; chunk <= last; chunk++) control.markDone(chunk);
  }
}

function countDoneElements(plan: Plan, control: ControlWords): number {
  let count = 0;
  for (let chunk = 0; chunk < plan.chunkCount; chunk++) {
    if (control.isDone(chunk)) count += chunkAt(plan, chunk).elementCount;
  }
  return count;
}

const countBytes = (sections: readonly Section[]): number =>
  sections.reduce((sum, { file }) => sum + file.byteLength, 0);

const RESUME = 'Pass resume (--resume) to go on';

function refuseLeftovers(path: string, state: JournalState | undefined): InitError {
  const share = state && state.header.chunks > 0 ? countChunks(state) / state.header.chunks : 0;
  const found = `${path} holds an unfinished run of this output (${Math.floor(100 * share)} % of it recorded as done).`;
  return new InitError('OUTPUT_UNFINISHED', found, `${RESUME}, or remove that folder to begin anew.`);
}

const countChunks = ({ done }: JournalState): number =>
  done.reduce((sum, [first, last]) => sum + last - first + 1, 0);

function refuseOther(path: string, differences: readonly string[]): InitError {
  const found = `${path} holds an unfinished run of something else: ${differences.join('; ')}.`;
  const remedy = 'Pass what that run was given, or remove that folder to begin anew.';
  return new InitError('RESUME_REFUSED', found, remedy);
}

function tellFate({ code, found, remedy, cause }: InitError, keptIn: string | undefined): InitError {
  const fate =
    keptIn === undefined
      ? 'Nothing was left behind.'
      : `What is done is kept in ${keptIn}: ${RESUME.toLowerCase()}.`;
  return new InitError(code, found, `${remedy} ${fate}`, { cause });
}
