/**
 * Small words for messages: show a value, name the nearest known one, refuse unknown keys.
 * @module
 */
import { ValueError, type JumpfillErrorCode } from './errors.js';
import { escapeJson } from '../text/printable.js';
import { editDistance } from './edit-distance.js';
import { translateKey, type Translation } from './foreign-names.js';
import { isPlainObject, nameClass } from './objects.js';

/** What a message repeats of a value. */
const SHOWN = 60;
/** Paths of more are rare, and both of their ends tell. */
const SHOWN_PATH = 400;

/** Text that somebody gave, as a message repeats it: of a long one the beginning tells which it is. */
export const shorten = (text: string, most = SHOWN): string =>
  text.length > most ? `${dropHalf(text.slice(0, most - 3))}...` : text;

/** The same of a path. */
export function shortenPath(path: string): string {
  if (path.length <= SHOWN_PATH) return path;
  const end = path.slice(-SHOWN_PATH / 2).replace(/^[\udc00-\udfff]/, '');
  return `${shorten(path, SHOWN_PATH / 2)}${end}`;
}

/** Half of a surrogate pair is no character. */
const dropHalf = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');

/**
 * A value as a person would write it; long ones are cut, what would not show is escaped, and what only code can write is named by its
 * class.
 */
export function show(value: unknown, most = SHOWN): string {
  if (typeof value === 'bigint') return shorten(`${value}n`);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'number' || value === undefined || value === null) return String(value);
  if (typeof value === 'object' && !Array.isArray(value) && !isPlainObject(value)) return nameClass(value);
  const text = escapeJson(toJson(value));
  return text.length > most ? cutJson(text, most) : text;
}

/** Without a piece of an escape, or of a surrogate pair, at its end. */
const cutJson = (json: string, most: number): string =>
  `${json.slice(0, most - 3).replace(/(?:\\(?:u[0-9a-f]{0,3})?|[\ud800-\udbff])$/, '')}...`;

function toJson(value: unknown): string {
  try {
    const text = JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? `${inner}n` : inner,
    ) as string | undefined;
    return text ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** `"a", "b" and 3 more` */
export function listNames(names: readonly string[], most = 10): string {
  const listed = names
    .slice(0, most)
    .map((name) => show(name))
    .join(', ');
  return names.length > most ? `${listed} and ${names.length - most} more` : listed;
}

/** A value as JSON has it, which has no infinities: "inf" and "-inf", as in a spec. */
export function writeNumber<Value>(value: Value): Value | 'inf' | '-inf' {
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : value;
}

/** A list of more is cut: the tensors of a checkpoint may be thousands. */
const LISTED = 30;
/** Tensors' names are about as long. */
const LONGEST_WORD = 80;

/** As it is, if it is a plain word: names of tensors may hold anything. */
const showName = (name: string): string => (/^[\w$./:-]{1,80}$/.test(name) ? name : show(name));

/**
 * `Did you mean "std"?` when one of the known words is close, and in any case the known words.
 * @param translation  what the word is elsewhere, which goes before what it looks like
 */
export function suggest(word: unknown, known: readonly string[], translation?: Translation): string {
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : '';
  const list = `Known: ${known.slice(0, LISTED).map(showName).join(', ')}${more}.`;
  const hint = translation === undefined ? guess(word, known) : explain(translation, known);
  return hint === '' ? list : `${hint} ${list}`;
}

function explain({ means = [], note = '' }: Translation, known: readonly string[]): string {
  const meant = means.filter((word) => known.includes(word)).map((word) => JSON.stringify(word));
  const question = meant.length === 0 ? '' : `Did you mean ${meant.join(' or ')}?`;
  return [question, note].filter((part) => part !== '').join(' ');
}

function guess(word: unknown, known: readonly string[]): string {
  if (typeof word !== 'string' || word.length > LONGEST_WORD) return '';
  const letters = lettersOf(word);
  const ranked = known
    .filter(({ length }) => Math.abs(length - word.length) <= Math.max(2, Math.ceil(length / 3)))
    .filter((candidate) => haveSameNumbers(word, candidate))
    .map((candidate) => ({ candidate, distance: editDistance(letters, lettersOf(candidate)) }))
    .sort((x, y) => x.distance - y.distance);
  const best = ranked[0];
  const isClose = best !== undefined && best.distance <= mistypedOf(letters);
  return isClose ? `Did you mean ${JSON.stringify(best.candidate)}?` : '';
}

/** How a word is written matters less than what it is: `LeakyReLU` is `leaky_relu`. */
const lettersOf = (word: string): string => word.toLowerCase().replace(/[-_ ]/g, '');

/** How many letters of a word may be wrong: one in three. */
const mistypedOf = ({ length }: string): number => (length < 3 ? 0 : Math.floor(length / 3));

/** Nobody mistypes int8 as int4. */
const haveSameNumbers = (word: string, candidate: string): boolean =>
  !/\d/.test(word) || word.replace(/\D+/g, ' ').trim() === candidate.replace(/\D+/g, ' ').trim();

/**
 * Refuses options with a key nobody reads: a mistyped `seed` must not silently draw at random. Of a map, or an array, no key
 * would be read at all.
 */
export function checkKeys(
  options: object,
  known: readonly string[],
  where: string,
  code: JumpfillErrorCode,
): void {
  checkPlain(options, where);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new ValueError(
      code,
      `${where}: unknown option ${show(key)}.`,
      suggest(key, known, translateKey(key, known)),
    );
  }
}

/** @throws {ValueError} BAD_OPTION: options that are no plain object */
export function checkPlain(options: unknown, where: string): void {
  if (isPlainObject(options)) return;
  const remedy = 'Pass a plain object, such as { seed: 1 }.';
  throw new ValueError('BAD_OPTION', `${where}: the options are ${show(options)}.`, remedy);
}

/** How a message names a tensor. */
export const nameTensor = (name: string | undefined): string =>
  name === undefined ? 'Unnamed tensor' : `Tensor ${show(name)}`;
