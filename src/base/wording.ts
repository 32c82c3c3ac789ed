/**
 * Building blocks of messages: show a value, suggest the nearest known name, refuse unknown keys.
 * @module
 */
import { ValueError, type JumpfillErrorCode } from './errors.js';
import { escapeJson } from '../text/printable.js';
import { editDistance } from './edit-distance.js';
import { translateKey, type Translation } from './foreign-names.js';
import { isPlainObject, nameClass } from './objects.js';

/** A message repeats at most this many characters of a value. */
const SHOWN = 60;
/** Longer paths are rare; both of their ends matter. */
const SHOWN_PATH = 400;

/** The beginning of a long text, which is enough to recognise it in a message. */
export const shorten = (text: string, most = SHOWN): string =>
  text.length > most ? `${dropHalf(text.slice(0, most - 3))}...` : text;

/** Both ends of a long path. */
export function shortenPath(path: string): string {
  if (path.length <= SHOWN_PATH) return path;
  const end = path.slice(-SHOWN_PATH / 2).replace(/^[\udc00-\udfff]/, '');
  return `${shorten(path, SHOWN_PATH / 2)}${end}`;
}

/** Removes half of a surrogate pair at the end. */
const dropHalf = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');

/**
 * A value as a person would write it. Long values are cut, unprintable characters escaped, and objects that only code can make are
 * named by their class.
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

/** Cuts JSON, and never within an escape or a surrogate pair. */
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

/** A value for JSON, which has no infinities: "inf" and "-inf", as in a spec. */
export function writeNumber<Value>(value: Value): Value | 'inf' | '-inf' {
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : value;
}

/** The same for every number in arrays and objects. */
export function writeNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(writeNumbers);
  if (typeof value !== 'object' || value === null) return writeNumber(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, writeNumbers(item)]));
}

/** Longer lists are cut: a checkpoint may have thousands of tensors. */
const LISTED = 30;
/** The length of a long tensor name. */
const LONGEST_NAME = 80;

/** Plain names appear without quotes, others as JSON: names of tensors may hold anything. */
const showName = (name: string): string => (/^[\w$./:-]{1,80}$/.test(name) ? name : show(name));

/**
 * Lists the known names, after `Did you mean "std"?` if one of them is close.
 * @param translation  of a name that other libraries use; it goes before the nearest spelling
 */
export function suggest(name: unknown, known: readonly string[], translation?: Translation): string {
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : '';
  const list =
    known.length === 0
      ? 'There are none.'
      : `Known: ${known.slice(0, LISTED).map(showName).join(', ')}${more}.`;
  const hint = translation === undefined ? guess(name, known) : explain(translation, known);
  return hint === '' ? list : `${hint} ${list}`;
}

function explain({ means = [], note = '' }: Translation, known: readonly string[]): string {
  const meant = means.filter((name) => known.includes(name)).map((name) => JSON.stringify(name));
  const question = meant.length === 0 ? '' : `Did you mean ${meant.join(' or ')}?`;
  return [question, note].filter((text) => text !== '').join(' ');
}

function guess(name: unknown, known: readonly string[]): string {
  if (typeof name !== 'string' || name.length > LONGEST_NAME) return '';
  const letters = lettersOf(name);
  const ranked = known
    .filter(({ length }) => Math.abs(length - name.length) <= Math.max(2, Math.ceil(length / 3)))
    .filter((candidate) => haveSameNumbers(name, candidate))
    .map((candidate) => ({ candidate, distance: editDistance(letters, lettersOf(candidate)) }))
    .sort((x, y) => x.distance - y.distance);
  const best = ranked[0];
  const isClose = best !== undefined && best.distance <= mostMistakes(letters, lettersOf(best.candidate));
  return isClose ? `Did you mean ${JSON.stringify(best.candidate)}?` : '';
}

/** Ignores case and separators: `LeakyReLU` is `leaky_relu`. */
const lettersOf = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');

/** Allows one wrong letter in three; of a name of three letters, one may be missing. */
const mostMistakes = ({ length }: string, candidate: string): number =>
  length === 2 && candidate.length === 3 ? 1 : Math.floor(length / 3);

/** Digits must match: int8 is not a typo for int4. */
const haveSameNumbers = (name: string, candidate: string): boolean =>
  !/\d/.test(name) || name.replace(/\D+/g, ' ').trim() === candidate.replace(/\D+/g, ' ').trim();

/**
 * Refuses unknown keys: a mistyped `seed` must not silently draw at random. Maps and arrays are refused as well, since none of
 * their keys would be read.
 */
export function checkKeys(
  options: object,
  known: readonly string[],
  where: string,
  code: JumpfillErrorCode,
  remedy?: string,
): void {
  if (!isPlainObject(options)) {
    const found = `${where}: the options are ${show(options)}.`;
    throw new ValueError('BAD_OPTION', found, remedy ?? writeExample(known));
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new ValueError(
      code,
      `${where}: unknown option ${show(key)}.`,
      suggest(key, known, translateKey(key, known)),
    );
  }
}

/** What options look like, in the order in which they are looked for. */
const OPTION_EXAMPLES: Readonly<Record<string, string>> = {
  out: "out: 'model.safetensors'",
  dtype: "dtype: 'float16'",
  seed: 'seed: 1',
  threads: 'threads: 4',
};

function writeExample(known: readonly string[]): string {
  const key = Object.keys(OPTION_EXAMPLES).find((option) => known.includes(option));
  return `Pass a plain object${key === undefined ? '' : `, such as { ${OPTION_EXAMPLES[key]} }`}.`;
}

/** A tensor's name in a message; every call of the library makes some. Plain names skip what would change nothing in them. */
export function nameTensor(name: string | undefined): string {
  if (name === undefined) return 'Unnamed tensor';
  return /^[\w.]{1,50}$/.test(name) ? `Tensor "${name}"` : `Tensor ${show(name)}`;
}
