/**
 * Where a redirect may lead. Anyone may have made the answer.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';

/** @param label  what was asked for, for the message */
export const refuseRedirect = (label: string, what: string): JumpfillError =>
  new JumpfillError(
    'IO_FAILED',
    `${label} ${what}`,
    'Such a server is not trusted: download the file by other means, and pass its path.',
  );

/**
 * Not to a file, to another protocol or away from encryption.
 * @returns the new address, without a user
 * @throws {JumpfillError} IO_FAILED
 */
export function checkRedirect(label: string, from: URL, location: string): URL {
  const refuse = (what: string): JumpfillError =>
    refuseRedirect(label, `was redirected by ${from.host} to ${what}.`);
  if (!URL.canParse(location, from.href)) throw refuse('an invalid address');
  const to = new URL(location, from.href);
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    throw refuse(`${to.protocol}, which is not the web`);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse(`${to.host}, without encryption`);
  to.username = to.password = '';
  return to;
}
