/**
 * Regular expressions of tensor names, in RE2's syntax, which match in time proportional to a name. JavaScript's RegExp
 * backtracks, for up to 2^n steps.
 * @module
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** No person writes a longer expression. */
const MAX_LENGTH = 10_000;

/** Characters once repetitions are expanded. This many compile at once; RE2's own limit would take seconds and a GB. */
const MAX_EXPANDED = 100_000;

/** The matcher may visit each one for every character of a name. */
const MAX_STEPS = 20_000;

/**
 * @param source  a regular expression in RE2's syntax
 * @returns       tests a whole name
 * @throws {ValueError} BAD_SPEC: an invalid or too large regular expression
 */
export function compileRegExp(source: string): (name: string) => boolean {
  const compiled = compileChecked(source);
  return (name) => compiled.testExact(name);
}

/** The matcher keeps the groups of each of its steps. */
const MAX_GROUPS = 32;

/**
 * @param source  a regular expression in RE2's syntax
 * @returns       the groups of a name that matches, without the whole; undefined for one that took no part
 * @throws {ValueError} BAD_SPEC: too many groups
 */
export function compileGroups(source: string): (name: string) => readonly (string | undefined)[] {
  const compiled = compileChecked(source);
  if (compiled.groupCount() > MAX_GROUPS)
    throw refuse(
      source,
      `has more than ${MAX_GROUPS} groups`,
      'Write (?:...) for those that capture nothing.',
    );
  return (name) => {
    const matcher = compiled.matcher(name);
    if (!matcher.matches()) return [];
    return Array.from({ length: matcher.groupCount() }, (_, i) => matcher.group(i + 1) ?? undefined);
  };
}

function compileChecked(source: string): RE2JS {
  if (source.length > MAX_LENGTH)
    throw refuseSize(source, `has ${source.length} characters, more than ${MAX_LENGTH}`);
  if (source.length * countCopies(source) > MAX_EXPANDED) throw refuseSize(source, TOO_LARGE);
  const compiled = compile(source);
  if (compiled.programSize() > MAX_STEPS) throw refuseSize(source, TOO_LARGE);
  return compiled;
}

const TOO_LARGE = 'is too large once its repetitions are expanded';

/** RE2's limit for repetitions, nested ones multiplied. */
const MAX_COPIES = 1000;

/** A token of a pattern: quoted or escaped text, a character class, a count, or one character. */
const TOKEN =
  /\\Q[^]*?(?:\\E|$)|\\[xpP]\{[^}]*\}|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w*:\]|[^\]\\])*\]?|\{(\d+),?(\d*)\}|[^]/g;

/** The largest number of copies that RE2 makes of one character: nested counts multiply. */
function countCopies(source: string): number {
  const outer: number[] = [];
  let most = 1;
  let last = 1;
  for (const [token, least, upTo] of source.matchAll(TOKEN)) {
    if (least !== undefined) last *= Math.max(1, Number(least), Number(upTo));
    else if (token === '(') {
      outer.push(most);
      most = 1;
    } else if (token === ')') {
      last = most;
      most = outer.pop() ?? most;
    } else if (!'*+?'.includes(token)) last = 1;
    most = Math.min(MAX_COPIES, Math.max(most, last));
  }
  return Math.max(most, ...outer);
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw error instanceof RE2JSSyntaxException ? explain(error, source) : error;
  }
}

/** Backtracking engines have these; a linear-time one cannot. */
const UNSUPPORTED: readonly (readonly [start: RegExp, what: string])[] = [
  [/^\(\?<?[=!]/, 'a lookaround'],
  [/^\\(?:[1-9]\d*|k)/, 'a back-reference'],
];

/** Clearer than RE2's own reasons. */
const REASONS = new Map([
  ['invalid character class range', 'unknown character range or class'],
  ['invalid escape sequence', 'unknown escape'],
  ['invalid or unsupported Perl syntax', 'unknown kind of group'],
  ['invalid repeat count', `at most ${MAX_COPIES} repetitions, nested ones multiplied`],
]);

function explain(error: RE2JSSyntaxException, source: string): ValueError {
  const piece = error.getPattern() ?? source;
  for (const [start, what] of UNSUPPORTED) {
    const [word] = start.exec(piece) ?? [];
    if (word === undefined) continue;
    const remedy = 'Patterns match in linear time, which rules that out: write several rules.';
    return refuse(source, `has ${what}, ${show(word)}`, remedy, error);
  }
  const where = piece === source ? '' : `, ${show(piece)}`;
  const reason = REASONS.get(error.getDescription()) ?? error.getDescription();
  return refuse(
    source,
    `is not a valid RE2 expression: ${reason}${where}`,
    'Correct it, or leave out "re:" and write a glob.',
    error,
  );
}

const refuseSize = (source: string, found: string): ValueError =>
  refuse(source, found, 'Use fewer repetitions, or several rules.');

const refuse = (source: string, found: string, remedy: string, cause?: unknown): ValueError =>
  new ValueError('BAD_SPEC', `The pattern ${show(`re:${source}`)} ${found}.`, remedy, { cause });
