/**
 * Parses the values of options: numbers, names, sizes, shares, durations and paths.
 * @module
 */
import { parseByteSize } from '../../base/byte-size.js';
import { ValueError } from '../../base/errors.js';
import { isPlainObject } from '../../base/objects.js';
import { show, suggest } from '../../base/wording.js';
import { INIT_KINDS, INIT_PARAMETERS, type InitInput, type InitKind } from '../../domain/recipes/init.js';
import { isRequired, type Parameter } from '../../domain/recipes/parameters.js';
import { checkGenerator, type GeneratorName } from '../../domain/streams/generators.js';
import { AUTO, type RestInit } from '../../storage/write/rest-init.js';
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

export const LARGEST_SEED = 2n ** 64n - 1n;

/** torch's; those of other generators are checked with the generator, which the spec may name. */
const LEAST_SEED = -(2n ** 63n);

export function parseSeed(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [, sign = '', digits] = /^(-?)0*(\d{1,20})$/.exec(text) ?? [];
  const seed = digits === undefined ? LEAST_SEED - 1n : BigInt(`${sign}${digits}`);
  if (seed >= LEAST_SEED && seed <= LARGEST_SEED) return seed;
  const remedy = 'It takes a whole number from 0 to 2^64 - 1, with torch from -2^63.';
  throw usageError(`--seed is ${show(text)}.`, remedy);
}

export function parseGenerator(name: string | undefined): GeneratorName | undefined {
  if (name === undefined) return undefined;
  try {
    return checkGenerator(name);
  } catch (error) {
    if (error instanceof ValueError) throw usageError(`--${error.found}`, error.remedy);
    throw error;
  }
}

/**
 * `auto`, a kind, or an initialiser as JSON; what is in it is checked with the spec.
 * @throws {UsageError} BAD_OPTION: none of them
 */
export function parseInit(text: string | undefined): RestInit | undefined {
  if (text === undefined || text === AUTO) return text;
  const kind = INIT_KINDS.find((known) => known === text);
  if (kind !== undefined) refuseBareKind(kind);
  const init: unknown = kind === undefined ? parseJson(text) : { kind };
  if (isPlainObject(init)) return init as object as InitInput;
  if (text.trimStart().startsWith('{')) {
    const quotes = `Keys and names need double quotes, the whole single ones: '{ "kind": "normal", "std": 0.02 }'.`;
    throw usageError(`--init is ${show(text)}, which is not JSON.`, quotes);
  }
  const remedy = `${suggest(text, [AUTO, ...INIT_KINDS])} Or write JSON: '{ "kind": "normal", "std": 0.02 }'.`;
  throw usageError(`--init is ${show(text)}.`, remedy);
}

/** A kind alone must have no parameter without a default. */
function refuseBareKind(kind: InitKind): void {
  const parameters = Object.entries<Parameter>(INIT_PARAMETERS[kind]);
  const needed = parameters.flatMap(([key, parameter]) => (isRequired(parameter) ? [key] : []));
  if (needed.length === 0) return;
  const example = JSON.stringify({ kind, ...Object.fromEntries(needed.map((key) => [key, 0])) });
  throw usageError(
    `--init is "${kind}", which needs ${needed.join(', ')}.`,
    `Write it as JSON: '${example}'.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MOST_THREADS = 1024n;

export function parseThreads(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(parseWhole('--threads', text, MOST_THREADS));
  if (count > 0) return count;
  throw usageError('--threads is 0.', `It takes a whole number from 1 to ${MOST_THREADS}.`);
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
