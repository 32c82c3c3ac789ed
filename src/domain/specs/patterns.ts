/**
 * Patterns of tensor names: globs, and regular expressions for what globs cannot say. A pattern matches a whole name, in time
 * proportional to it: names may be those of somebody else's file.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { compileRegExp } from './regexp.js';

export type Matcher = (name: string) => boolean;

const REGEXP_PREFIX = 're:';

/**
 * @param pattern  a glob: `*` is any run of characters, dots too, `?` one character, all else itself; or, after `re:`, a
 *   regular expression in RE2's syntax
 * @throws {ValueError} BAD_SPEC: empty, or no such regular expression
 */
export function compilePattern(pattern: string): Matcher {
  if (pattern.startsWith(REGEXP_PREFIX)) return compileRegExp(pattern.slice(REGEXP_PREFIX.length));
  if (pattern !== '') return (name) => matchesGlob(pattern, name);
  const remedy = 'Write a glob such as "*.bias", or "re:" and a regular expression.';
  throw new ValueError('BAD_SPEC', 'The pattern is empty, which no name matches.', remedy);
}

/**
 * Two pointers, of which only the last `*` is ever tried again: earlier ones have already matched as early as they can. So
 * at most pattern times name steps.
 */
function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    const wanted = pattern.codePointAt(next);
    if (wanted === STAR) {
      star = next++;
      resume = at;
    } else if (wanted !== undefined && (wanted === ONE || wanted === name.codePointAt(at))) {
      next += widthAt(pattern, next);
      at += widthAt(name, at);
    } else if (star >= 0) {
      next = star + 1;
      at = resume += widthAt(name, resume);
    } else return false;
  }
  while (pattern.codePointAt(next) === STAR) next++;
  return next === pattern.length;
}

const STAR = 0x2a;
const ONE = 0x3f;

/** In UTF-16 units: a character beyond the first 65,536 has two. */
const widthAt = (text: string, index: number): number => ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
