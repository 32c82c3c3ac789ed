/**
 * Parses the values of options: numbers, sizes, shares, durations and paths.
 * @module
 */
import { parseByteSize } from '../../base/byte-size.js';
import { show } from '../../base/wording.js';
import { usageError } from './argv.js';

/** @throws {ValueError} BAD_OPTION */
export function checkSize(option: string, size: string | undefined): string | undefined {
  if (size !== undefined) parseByteSize(size, option);
  return size;
}

export function parseWhole(option: string, text: string, largest: bigint): bigint {
  if (/^\d+$/.test(text) && BigInt(text) <= largest) return BigInt(text);
  throw usageError(`${option} is ${show(text)}.`, `It takes a whole number up to ${largest}.`);
}

/** A day. */
const MOST_SECONDS = 86_400;

/** @returns milliseconds */
export function parseSeconds(option: string, text: string): number {
  const seconds = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (seconds <= MOST_SECONDS) return Math.round(1000 * seconds);
  throw usageError(`${option} is ${show(text)}.`, `It takes seconds, from 0 to ${MOST_SECONDS}.`);
}

/** `1%` or `0.01` */
export function parseShare(option: string, text: string): number {
  const [, digits = '', percent = ''] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const share = digits === '' ? NaN : Number(digits) / (percent === '' ? 1 : 100);
  if (share > 0 && share <= 1) return share;
  throw usageError(
    `${option} is ${show(text)}.`,
    'It takes a share above 0 and at most 1, such as 1% or 0.01.',
  );
}

/** Linux's PATH_MAX, which is larger than macOS's: a longer path names no file. */
const LONGEST_PATH = 4096;

/**
 * @param what  the option or command that takes it
 * @throws {UsageError} BAD_OPTION: empty, or longer than any path
 */
export function checkTypedPath(what: string, path: string): void {
  if (path.length > LONGEST_PATH) {
    const found = `${what}: ${show(path)} has ${path.length} characters.`;
    throw usageError(found, `A path has at most ${LONGEST_PATH}.`);
  }
  if (path === '') throw usageError(`${what}: the path is empty.`, 'Name a file.');
}
