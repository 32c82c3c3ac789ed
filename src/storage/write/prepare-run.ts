/**
 * All that a run does before its first element: finds earlier work, opens its sources, checks names and room, begins its journal, makes
 * its files.
 * @module
 */
import { dirname, join } from 'node:path';
import { sumOf } from '../../base/sum.js';
import { chunkAt, type Chunks } from '../../domain/partition/chunks.js';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import type { Companion } from '../companions/read-companions.js';
import { attemptWrite } from '../files/io-errors.js';
import { syncFolders } from '../files/sync-folder.js';
import type { Layout } from '../format/layout.js';
import type { WorkFolder } from '../lock/work-folder.js';
import { holdsBytes } from './atomic-file.js';
import { checkCompanions } from './companion-checks.js';
import { CompanionFiles } from './companion-files.js';
import type { PreparedRun, RunTarget, WriteOptions } from './run-state.js';
import { decideFile, requestOf, type NameState, type Request } from './decisions.js';
import { readEarlierRun } from './earlier-run.js';
import { formatRanges, Journal, type JournalState } from './journal.js';
import { makeJournalHeader, type JournalHeader } from './journal-header.js';
import { KeptSources } from '../read/kept-sources.js';
import { checkOutputName, checkRoom, isThere, refuseTaken } from './output-checks.js';
import { Recorder } from './recorder.js';
import { keptIn } from './run-plan.js';
import {
  closeFiles,
  countUnreserved,
  findFile,
  isGrowing,
  makeFile,
  writeHeader,
  type AbsentFile,
  type GrowingFile,
  type PublishedFile,
  type WorkFile,
} from './work-files.js';

/**
 * @param claims  whose marks say afterwards what is done
 * @throws {JumpfillError} OUTPUT_UNFINISHED, OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, RESUME_REFUSED, NO_SPACE, IO_FAILED
 * @throws the signal's reason
 */
export async function prepareRun(
  work: WorkFolder,
  target: RunTarget,
  claims: ChunkClaims,
  options: WriteOptions,
  signal: AbortSignal | undefined,
): Promise<PreparedRun> {
  const { layout, runPlan, index } = target;
  const folder = dirname(options.path);
  const request = requestOf(options);
  const header = makeJournalHeader(layout, runPlan.chunks);
  const earlier = await readEarlierRun(work, header, request);
  if (earlier === undefined) await work.removeOld();
  else await work.adoptShards();
  markDone(claims, earlier);
  const files: WorkFile[] = [];
  let sources: KeptSources | undefined;
  let journal: Journal | undefined;
  try {
    sources = await KeptSources.open(
      keptIn(
        layout,
        runPlan.files.map(({ shard }) => shard),
      ),
    );
    // One after another, so that all open files are known if one of them fails.
    for (const file of runPlan.files) files.push(await findFile(file, claims, request));
    const isIndexKept = index !== undefined && (await isKept(index, folder, request));
    await checkNames(folder, files, isIndexKept ? undefined : index, options.force);
    await checkCompanions(options, layout);
    await checkRoomFor(folder, files, options.companions);
    journal = await beginJournal(work, header, claims, earlier !== undefined);
    const companions = await CompanionFiles.stage(work, folder, options.companions, options.force);
    const ready = await makeAbsentFiles(files, signal);
    const growing = ready.filter(isGrowing);
    // Also for files that were found: their headers may not have been synced.
    growing.forEach(writeHeader);
    const recorder = new Recorder(journal, claims, growing, options.recordIntervalMs, work.folders);
    const keptElements = countDoneElements(runPlan.chunks, claims);
    return { ...target, files: ready, sources, companions, journal, recorder, isIndexKept, keptElements };
  } catch (error) {
    await journal?.close().catch(() => undefined);
    await closeFiles(files);
    await sources?.close();
    throw error;
  }
}

/** @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE */
async function isKept(
  index: NonNullable<Layout['index']>,
  folder: string,
  request: Request,
): Promise<boolean> {
  const path = join(folder, index.name);
  const action = decideFile({ work: 'gone', name: await examineIndex(path, index.bytes) }, request);
  if (action === 'OUTPUT_EXISTS') return await refuseTaken(path, request);
  return action === 'keep';
}

/** Every byte is compared, so nothing has to be recorded of an index. */
async function examineIndex(path: string, bytes: Uint8Array): Promise<NameState> {
  if (!(await isThere(path))) return 'free';
  return (await holdsBytes(path, bytes)) ? 'ours, recorded' : 'taken';
}

/** @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE */
async function checkNames(
  folder: string,
  files: readonly WorkFile[],
  index: Layout['index'],
  force: boolean,
): Promise<void> {
  for (const { kind, finalPath } of files) if (kind !== 'published') await checkOutputName(finalPath, force);
  if (index !== undefined) await checkOutputName(join(folder, index.name), force);
}

/** @throws {JumpfillError} NO_SPACE */
async function checkRoomFor(
  folder: string,
  files: readonly WorkFile[],
  companions: readonly Companion[],
): Promise<void> {
  let needed = sumOf(companions, ({ bytes }) => bytes.length);
  for (const file of files) needed += await countUnreserved(file);
  await checkRoom(folder, needed);
}

/**
 * Begins the journal with the finished work in existing files: a file that is gone will be made again, at its full size and empty.
 * Records of earlier runs are removed only once the new journal is on the disk.
 */
async function beginJournal(
  work: WorkFolder,
  header: JournalHeader,
  claims: ChunkClaims,
  isResumed: boolean,
): Promise<Journal> {
  return await attemptWrite(work.journalPath, async () => {
    const journal = await Journal.begin(work.journalPath, header, formatRanges(claims));
    if (!isResumed) return journal;
    try {
      await journal.sync();
      await syncFolders(work.folders);
      await work.removeOld();
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  });
}

/** @param files  each absent one is replaced as soon as its file is made, so that a failure closes that file too */
async function makeAbsentFiles(
  files: WorkFile[],
  signal: AbortSignal | undefined,
): Promise<(GrowingFile | PublishedFile)[]> {
  const ready: (GrowingFile | PublishedFile)[] = [];
  for (const [i, file] of files.entries()) {
    const made = file.kind === 'absent' ? await makeUnlessAborted(file, signal) : file;
    files[i] = made;
    ready.push(made);
  }
  return ready;
}

async function makeUnlessAborted(file: AbsentFile, signal: AbortSignal | undefined): Promise<GrowingFile> {
  signal?.throwIfAborted();
  return await makeFile(file);
}

function markDone(claims: ChunkClaims, earlier: JournalState | undefined): void {
  for (const [first, last] of earlier?.done ?? []) {
    for (let chunk = first; chunk <= last; chunk++) claims.markDone(chunk);
  }
}

function countDoneElements(chunks: Chunks, claims: ChunkClaims): number {
  let count = 0;
  for (let chunk = 0; chunk < chunks.chunkCount; chunk++) {
    if (claims.isDone(chunk)) count += chunkAt(chunks, chunk).elementCount;
  }
  return count;
}
