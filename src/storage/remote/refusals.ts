/**
 * Answers that say no, in this project's words.
 * @module
 */
import { JumpfillError, ValueError } from '../../base/errors.js';
import type { Answer } from './answer.js';

/** Whose files are asked for. */
export interface Asked {
  /** What messages call it. */
  readonly label: string;
  /** The model's page, if it is one of the Hub. */
  readonly page?: string | undefined;
  readonly hasToken: boolean;
  /** It may be missing: some servers answer 403 for what they do not have, as S3 does where listing is not allowed. */
  readonly isOptional?: boolean;
}

/**
 * The error of an answer that is no success.
 * @returns BAD_CHECKPOINT, whose cause says that the file is gone (isGone), for 404 and 410; IO_FAILED for what no server should answer
 */
export function refuseAnswer({ status, headers, url }: Answer, asked: Asked): JumpfillError {
  const { label, page } = asked;
  const code = headers.get('x-error-code') ?? '';
  if (code === 'GatedRepo' && page !== undefined) return refuseGated(asked, status, page);
  if (code === 'RevisionNotFound') {
    return missing(
      `${label}: the model has no such revision.`,
      'Write a branch, a tag or a commit after the @.',
    );
  }
  const isHidden = status === 403 && page === undefined && asked.isOptional;
  if (status === 404 || status === 410 || isHidden) {
    const remedy = page === undefined ? 'Check the address.' : `Check the name: ${page}`;
    return missing(`${label} does not exist.`, remedy);
  }
  if (status === 401 || status === 403) return refuseStranger(asked, status);
  const found = `${label} cannot be read: ${url.host} answers HTTP ${status}.`;
  return new JumpfillError('IO_FAILED', found, 'Check the address.');
}

/** As if a disk had said it. */
const missing = (found: string, remedy: string): ValueError =>
  new ValueError('BAD_CHECKPOINT', found, remedy, {
    cause: Object.assign(new Error('no such file'), { code: 'ENOENT' }),
  });

function refuseGated({ label, hasToken }: Asked, status: number, page: string): ValueError {
  const found = `${label} is gated: its owner gives access on request (HTTP ${status}).`;
  const remedy = hasToken
    ? `Ask for access with the account of your token: ${page}`
    : `Ask for access on ${page}, then pass a token of that account in HF_TOKEN, or run: hf auth login`;
  return new ValueError('BAD_CHECKPOINT', found, remedy);
}

/** The Hub does not tell strangers whether a private model exists. */
function refuseStranger({ label, page, hasToken }: Asked, status: number): ValueError {
  if (page === undefined) {
    const found = `${label} cannot be read: the server allows it to others only (HTTP ${status}).`;
    return new ValueError('BAD_CHECKPOINT', found, 'Download it by other means, and pass its path.');
  }
  const found = hasToken
    ? `${label} does not exist, or the token that was sent may not read it (HTTP ${status}).`
    : `${label} does not exist, or is private (HTTP ${status}).`;
  const remedy = hasToken
    ? `Check the name on ${page}, or take a token that may read it.`
    : `Check the name on ${page}; a private model needs a token: set HF_TOKEN, which is not sent over http, or run: hf auth login`;
  return new ValueError('BAD_CHECKPOINT', found, remedy);
}

/** The error of a server that answers what no server should. */
export const refuseServer = (label: string, what: string): JumpfillError =>
  new JumpfillError(
    'IO_FAILED',
    `${label}: ${what}.`,
    'Download the file by other means, and pass its path.',
  );
