/**
 * The decisions of a run about the files that it finds. DESIGN.md prints the same two tables; a test compares them cell by cell, and another drives a run
 * through each.
 * @module
 */
import type { JumpfillErrorCode } from '../../base/errors.js';

/** The caller's combination of `force` and `resume`. */
export type Request = 'neither' | 'force' | 'resume' | 'both';

export function requestOf({ force, resume }: { readonly force: boolean; readonly resume: boolean }): Request {
  if (resume) return force ? 'both' : 'resume';
  return force ? 'force' : 'neither';
}

/** A code is a refusal. */
type Refusal = Extract<JumpfillErrorCode, 'OUTPUT_EXISTS' | 'OUTPUT_UNFINISHED' | 'RESUME_REFUSED'>;

/** The leftovers of an earlier run in the work folder. */
export type EarlierRun =
  /** Nothing, or nothing of a checkpoint. */
  | 'nothing'
  /** Work, and a journal whose header is the one that this run would write. */
  | 'the same run'
  /** Work, and the journal of another version, spec, seed or layout. */
  | 'another run'
  /** Work, and no journal with an intact header and record. */
  | 'no journal';

/** begin: remove the leftovers; continue: keep them. */
export type RunAction = 'begin' | 'continue' | Refusal;

export const RUN_DECISIONS: Readonly<Record<EarlierRun, Readonly<Record<Request, RunAction>>>> = {
  nothing: { neither: 'begin', force: 'begin', resume: 'begin', both: 'begin' },
  'the same run': {
    neither: 'OUTPUT_UNFINISHED',
    force: 'OUTPUT_UNFINISHED',
    resume: 'continue',
    both: 'continue',
  },
  'another run': {
    neither: 'OUTPUT_UNFINISHED',
    force: 'OUTPUT_UNFINISHED',
    resume: 'RESUME_REFUSED',
    both: 'RESUME_REFUSED',
  },
  'no journal': {
    neither: 'OUTPUT_UNFINISHED',
    force: 'OUTPUT_UNFINISHED',
    resume: 'begin',
    both: 'begin',
  },
};

/** The state of a file's final name. */
export type NameState =
  | 'free'
  /** Something else than this run would write. */
  | 'taken'
  /** A file of the right size with this run's header: seed, recipes and layout are the same. */
  | 'ours'
  /** Ours, and the journal records all of it as written. */
  | 'ours, recorded';

/** The findings about one file. */
export interface FoundFile {
  /** growing: the work folder has the file at its full size, and the journal records some of it as written. */
  readonly work: 'gone' | 'growing';
  readonly name: NameState;
}

/**
 * make: write a new file, which gets the name at the end; continue: write the rest of the file in the work folder; keep: the file that has
 * the name is finished; impossible: the first table has refused the run.
 */
export type FileAction = 'make' | 'continue' | 'keep' | 'impossible' | Refusal;

type FileRow = Readonly<Record<Request, FileAction>>;

export const FILE_DECISIONS: Readonly<Record<FoundFile['work'], Readonly<Record<NameState, FileRow>>>> = {
  gone: {
    free: { neither: 'make', force: 'make', resume: 'make', both: 'make' },
    taken: { neither: 'OUTPUT_EXISTS', force: 'make', resume: 'OUTPUT_EXISTS', both: 'make' },
    ours: { neither: 'OUTPUT_EXISTS', force: 'make', resume: 'keep', both: 'make' },
    // The file left the work folder when it got its name, so this name is not what is to be replaced.
    'ours, recorded': { neither: 'OUTPUT_EXISTS', force: 'make', resume: 'keep', both: 'keep' },
  },
  growing: {
    free: { neither: 'impossible', force: 'impossible', resume: 'continue', both: 'continue' },
    taken: { neither: 'impossible', force: 'impossible', resume: 'OUTPUT_EXISTS', both: 'continue' },
    // With force, the name may still belong to the file to be replaced.
    ours: { neither: 'impossible', force: 'impossible', resume: 'keep', both: 'continue' },
    'ours, recorded': { neither: 'impossible', force: 'impossible', resume: 'keep', both: 'continue' },
  },
};

export const decideRun = (earlier: EarlierRun, request: Request): RunAction =>
  RUN_DECISIONS[earlier][request];

export const decideFile = ({ work, name }: FoundFile, request: Request): FileAction =>
  FILE_DECISIONS[work][name][request];
