/**
 * Text that is nearly JSON, or something else that people write settings in: what it is, and what to do about it.
 * @module
 */
import { parse, type Token } from '@humanwhocodes/momoa';

/** Both go behind the path of the file. */
interface Recognised {
  readonly what: string;
  readonly remedy: string;
}

/** @param text  which is no JSON */
export const recogniseNearJson = (text: string): Recognised | undefined =>
  recogniseLines(text) ?? recogniseExtras(text) ?? recogniseJson5(text);

const CONVERT = 'A spec is JSON: convert it.';

/** Lines that are looked at for one that says something. */
const MAX_LINES = 1000;

/** The first line that is no comment and not blank. */
function recogniseLines(text: string): Recognised | undefined {
  const lines = text.split('\n', MAX_LINES).map((line) => line.trim());
  const first = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
  if (/^\[+[A-Za-z_][\w.-]*\]+$|^[\w"'.-]+\s*=\s*\S/.test(first))
    return { what: ': not JSON: it looks like TOML.', remedy: CONVERT };
  if (/^(?:---|%YAML)|^-\s|^[\w"'.$-]+\s*:(?:\s|$)/.test(first))
    return { what: ': not JSON: it looks like YAML.', remedy: CONVERT };
  return undefined;
}

function tokensOf(text: string, mode: 'jsonc' | 'json5'): readonly Token[] {
  try {
    return parse(text, { mode, tokens: true, ranges: true, allowTrailingCommas: true }).tokens ?? [];
  } catch {
    return [];
  }
}

const isComment = ({ type }: Token): boolean => type === 'LineComment' || type === 'BlockComment';
const isEnd = ({ type }: Token): boolean => type === 'RBrace' || type === 'RBracket';

function place({ loc }: Token): string {
  const { line, column } = loc.start;
  return `:${line}:${column}: not JSON:`;
}

/** Comments and commas before an end: JSON but for them. */
function recogniseExtras(text: string): Recognised | undefined {
  const tokens = tokensOf(text, 'jsonc');
  const comment = tokens.find(isComment);
  const bare = tokens.filter((token) => !isComment(token));
  const comma = bare.find((token, i) => token.type === 'Comma' && isEnd(bare[i + 1] ?? token));
  const first = [comment, comma].filter((token) => token !== undefined).sort(byPlace)[0];
  if (first === undefined) return undefined;
  return first === comment
    ? { what: `${place(first)} here is a comment.`, remedy: 'JSON has none: remove all of them.' }
    : { what: `${place(first)} nothing follows this comma.`, remedy: 'Remove it.' };
}

const byPlace = (a: Token, b: Token): number => a.loc.start.offset - b.loc.start.offset;

/** Single quotes, keys without quotes, Infinity. */
function recogniseJson5(text: string): Recognised | undefined {
  // momoa 3.3 looks for the end of an escape that the end of the text has cut off, and never finds it.
  if (text.endsWith('\\')) return undefined;
  const tokens = tokensOf(text, 'json5');
  for (const token of tokens) {
    const source = text.slice(token.loc.start.offset, token.loc.end.offset);
    if (/^[+-]?(?:Infinity|NaN)$/.test(source)) {
      const what = `${place(token)} JSON has no ${source}.`;
      return { what, remedy: 'Where a bound may be infinite, write "inf" or "-inf".' };
    }
    if (token.type === 'Identifier' || source.startsWith("'")) {
      const what = `${place(token)} ${token.type === 'Identifier' ? 'a key without quotes' : 'single quotes'}.`;
      return { what, remedy: 'Put keys and strings between double quotes.' };
    }
  }
  return undefined;
}
