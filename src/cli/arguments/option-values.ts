/**
 * Values of options: numbers, sizes, shares, durations, as they are typed.
 * @module
 */
import { parseByteSize } from '../../base/byte-size.js';
import { show } from '../../base/wording.js';
import { usageError } from './argv.js';

/** @throws {ValueError} BAD_OPTION, in the command line's words */
export function checkSize(option: string, size: string | undefined): string | undefined {
  if (size !== undefined) parseByteSize(size, option);
  return size;
}

export function parseWhole(option: string, text: string, largest: bigint): bigint {
  if (/^\d+$/.test(text) && BigInt(text) <= largest) return BigInt(text);
  throw usageError(`${option} is ${show(text)}.`, `It takes a whole number up to ${largest}.`);
}

/** A day: nobody wants to lose more. */
const MOST_SECONDS = 86_400;

/** In milliseconds. */
export function parseSeconds(option: string, text: string): number {
  const seconds = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (seconds <= MOST_SECONDS) return Math.round(1000 * seconds);
  throw usageError(`${option} is ${show(text)}.`, `It takes seconds, from 0 to ${MOST_SECONDS}.`);
}

/** Of a tensor: `1%` or `0.01`. */
export function parseShare(option: string, text: string): number {
  const [, digits = '', percent = ''] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const share = digits === '' ? NaN : Number(digits) / (percent === '' ? 1 : 100);
  if (share > 0 && share <= 1) return share;
  throw usageError(
    `${option} is ${show(text)}.`,
    'It takes a share such as 1% or 0.01, above 0 and at most 1.',
  );
}

/** Linux's PATH_MAX, in which macOS's is; beyond, no file can be there. */
const LONGEST_PATH = 4096;

/**
 * @param what  the option, or the command, that takes it
 * @throws {ValueError} BAD_OPTION: empty, or longer than any path
 */
export function checkPath(what: string, path: string): void {
  if (path.length > LONGEST_PATH) {
    const found = `${what}: ${show(path)} has ${path.length} characters.`;
    throw usageError(found, `No path has more than ${LONGEST_PATH}.`);
  }
  if (path === '') throw usageError(`${what}: the path is empty.`, 'Name a file.');
}
