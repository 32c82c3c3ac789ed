/**
 * Reads a spec from a JSON file. JSON.parse alone would lose what a spec needs: where an error is, duplicate keys (the last
 * one silently wins), and whole numbers beyond 2^53 such as seeds (silently rounded). So a text that it may have lost
 * something of is read again with places, which takes some 30 times as long.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { parse, type ObjectNode, type ValueNode } from '@humanwhocodes/momoa';
import { ValueError } from '../errors.js';

/** @throws {ValueError} BAD_SPEC: no such file, not UTF-8, not JSON (told with line and column), a key twice */
export async function readSpecFile(path: string): Promise<unknown> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValueError(
      'BAD_SPEC',
      `The spec ${path} cannot be read: ${reason}.`,
      'Pass the path of a JSON file.',
      { cause },
    );
  }
  return parseSpec(decodeUtf8(bytes, path), path);
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ValueError('BAD_SPEC', `The spec ${path} is not UTF-8 text.`, 'Save it as UTF-8.', { cause });
  }
}

/** @param path  for messages */
export function parseSpec(text: string, path: string): unknown {
  checkNesting(text, path);
  return parsePlain(text) ?? parseWithPlaces(text, path);
}

/** Deeper than any spec; the stack of whatever walks it has an end. */
const MAX_DEPTH = 128;

function checkNesting(text: string, path: string): void {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length && depth <= MAX_DEPTH; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
  }
  if (depth <= MAX_DEPTH) return;
  const found = `${path}: it is nested more than ${MAX_DEPTH} deep.`;
  throw new ValueError('BAD_SPEC', found, 'A spec needs few levels: correct the JSON.');
}

/** Undefined if JSON.parse refuses the text, or may have lost some of it; also of null, which is no spec. */
function parsePlain(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Of equal keys one is left: there would be fewer keys than colons.
  if (countKeys(value) !== countColons(text)) return undefined;
  const { seed } = Object(value) as { seed?: unknown };
  return typeof seed === 'number' && !Number.isSafeInteger(seed) ? undefined : value;
}

/** Those between keys and values. Of a text that is JSON: without what is escaped, every other piece between quotes is a string. */
function countColons(text: string): number {
  const pieces = text.replace(/\\./g, '').split('"');
  const outside = pieces.filter((_, i) => i % 2 === 0);
  return outside.join('').split(':').length - 1;
}

/** In an object and in all that it holds. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: readonly unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : items.length;
  return items.reduce<number>((sum, item) => sum + countKeys(item), own);
}

function parseWithPlaces(text: string, path: string): unknown {
  let body: ValueNode;
  try {
    ({ body } = parse(text, { mode: 'json', ranges: true }));
  } catch (cause) {
    throw new ValueError(
      'BAD_SPEC',
      `${path}${describeSyntaxError(cause, text)}`,
      'Correct the JSON there.',
      {
        cause,
      },
    );
  }
  checkStrings(text, path);
  // The seed of a spec is the one number that is kept exact beyond 2^53; all others are doubles.
  return body.type === 'Object' ? toObject(body, path, text, true) : toValue(body, path);
}

/** momoa takes control characters for themselves within strings; JSON has escapes for them. */
function checkStrings(text: string, path: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValueError('BAD_SPEC', `${path}: not JSON: ${reason}.`, 'Correct the JSON there.', { cause });
  }
}

/** What momoa calls tokens, as they are written. */
const TOKENS: Readonly<Record<string, string>> = {
  LBrace: '"{"',
  RBrace: '"}"',
  LBracket: '"["',
  RBracket: '"]"',
  Colon: '":"',
  Comma: '","',
};

/** momoa's errors end in " (line:column)". */
function describeSyntaxError(error: unknown, text: string): string {
  const raw = error instanceof Error ? error.message : String(error);
  const message = raw.replace(/token (\w+)/, (whole, token: string) => TOKENS[token] ?? whole);
  const [, what = message, place = ''] = /^(.*) \((\d+:\d+)\)$/.exec(message) ?? [];
  if (endsEarly(text)) return `:${endOf(text)}: not JSON: the text ends too early.`;
  return place === '' ? `: not JSON: ${what}` : `:${place}: not JSON: ${what}`;
}

/** By V8, which tells the place: momoa takes the end for the beginning, or for the token before it. */
function endsEarly(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const [, position = '-1'] = /at position (\d+)/.exec(message) ?? [];
    return message.includes('end of JSON input') || Number(position) >= text.trimEnd().length;
  }
}

/** Line and column behind the last character. */
function endOf(text: string): string {
  const lines = text.trimEnd().split(/\r\n|\n|\r/);
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

function toValue(node: ValueNode, path: string): unknown {
  switch (node.type) {
    case 'Object':
      return toObject(node, path);
    case 'Array':
      return node.elements.map((element) => toValue(element.value, path));
    case 'Null':
      return null;
    case 'String':
    case 'Number':
    case 'Boolean':
      return node.value;
    case 'NaN':
    case 'Infinity':
      throw new TypeError(`JSON has no ${node.type}`);
  }
}

function toObject(node: ObjectNode, path: string, text = '', isSpec = false): object {
  const entries = new Map<string, unknown>();
  for (const { name, value } of node.members) {
    const key = name.type === 'String' ? name.value : name.name;
    if (entries.has(key)) {
      const { line, column } = name.loc.start;
      const found = `${path}:${line}:${column}: the key "${key}" comes twice in one object.`;
      throw new ValueError('BAD_SPEC', found, 'Remove one of them.');
    }
    const isSeed = isSpec && key === 'seed' && value.type === 'Number';
    entries.set(key, isSeed ? toSeed(value.value, text.slice(...(value.range ?? []))) : toValue(value, path));
  }
  return Object.fromEntries(entries);
}

/** A whole number too large to be exact as a number becomes a bigint. */
function toSeed(value: number, source: string): number | bigint {
  return /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
}
