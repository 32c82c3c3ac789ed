/**
 * What earlier runs have left, told: what it is, and what to do with it.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import type { JournalState } from './journal.js';

const RESUME = 'Pass resume (--resume) to go on';

/** @param path  of the work folder */
export function unfinishedRunError(path: string, state: JournalState | undefined): JumpfillError {
  const share = state && state.header.chunks > 0 ? countChunks(state) / state.header.chunks : 0;
  const found = `${path} holds an unfinished run of this output (${Math.floor(100 * share)} % of it recorded as done).`;
  return new JumpfillError('OUTPUT_UNFINISHED', found, `${RESUME}, or remove that folder to begin anew.`);
}

const countChunks = ({ done }: JournalState): number =>
  done.reduce((sum, [first, last]) => sum + last - first + 1, 0);

export function otherRunError(path: string, differences: readonly string[]): JumpfillError {
  const found = `${path} holds an unfinished run of something else: ${differences.join('; ')}.`;
  const remedy = 'Pass what that run was given, or remove that folder to begin anew.';
  return new JumpfillError('RESUME_REFUSED', found, remedy);
}

/** The same error, told with what has become of what was done. */
export function withFate(
  { code, found, remedy, cause, retryAfterMs }: JumpfillError,
  keptIn: string | undefined,
): JumpfillError {
  const fate =
    keptIn === undefined
      ? 'Nothing was left behind.'
      : `What is done is kept in ${keptIn}: ${RESUME.toLowerCase()}.`;
  return new JumpfillError(code, found, `${remedy} ${fate}`, { cause, retryAfterMs });
}
