/**
 * The errors this library throws.
 * @module
 */
import { escapeControls } from '../text/printable.js';

/** Stable names for what went wrong. Scripts and tests match these; the wording of a message may change. */
export type JumpfillErrorCode =
  // What the caller passed: refused before a byte is written.
  | 'NOT_IMPLEMENTED' // a mode this library does not have
  | 'BAD_SHAPE' // invalid dimensions, or too few of them
  | 'BAD_DTYPE'
  | 'BAD_BUFFER' // not shared, too small, misaligned; no state of a generator
  | 'BAD_NAME'
  | 'BAD_SEED'
  | 'BAD_OFFSET'
  | 'BAD_BITS'
  | 'BAD_LIMIT' // a limit that is not positive and finite, or that the dtype cannot hold
  | 'BAD_FACTOR'
  | 'BAD_RANGE' // low, high, mean, std or value out of range
  | 'BAD_OPTION' // an option that is unknown or of the wrong type
  | 'BAD_SPEC' // an invalid model spec
  | 'BAD_CHECKPOINT' // an invalid safetensors file, or files that do not make a checkpoint
  | 'NO_RECIPE' // a checkpoint whose metadata hold no recipe
  | 'TOO_LARGE' // more than can be addressed or allocated
  // What went wrong on the way.
  | 'ENGINE_CLOSED'
  | 'WORKER_FAILED'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_UNFINISHED' // an earlier run's leftovers
  | 'OUTPUT_LOCKED' // another process is writing it
  | 'LOCK_LOST' // another process took over while this one slept
  | 'OUTPUT_NOT_WRITABLE'
  | 'RESUME_REFUSED' // the journal belongs to another run
  | 'NO_SPACE'
  | 'IO_FAILED'
  // The environment.
  | 'UNSUPPORTED_PLATFORM' // a processor or runtime on which bytes would be wrong, or could not be written
  | 'MISSING_FILES'; // files of this package itself: it was bundled

export interface JumpfillErrorOptions extends ErrorOptions {
  /** The parameter of an initialiser that the error is about. */
  readonly parameter?: string;
  /** When a new attempt may succeed, in ms from now. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Says what was found and where (`found`), then what to do (`remedy`). Both may quote names and paths from other people's files:
 * unprintable characters are escaped here, once for all messages.
 */
export class JumpfillError extends Error {
  readonly found: string;
  readonly remedy: string;
  readonly parameter: string | undefined;
  /** When a new attempt may succeed, in ms from now; OUTPUT_LOCKED only. */
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

/** Bad input; upstream raises `ValueError` or a relative of it. */
export class ValueError extends JumpfillError {}

/** A mode that this library does not have; upstream raises `NotImplementedError`. */
export class NotImplementedError extends JumpfillError {
  constructor(found: string, remedy: string, options?: JumpfillErrorOptions) {
    super('NOT_IMPLEMENTED', found, remedy, options);
  }
}

/** The same error, preceded by a path in the spec, and by its parameter if it has one: `tensors[3].init.std: <found> <remedy>`. */
export function locateError(error: unknown, path: string): unknown {
  if (!(error instanceof JumpfillError)) return error;
  const parameter = error.parameter === undefined ? '' : `.${error.parameter}`;
  const found = `${path}${parameter}: ${error.found}`;
  if (error instanceof NotImplementedError) return new NotImplementedError(found, error.remedy);
  const Kind = error instanceof ValueError ? ValueError : JumpfillError;
  return new Kind(error.code, found, error.remedy, { cause: error, retryAfterMs: error.retryAfterMs });
}

/** Runs a check; an error it throws is preceded by the path. */
export function checkAt<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw locateError(error, path);
  }
}

/** Checks whether the caller's input is at fault, rather than something that went wrong on the way. */
export function isBadInput(error: unknown): error is JumpfillError {
  return error instanceof ValueError || error instanceof NotImplementedError;
}

/** The message of anything thrown. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The stack of anything thrown, or its message where there is none: for an error that is nobody's input. */
export const traceOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
