/**
 * Regular expressions in patterns of tensor names: RE2's, which match in time proportional to a name. JavaScript's own RegExp
 * tries the ways through an expression one after another, of which there may be 2^n.
 * @module
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** Nobody writes longer ones. */
const MAX_LENGTH = 10_000;

/** Of characters, once every repetition is written out: so many compile in a moment, RE2's own limit takes seconds and a GB. */
const MAX_WRITTEN_OUT = 100_000;

/** Each may have to be looked at for every character of a name. */
const MAX_STEPS = 20_000;

/**
 * @param source  a regular expression in RE2's syntax
 * @returns       whether a whole name matches
 * @throws {ValueError} BAD_SPEC: no such regular expression, or too large a one
 */
export function compileRegExp(source: string): (name: string) => boolean {
  if (source.length > MAX_LENGTH)
    throw refuseSize(source, `has ${source.length} characters, more than ${MAX_LENGTH}`);
  if (source.length * countCopies(source) > MAX_WRITTEN_OUT) throw refuseSize(source, TOO_LARGE);
  const compiled = compile(source);
  if (compiled.programSize() > MAX_STEPS) throw refuseSize(source, TOO_LARGE);
  return (name) => compiled.testExact(name);
}

const TOO_LARGE = 'is too large once its repetitions are written out';

/** RE2 refuses repetitions, also within each other, of more. */
const MAX_COPIES = 1000;

/** Of a pattern: what is quoted or escaped, a class of characters, a count, or one character. */
const TOKEN =
  /\\Q[^]*?(?:\\E|$)|\\[xpP]\{[^}]*\}|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w*:\]|[^\]\\])*\]?|\{(\d+),?(\d*)\}|[^]/g;

/** Of how many copies RE2 makes the character that it copies most: counts within each other multiply. */
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

/** What other engines have and one that matches in linear time has not. */
const UNSUPPORTED: readonly (readonly [start: RegExp, what: string])[] = [
  [/^\(\?<?[=!]/, 'a lookaround'],
  [/^\\(?:[1-9]\d*|k)/, 'a back-reference'],
];

/** Where RE2's own words tell too little. */
const REASONS = new Map([
  ['invalid character class range', 'there is no such range or class of characters'],
  ['invalid escape sequence', 'there is no such escape'],
  ['invalid or unsupported Perl syntax', 'there is no such group'],
  ['invalid repeat count', `repetitions go up to ${MAX_COPIES}, also within each other`],
]);

function explain(error: RE2JSSyntaxException, source: string): ValueError {
  const piece = error.getPattern() ?? source;
  for (const [start, what] of UNSUPPORTED) {
    const [word] = start.exec(piece) ?? [];
    if (word === undefined) continue;
    const remedy = 'Patterns are matched in linear time, which rules that out: write several rules.';
    return refuse(source, `has ${what}, ${show(word)}`, remedy, error);
  }
  const where = piece === source ? '' : `, ${show(piece)}`;
  const reason = REASONS.get(error.getDescription()) ?? error.getDescription();
  return refuse(
    source,
    `is no regular expression of RE2: ${reason}${where}`,
    'Correct it, or leave out "re:" and write a glob.',
    error,
  );
}

const refuseSize = (source: string, found: string): ValueError =>
  refuse(source, found, 'Repeat less, or make several rules of it.');

const refuse = (source: string, found: string, remedy: string, cause?: unknown): ValueError =>
  new ValueError('BAD_SPEC', `The pattern ${show(`re:${source}`)} ${found}.`, remedy, { cause });
