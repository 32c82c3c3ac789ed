/**
 * Finds the leftovers of an earlier run in the work folder, and decides about them (decisions.ts).
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import { sumOf } from '../../base/sum.js';
import type { Locked } from '../lock/owner-file.js';
import type { WorkFolder } from '../lock/work-folder.js';
import { decideRun, type EarlierRun, type Request } from './decisions.js';
import { readJournals, type JournalState } from './journal.js';
import { compareHeaders, type JournalHeader } from './journal-header.js';

/**
 * Reads what an earlier run recorded, and decides about it.
 * @param header  of this run's journal
 * @returns       what to continue; undefined: begin
 * @throws {JumpfillError} OUTPUT_UNFINISHED, RESUME_REFUSED, IO_FAILED
 */
export async function readEarlierRun(
  work: WorkFolder,
  header: JournalHeader,
  request: Request,
): Promise<JournalState | undefined> {
  const state = work.hasLeftovers ? await readJournals(await work.listJournals()) : undefined;
  const differences = state === undefined ? [] : compareHeaders(state.header, header);
  switch (decideRun(classify(work, state, differences), request)) {
    case 'begin':
      return undefined;
    case 'continue':
      return state;
    case 'RESUME_REFUSED':
      throw otherRunError(work.locked, differences);
    default:
      throw unfinishedRunError(work.locked, state);
  }
}

function classify(
  { hasLeftovers }: WorkFolder,
  state: JournalState | undefined,
  differences: readonly string[],
): EarlierRun {
  if (!hasLeftovers) return 'nothing';
  if (state === undefined) return 'no journal';
  return differences.length === 0 ? 'the same run' : 'another run';
}

const RESUME = 'Pass `resume` to continue';

export function unfinishedRunError({ name, folder }: Locked, state: JournalState | undefined): JumpfillError {
  const share = state && state.header.chunks > 0 ? countChunks(state) / state.header.chunks : 0;
  const found = `${name} has an unfinished run in ${folder} (${Math.floor(100 * share)} % of it recorded as done).`;
  return new JumpfillError('OUTPUT_UNFINISHED', found, `${RESUME} it, or remove that folder to start over.`);
}

const countChunks = ({ done }: JournalState): number => sumOf(done, ([first, last]) => last - first + 1);

function otherRunError({ name, folder }: Locked, differences: readonly string[]): JumpfillError {
  const found = `${name} has an unfinished run with other inputs in ${folder}: ${differences.join('; ')}.`;
  const remedy = 'Pass the inputs of that run, or remove that folder to start over.';
  return new JumpfillError('RESUME_REFUSED', found, remedy);
}

/**
 * Adds what becomes of the work that is done.
 * @param keptIn  the work folder; undefined: nothing is kept
 */
export function withFate(
  { code, found, remedy, cause, retryAfterMs }: JumpfillError,
  keptIn: string | undefined,
): JumpfillError {
  const fate =
    keptIn === undefined ? 'Nothing was left behind.' : `Finished work is kept in ${keptIn}. ${RESUME}.`;
  return new JumpfillError(code, found, `${remedy} ${fate}`, { cause, retryAfterMs });
}
