/**
 * Explains why a text is not JSON: text that is nearly JSON, another format for settings, or a mistake at some line and column.
 * @module
 */
import { parse, type Token } from '@humanwhocodes/momoa';
import { messageOf } from '../../base/errors.js';
import { shorten, show } from '../../base/wording.js';

export interface Explanation {
  /** `12:7`, line and column from 1; undefined if the text as a whole is something else. */
  readonly location: string | undefined;
  /** Follows "not JSON:". */
  readonly reason: string;
  readonly remedy: string;
}

/** From the most telling to the least. */
const EXPLAIN: readonly ((text: string) => Explanation | undefined)[] = [
  explainOtherFormat,
  explainExtras,
  explainJson5,
  explainCutOff,
  locateMistake,
];

/** A parser's reason may repeat what it has read. */
const LONGEST_REASON = 200;

/**
 * @param text   which JSON.parse refuses
 * @param cause  JSON.parse's error
 */
export function explainInvalidJson(text: string, cause: unknown): Explanation {
  for (const explain of EXPLAIN) {
    const explanation = explain(text);
    if (explanation !== undefined) return explanation;
  }
  return { location: undefined, reason: shorten(messageOf(cause), LONGEST_REASON), remedy: CORRECT };
}

const CORRECT = 'Correct the JSON there.';
const CONVERT = 'A spec is JSON: convert it.';

const MAX_LINES = 1000;

/** TOML and YAML show in the first line that is neither blank nor a comment. */
function explainOtherFormat(text: string): Explanation | undefined {
  const lines = text.split('\n', MAX_LINES).map((line) => line.trim());
  const first = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const format = FORMATS.find(({ beginning }) => beginning.test(first));
  return format && { location: undefined, reason: `it looks like ${format.name}`, remedy: CONVERT };
}

const FORMATS = [
  { name: 'TOML', beginning: /^\[+[A-Za-z_][\w.-]*\]+$|^[\w"'.-]+\s*=\s*\S/ },
  { name: 'YAML', beginning: /^(?:---|%YAML)|^-\s|^[\w"'.$-]+\s*:(?:\s|$)/ },
] as const;

function tokensOf(text: string, mode: 'jsonc' | 'json5'): readonly Token[] {
  try {
    return parse(text, { mode, tokens: true, ranges: true, allowTrailingCommas: true }).tokens ?? [];
  } catch {
    return [];
  }
}

const isComment = ({ type }: Token): boolean => type === 'LineComment' || type === 'BlockComment';
const isEnd = (token: Token | undefined): boolean => token?.type === 'RBrace' || token?.type === 'RBracket';

const locationOf = ({ loc: { start } }: Token): string => `${start.line}:${start.column}`;

/** Finds the first comment or trailing comma of a text that is otherwise JSON. */
function explainExtras(text: string): Explanation | undefined {
  const tokens = tokensOf(text, 'jsonc');
  const comment = tokens.find(isComment);
  const bare = tokens.filter((token) => !isComment(token));
  const comma = bare.find((token, i) => token.type === 'Comma' && isEnd(bare[i + 1]));
  const [first] = [comment, comma].filter((token) => token !== undefined).sort(byOffset);
  if (first === undefined) return undefined;
  const location = locationOf(first);
  return first === comment
    ? { location, reason: 'a comment', remedy: 'JSON has no comments: remove all of them.' }
    : { location, reason: 'nothing follows this comma', remedy: 'Remove it.' };
}

const byOffset = (a: Token, b: Token): number => a.loc.start.offset - b.loc.start.offset;

/** Single quotes, keys without quotes, infinities. */
function explainJson5(text: string): Explanation | undefined {
  // momoa 3.3 looks for the end of an escape that the end of the text has cut off, and never finds it.
  if (text.endsWith('\\')) return undefined;
  for (const token of tokensOf(text, 'json5')) {
    const location = locationOf(token);
    const source = text.slice(token.loc.start.offset, token.loc.end.offset);
    if (/^[+-]?(?:Infinity|NaN)$/.test(source)) {
      const remedy = 'Where a bound may be infinite, write "inf" or "-inf".';
      return { location, reason: `JSON has no ${source}`, remedy };
    }
    if (token.type === 'Identifier' || source.startsWith("'")) {
      const reason = token.type === 'Identifier' ? 'a key without quotes' : 'single quotes';
      return { location, reason, remedy: 'Put keys and strings between double quotes.' };
    }
  }
  return undefined;
}

/** Rests of a string, of a member and of a literal: one of them, and the missing brackets, complete a text that was cut off. */
const STRING_RESTS = ['', '"', 'n"', ...[1, 2, 3, 4].map((digits) => `${'0'.repeat(digits)}"`)];
const RESTS = [
  ...STRING_RESTS.flatMap((rest) => [rest, `${rest}:0`]),
  ...['0', '"":0'],
  ...['rue', 'ue', 'e', 'alse', 'lse', 'se', 'ull', 'll', 'l'],
];

function explainCutOff(text: string): Explanation | undefined {
  const { unclosed } = scanBrackets(text);
  if (!RESTS.some((rest) => isJson(`${text}${rest}${unclosed}`))) return undefined;
  const lines = text.trimEnd().split(/\r\n|\n|\r/);
  const column = (lines.at(-1) ?? '').length + 1;
  return { location: `${lines.length}:${column}`, reason: 'the text ends too early', remedy: CORRECT };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

export interface Brackets {
  readonly deepest: number;
  /** The brackets that would close those still open at the end, innermost first. */
  readonly unclosed: string;
}

/** Brackets outside of strings, in any text. @param most  the depth at which to stop */
export function scanBrackets(text: string, most = Infinity): Brackets {
  const open: string[] = [];
  let deepest = 0;
  let isInString = false;
  for (let i = 0; i < text.length && deepest <= most; i++) {
    const character = text.charAt(i);
    if (character === '\\') i++;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character in CLOSING) deepest = Math.max(deepest, open.push(character));
    else if (character === ']' || character === '}') open.pop();
  }
  const unclosed = open.reverse().map((character) => CLOSING[character]);
  return { deepest, unclosed: unclosed.join('') };
}

/** An error of momoa's. */
interface Located {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

const isLocated = (error: unknown): error is Located =>
  error instanceof Error && 'line' in error && 'column' in error && 'offset' in error;

/** A string, a word or number, or one character. */
const TOKEN = /"(?:\\[^]|[^"\\])*"?|[^\s,:[\]{}"]+|[^]/uy;

function locateMistake(text: string): Explanation | undefined {
  try {
    parse(text, { mode: 'json' });
    return undefined;
  } catch (error) {
    if (!isLocated(error)) return undefined;
    TOKEN.lastIndex = error.offset;
    const [token = ''] = TOKEN.exec(text) ?? [];
    const location = `${error.line}:${error.column}`;
    return { location, reason: `unexpected ${writeToken(token)}`, remedy: CORRECT };
  }
}

/** A string has its own quotes. */
const writeToken = (token: string): string => (token.startsWith('"') ? shorten(token) : show(token));
