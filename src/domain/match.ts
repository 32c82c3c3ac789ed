/**
 * Patterns of tensor names: globs, and regular expressions for what globs cannot say. A pattern matches a whole name.
 * @module
 */
import { ValueError } from '../errors.js';
import { show } from './words.js';

export type Matcher = (name: string) => boolean;

const REGEXP_PREFIX = 're:';

/**
 * @param pattern  a glob: `*` is any run of characters, dots too, `?` one character, all else itself; or, after `re:`, a
 *   regular expression with the flag u
 * @throws {ValueError} BAD_SPEC: empty, or no regular expression
 */
export function compilePattern(pattern: string): Matcher {
  if (pattern.startsWith(REGEXP_PREFIX)) return compileRegExp(pattern, pattern.slice(REGEXP_PREFIX.length));
  if (pattern !== '') return (name) => matchesGlob(pattern, name);
  const remedy = 'Write a glob such as "*.bias", or "re:" and a regular expression.';
  throw new ValueError('BAD_SPEC', 'The pattern is empty, which no name matches.', remedy);
}

function compileRegExp(pattern: string, source: string): Matcher {
  try {
    // By itself first: "a)|(b" would be one only within the group.
    new RegExp(source, 'u');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const found = `The pattern ${show(pattern)} is no regular expression: ${reason}.`;
    throw new ValueError('BAD_SPEC', found, 'Correct it, or leave out "re:" and write a glob.', { cause });
  }
  const whole = new RegExp(`^(?:${source})$`, 'u');
  return (name) => whole.test(name);
}

/**
 * Two pointers, of which only the last `*` is ever tried again: earlier ones have already matched as early as they can. So
 * at most pattern times name steps, where a regular expression may take exponentially many.
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
