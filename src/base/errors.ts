/**
 * The errors this library throws. Every layer may import this file; it imports nothing but printable.ts.
 * @module
 */
import { escapeControls } from '../text/printable.js';

/** Stable names for what went wrong. Scripts and tests match these; the wording of a message may change. */
export type JumpfillErrorCode =
  // What the caller passed: refused before a byte is written.
  | 'NOT_IMPLEMENTED' // a mode this library does not have
  | 'BAD_SHAPE' // dimensions that are no dimensions, or too few of them
  | 'BAD_DTYPE'
  | 'BAD_BUFFER' // not shared, too small, misaligned
  | 'BAD_NAME'
  | 'BAD_SEED'
  | 'BAD_OFFSET'
  | 'BAD_BITS'
  | 'BAD_LIMIT' // a limit that is no positive finite number, or that the dtype cannot hold
  | 'BAD_FACTOR'
  | 'BAD_RANGE' // low, high, mean, std or value out of range
  | 'BAD_OPTION' // an option that is unknown or of the wrong type
  | 'BAD_SPEC' // a model spec that is no spec
  | 'BAD_CHECKPOINT' // a file that is no safetensors file, or files that are no checkpoint
  | 'NO_RECIPE' // a checkpoint that does not tell how it was made
  | 'TOO_LARGE' // more than can be addressed or allocated
  // What happened on the way.
  | 'ENGINE_CLOSED'
  | 'WORKER_FAILED'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_UNFINISHED' // an earlier run's leftovers
  | 'OUTPUT_LOCKED' // another process writes there
  | 'LOCK_LOST' // another process has taken over while this one slept
  | 'OUTPUT_NOT_WRITABLE'
  | 'RESUME_REFUSED' // the journal is of another run
  | 'NO_SPACE'
  | 'IO_FAILED'
  // Where it runs.
  | 'UNSUPPORTED_PLATFORM' // a processor or runtime on which bytes would be wrong, or not written
  | 'MISSING_FILES'; // files of this package itself: it was bundled

export interface JumpfillErrorOptions extends ErrorOptions {
  /** Of an initialiser: which of its parameters is meant. */
  readonly parameter?: string;
  /** When it may be worth trying again. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Says what was found and where (`found`), then what to do (`remedy`). Both may quote names and paths that are anybody's: whatever
 * would not show as it is, is escaped here, once for all messages.
 */
export class JumpfillError extends Error {
  readonly found: string;
  readonly remedy: string;
  readonly parameter: string | undefined;
  /** Of an OUTPUT_LOCKED: when it may be worth trying again, in ms from now; undefined of every other error. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: JumpfillErrorCode,
    found: string,
    remedy: string,
    options?: JumpfillErrorOptions,
  ) {
    const [shownFound, shownRemedy] = [escapeControls(found), escapeControls(remedy)];
    super(`${shownFound} ${shownRemedy}`, options);
    this.name = new.target.name;
    this.found = shownFound;
    this.remedy = shownRemedy;
    this.parameter = options?.parameter;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** A value that cannot be used; upstream raises `ValueError` or one of its kin. */
export class ValueError extends JumpfillError {}

/** Asked for what is not there; upstream raises `NotImplementedError`. */
export class NotImplementedError extends JumpfillError {
  constructor(found: string, remedy: string, options?: JumpfillErrorOptions) {
    super('NOT_IMPLEMENTED', found, remedy, options);
  }
}

/** The same error, told from a place and, if it is about a parameter, that: `tensors[3].init.std: <what was found> <what to do>`. */
export function locateError(error: unknown, place: string): unknown {
  if (!(error instanceof JumpfillError)) return error;
  const parameter = error.parameter === undefined ? '' : `.${error.parameter}`;
  const found = `${place}${parameter}: ${error.found}`;
  if (error instanceof NotImplementedError) return new NotImplementedError(found, error.remedy);
  const Kind = error instanceof ValueError ? ValueError : JumpfillError;
  return new Kind(error.code, found, error.remedy, { cause: error, retryAfterMs: error.retryAfterMs });
}

/** Runs a check; an error it throws is told from `place`. */
export function checkAt<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw locateError(error, place);
  }
}

/** Whether the caller could have known: bad input, as against something that went wrong on the way. */
export function isBadInput(error: unknown): error is JumpfillError {
  return error instanceof ValueError || error instanceof NotImplementedError;
}

/** What anything thrown says. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
