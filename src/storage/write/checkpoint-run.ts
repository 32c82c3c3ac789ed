/**
 * One run of writing a checkpoint, from its lock to the names of its files.
 * @module
 */
import { dirname, join } from 'node:path';
import type { Part } from '../../domain/partition/part.js';
import { chunkAt, type Plan } from '../../domain/partition/chunks.js';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import type { Job } from '../../engine/jobs/protocol.js';
import { JumpfillError } from '../../base/errors.js';
import { countUnreserved, findFile, makeFile, writeHeader, type GrowingFile } from './work-files.js';
import { attemptWrite } from '../files/io-errors.js';
import {
  compareHeaders,
  describeRun,
  formatRanges,
  Journal,
  readJournals,
  type JournalHeader,
  type JournalState,
} from './journal.js';
import type { Layout } from '../format/layout.js';
import { unfinishedRunError, otherRunError, withFate } from './earlier-run.js';
import { checkNames, checkRoom } from './output-checks.js';
import { publish, type FinishedFile } from './publish.js';
import { Recorder } from './recorder.js';
import type { RunPlan, Section } from './run-plan.js';
import { syncFolder } from '../files/sync-folder.js';
import { holdsBytes, publishBytes } from './atomic-file.js';
import type { WorkFolder } from '../lock/work-folder.js';

export interface WriteOptions {
  /** Absolute: of the file, or what the shards' names are made of. */
  readonly path: string;
  /** Replace files that are there. */
  readonly force: boolean;
  /** Go on with what an earlier run left, if it did. */
  readonly resume: boolean;
  readonly part: Part | undefined;
  /** Also from a process that holds the output. */
  readonly takeOver: boolean;
  /** How long to wait at the most while another process holds it; 0 is not at all. */
  readonly waitMs: number;
  readonly onWait: ((locked: JumpfillError) => void) | undefined;
  /** How often what is done is recorded. */
  readonly recordIntervalMs: number;
  /** Looks at the finished files before they get their names. */
  readonly examine: (paths: readonly string[]) => Promise<void>;
}

/** Everything is ready: files open, names free, room reserved. */
interface Ready {
  readonly journal: Journal;
  readonly recorder: Recorder;
  /** The index has its name already. */
  readonly isIndexed: boolean;
}

export class CheckpointRun {
  /** Of the run's sections, as far as they are open or have their names. */
  readonly #files: GrowingFile[] = [];
  #ready: Ready | undefined;
  keptElements = 0;

  constructor(
    readonly work: WorkFolder,
    readonly runPlan: RunPlan,
    readonly layout: Layout,
    readonly options: WriteOptions,
  ) {}

  get #folder(): string {
    return dirname(this.options.path);
  }

  /**
   * All that comes before the first element: earlier work found, names free, room reserved, headers written.
   * @param names  of the files of this run, and of the index if it writes one
   */
  async prepare(
    control: ChunkClaims,
    names: readonly string[],
    index: Layout['index'],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { work, runPlan, layout, options } = this;
    const header = describeRun(layout, runPlan.plan);
    const state = await this.#readState(header);
    if (state === undefined) await work.removeOld();
    else await work.adoptShards();
    markDone(control, state);
    if (options.resume) await this.#findFiles(control, state !== undefined);
    const isIndexed =
      options.resume &&
      index !== undefined &&
      (await holdsBytes(join(this.#folder, index.name), index.bytes));
    const others = names.filter((name) => !this.#isNamed(name) && !(isIndexed && name === index.name));
    await checkNames(this.#folder, others, options);
    await this.#checkRoom();
    const journal = await this.#beginJournal(header, control, state !== undefined);
    try {
      await this.#makeFiles(signal);
    } catch (error) {
      await journal.close().catch(() => undefined);
      throw error;
    }
    const recorder = new Recorder(journal, control, this.#files, options.recordIntervalMs, work.folders);
    this.#ready = { journal, recorder, isIndexed };
    this.keptElements = countDoneElements(runPlan.plan, control);
  }

  /** What an earlier run of the same has recorded. */
  async #readState(header: JournalHeader): Promise<JournalState | undefined> {
    const { work, options } = this;
    if (!work.hasLeftovers) return undefined;
    const state = await readJournals(await work.listJournals());
    if (!options.resume) throw unfinishedRunError(work.path, state);
    if (state === undefined) return undefined;
    const differences = compareHeaders(state.header, header);
    if (differences.length > 0) throw otherRunError(work.path, differences);
    return state;
  }

  /** One after another: whatever is open is known when one of them fails. */
  async #findFiles(control: ChunkClaims, isRecorded: boolean): Promise<void> {
    for (const section of this.runPlan.sections) {
      const file = await findFile(section, control, isRecorded, this.options.force);
      if (file !== undefined) this.#files.push(file);
    }
  }

  /** Whether a file has its name, and is whole. */
  #isNamed(name: string): boolean {
    return this.#files.some(({ handle, file }) => handle === undefined && file.name === name);
  }

  get #missing(): readonly Section[] {
    const found = new Set(this.#files.map(({ file }) => file));
    return this.runPlan.sections.filter(({ file }) => !found.has(file));
  }

  async #checkRoom(): Promise<void> {
    let needed = this.#missing.reduce((sum, { file }) => sum + file.byteLength, 0);
    for (const file of this.#files) needed += await countUnreserved(file);
    await checkRoom(this.#folder, needed);
  }

  /**
   * Says what is done of the files that are there: one that is gone will be there again, with its size and nothing in it. What earlier runs
   * recorded is removed only when that is on the disk.
   */
  async #beginJournal(header: JournalHeader, control: ChunkClaims, isResumed: boolean): Promise<Journal> {
    const { work } = this;
    return await attemptWrite(work.journalPath, async () => {
      const journal = await Journal.begin(work.journalPath, header, formatRanges(control));
      if (!isResumed) return journal;
      try {
        await journal.sync();
        for (const folder of work.folders) await syncFolder(folder);
        await work.removeOld();
        return journal;
      } catch (error) {
        await journal.close();
        throw error;
      }
    });
  }

  async #makeFiles(signal: AbortSignal | undefined): Promise<void> {
    for (const section of this.#missing) {
      signal?.throwIfAborted();
      this.#files.push(await makeFile(section));
    }
    const order = new Map(this.runPlan.sections.map(({ file }, i) => [file, i]));
    this.#files.sort((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0));
    // Also of files that were found: a header may not have been synced.
    for (const file of this.#files) writeHeader(file);
  }

  /** The files of this run, for a job; undefined of one that needs no writing. */
  get descriptors(): readonly (number | undefined)[] {
    return this.#files.map(({ handle }) => handle?.fd);
  }

  async fill(coordinator: Coordinator, job: Job, control: ChunkClaims, run: RunOptions): Promise<void> {
    const { recorder } = this.#prepared;
    recorder.start();
    const signals = [run.signal, recorder.failed.signal, this.work.lock.lost].filter(
      (signal) => signal !== undefined,
    );
    await coordinator.run(job, { ...run, signal: AbortSignal.any(signals) }, control);
    await recorder.stop();
    recorder.failed.signal.throwIfAborted();
  }

  get #prepared(): Ready {
    if (this.#ready === undefined) throw new Error('prepare() comes first');
    return this.#ready;
  }

  /** Syncs everything, then gives the names: the index last, because with it the checkpoint is there. */
  async finish(index: Layout['index'], signal: AbortSignal | undefined): Promise<void> {
    const { work, layout, options } = this;
    const { recorder, isIndexed } = this.#prepared;
    await recorder.syncAll();
    // A single file gets its name in one step; several do not, so that a run that resumes must know that they are whole.
    if (this.#files.length > 1 || index) await recorder.record();
    await options.examine(
      this.#files.map(({ handle, workPath, finalPath }) => (handle ? workPath : finalPath)),
    );
    signal?.throwIfAborted();
    const finished = this.#files.flatMap(({ handle, workPath, finalPath }): FinishedFile[] =>
      handle ? [{ from: workPath, to: finalPath, handle }] : [],
    );
    await work.lock.check();
    // An index that is there would tell of shards that are being replaced, a part's as well.
    const isReplaced = options.force && finished.length > 0 && layout.index !== undefined;
    if (isReplaced) await this.#takeAwayIndex(layout.index.name);
    const nextUnnamedPath = (): string => work.nextUnnamedPath();
    await publish(finished, { force: options.force, nextUnnamedPath });
    await syncFolder(this.#folder);
    if (index && (isReplaced || !isIndexed)) await this.#publishIndex(index);
    await this.#close();
    await work.remove();
  }

  /** Durably: after a power failure it must not be there again, beside shards that are. */
  async #takeAwayIndex(name: string): Promise<void> {
    await this.work.takeAwayIndex(join(this.#folder, name));
    await syncFolder(this.#folder);
  }

  async #publishIndex({ name, bytes }: NonNullable<Layout['index']>): Promise<void> {
    await publishBytes(this.work, bytes, join(this.#folder, name), this.options.force);
  }

  /** @returns the error, told with what becomes of what was done */
  async giveUp(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    await this.#ready?.recorder.stop();
    const isKept = await this.#recordLast();
    await this.#close();
    const isAbort = signal?.aborted === true && error === signal.reason;
    const told = isAbort ? error : await this.work.explain(error);
    if (isKept) await this.work.leave();
    else await this.work.remove();
    if (isAbort || !(told instanceof JumpfillError) || told.code === 'LOCK_LOST') return told;
    // Before it was ready, nothing was done.
    return this.#ready === undefined ? told : withFate(told, isKept ? this.work.path : undefined);
  }

  /** What was recorded is kept, and with it what was done since; for whoever said that he wants to resume, in any case. */
  async #recordLast(): Promise<boolean> {
    if (this.#ready === undefined) return this.work.hasLeftovers;
    const { recorder } = this.#ready;
    if (!recorder.hasRecorded && !this.options.resume) return false;
    // It may be the disk that fails: then the last record holds.
    await recorder.record().catch(() => undefined);
    return recorder.hasRecorded;
  }

  async #close(): Promise<void> {
    await this.#ready?.journal.close().catch(() => undefined);
    for (const { handle } of this.#files) await handle?.close().catch(() => undefined);
  }
}

function markDone(control: ChunkClaims, state: JournalState | undefined): void {
  for (const [first, last] of state?.done ?? []) {
    for (let chunk = first; chunk <= last; chunk++) control.markDone(chunk);
  }
}

function countDoneElements(plan: Plan, control: ChunkClaims): number {
  let count = 0;
  for (let chunk = 0; chunk < plan.chunkCount; chunk++) {
    if (control.isDone(chunk)) count += chunkAt(plan, chunk).elementCount;
  }
  return count;
}
