/**
 * What earlier runs have left, told: what it is, and what to do with it.
 * @module
 */
import { InitError } from '../../base/errors.js';
import type { JournalState } from './journal.js';

const RESUME = 'Pass resume (--resume) to go on';

/** @param path  of the work folder */
export function refuseLeftovers(path: string, state: JournalState | undefined): InitError {
  const share = state && state.header.chunks > 0 ? countChunks(state) / state.header.chunks : 0;
  const found = `${path} holds an unfinished run of this output (${Math.floor(100 * share)} % of it recorded as done).`;
  return new InitError('OUTPUT_UNFINISHED', found, `${RESUME}, or remove that folder to begin anew.`);
}

const countChunks = ({ done }: JournalState): number =>
  done.reduce((sum, [first, last]) => sum + last - first + 1, 0);

export function refuseOther(path: string, differences: readonly string[]): InitError {
  const found = `${path} holds an unfinished run of something else: ${differences.join('; ')}.`;
  const remedy = 'Pass what that run was given, or remove that folder to begin anew.';
  return new InitError('RESUME_REFUSED', found, remedy);
}

/** The same error, told with what has become of what was done. */
export function tellFate(
  { code, found, remedy, cause, retryAfterMs }: InitError,
  keptIn: string | undefined,
): InitError {
  const fate =
    keptIn === undefined
      ? 'Nothing was left behind.'
      : `What is done is kept in ${keptIn}: ${RESUME.toLowerCase()}.`;
  return new InitError(code, found, `${remedy} ${fate}`, { cause, retryAfterMs });
}
