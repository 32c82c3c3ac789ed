/**
 * Small words for messages: show a value, name the nearest known one, refuse unknown keys.
 * @module
 */
import { ValueError, type InitErrorCode } from '../errors.js';
import { isPlainObject, nameClass } from './objects.js';

/** A value as a person would write it; long ones are cut, and what only code can write is named by its class. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'number' || value === undefined || value === null) return String(value);
  if (typeof value === 'object' && !Array.isArray(value) && !isPlainObject(value)) return nameClass(value);
  const text = toJson(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

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
  const listed = names.slice(0, most).map(show).join(', ');
  return names.length > most ? `${listed} and ${names.length - most} more` : listed;
}

/** A value as JSON has it, which has no infinities: "inf" and "-inf", as in a spec. */
export function writeNumber(value: unknown): unknown {
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : value;
}

/** The same, and whole numbers as decimal strings where readers of JSON would round them, beyond 2^53. */
export const writeValue = (value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : writeNumber(value);

/** Levenshtein distance: single-character edits between two short words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A list of more is cut: the tensors of a checkpoint may be thousands. */
const LISTED = 30;
/** Tensors' names are about as long. */
const LONGEST_WORD = 80;

/** As it is, if it is a plain word: names of tensors may hold anything. */
const showName = (name: string): string => (/^[\w$./:-]{1,80}$/.test(name) ? name : show(name));

/** `Did you mean "std"?` when one of the known words is close, and in any case the known words. */
export function suggest(word: unknown, known: readonly string[]): string {
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : '';
  const list = `Known: ${known.slice(0, LISTED).map(showName).join(', ')}${more}.`;
  if (typeof word !== 'string' || word.length > LONGEST_WORD) return list;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((x, y) => x.distance - y.distance);
  const best = ranked[0];
  const close = best !== undefined && best.distance <= Math.max(2, Math.ceil(best.candidate.length / 3));
  return close ? `Did you mean ${JSON.stringify(best.candidate)}? ${list}` : list;
}

/**
 * Refuses options with a key nobody reads: a mistyped `seed` must not silently draw at random. Of a map, or an array, no key
 * would be read at all.
 */
export function checkKeys(
  options: object,
  known: readonly string[],
  where: string,
  code: InitErrorCode,
): void {
  checkPlain(options, where);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new ValueError(code, `${where}: unknown option "${key}".`, suggest(key, known));
  }
}

/** @throws {ValueError} BAD_OPTION: options that are no plain object */
export function checkPlain(options: unknown, where: string): void {
  if (isPlainObject(options)) return;
  const remedy = 'Pass a plain object, such as { seed: 1 }.';
  throw new ValueError('BAD_OPTION', `${where}: the options are ${show(options)}.`, remedy);
}
