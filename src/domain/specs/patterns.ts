/**
 * Patterns of tensor names: globs and regular expressions. A pattern matches a whole name, in time proportional to its length:
 * names may come from an untrusted file.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { compileGroups, compileRegExp } from './regexp.js';

export type Matcher = (name: string) => boolean;

/** The texts of a pattern's groups in a name, in order; undefined for one that took no part in the match. */
export type Captures = readonly (string | undefined)[];

const REGEXP_PREFIX = 're:';

/**
 * @param pattern  a glob: `*` is any run of characters, dots too, `?` one character, all else itself; or, after `re:`, a
 *   regular expression in RE2's syntax
 * @throws {ValueError} BAD_SPEC: an empty pattern or an invalid regular expression
 */
export function compilePattern(pattern: string): Matcher {
  if (pattern.startsWith(REGEXP_PREFIX)) return compileRegExp(pattern.slice(REGEXP_PREFIX.length));
  if (pattern !== '') return (name) => matchesGlob(pattern, name);
  const remedy = 'Write a glob such as "*.bias", or "re:" and a regular expression.';
  throw new ValueError('BAD_SPEC', 'The pattern is empty, which no name matches.', remedy);
}

/** A regular expression of plain and escaped characters, not longer than those that compile. */
const PLAIN = /^(?:[^\\^$.*+?()[\]{}|]|\\[\\^$.*+?()[\]{}|]){1,10000}$/;

/** The one name that a pattern matches; undefined if something in it is wild. */
export function literalOf(pattern: string): string | undefined {
  if (!pattern.startsWith(REGEXP_PREFIX)) return /[*?]/.test(pattern) ? undefined : pattern;
  const source = pattern.slice(REGEXP_PREFIX.length);
  return PLAIN.test(source) ? source.replace(/\\(.)/g, '$1') : undefined;
}

/** Whether a name is a pattern that matches it alone. */
export const isLiteral = (name: string): boolean => literalOf(name) === name;

/**
 * What a pattern captures of a name: the groups of a regular expression, and each `*` of a glob, which takes as little as it can.
 * @param pattern  compiles
 * @returns        the captures of a name that the pattern matches
 */
export function compileCaptures(pattern: string): (name: string) => Captures {
  if (pattern.startsWith(REGEXP_PREFIX)) return compileGroups(pattern.slice(REGEXP_PREFIX.length));
  return (name) => {
    const stars: Star[] = [];
    matchesGlob(pattern, name, stars);
    return stars.map(({ start, end }) => name.slice(start, end));
  };
}

/** Where the run of characters begins and ends that a `*` stands for. */
interface Star {
  readonly start: number;
  end: number;
}

/**
 * Two pointers. Only the last `*` is ever tried again, since earlier ones have matched as early as they can: at most pattern
 * times name steps.
 * @param stars  takes what each `*` stands for, if the name matches
 */
function matchesGlob(pattern: string, name: string, stars: Star[] = []): boolean {
  let position = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (position < name.length) {
    const wanted = pattern.codePointAt(next);
    if (wanted === STAR) {
      star = next++;
      resume = position;
      stars.push({ start: position, end: position });
    } else if (wanted !== undefined && (wanted === ONE || wanted === name.codePointAt(position))) {
      next += widthAt(pattern, next);
      position += widthAt(name, position);
    } else if (star >= 0) {
      next = star + 1;
      position = resume += widthAt(name, resume);
      lengthen(stars, resume);
    } else return false;
  }
  for (; pattern.codePointAt(next) === STAR; next++) stars.push({ start: position, end: position });
  return next === pattern.length;
}

/** Gives the last `*` all characters up to here. */
function lengthen(stars: readonly Star[], end: number): void {
  const last = stars.at(-1);
  if (last !== undefined) last.end = end;
}

const STAR = 0x2a;
const ONE = 0x3f;

/** In UTF-16 units: two for a character beyond U+FFFF. */
const widthAt = (text: string, index: number): number => ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
