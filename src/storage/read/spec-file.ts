/**
 * Reads a spec from a JSON file. JSON.parse alone would lose what a spec needs: where an error is, duplicate keys (the last
 * one silently wins), and whole numbers beyond 2^53 such as seeds (silently rounded). So a text that it may have lost
 * something of is read again with places, which takes some 30 times as long.
 * @module
 */
import { open } from 'node:fs/promises';
import { parse, type ObjectNode, type ValueNode } from '@humanwhocodes/momoa';
import { shorten, shortenPath, show } from '../../base/wording.js';
import { ValueError, messageOf } from '../../base/errors.js';
import { errorCode, reasonOf } from '../files/io-errors.js';
import { recogniseNearJson } from './near-json.js';
import { recogniseNoSpec, SNIFFED_BYTES } from '../format/other-formats.js';

/**
 * @throws {ValueError} BAD_SPEC: no such file, something else than a spec, not UTF-8, not JSON (told with line and column), a key
 *   twice
 */
export async function readSpecFile(path: string): Promise<unknown> {
  const bytes = await readBytes(path);
  refuseOther(bytes, path);
  return parseSpec(decodeUtf8(bytes, path), path);
}

const badSpec = (found: string, remedy: string, cause?: unknown): ValueError =>
  new ValueError('BAD_SPEC', found, remedy, { cause });

/** A model's weights may have been named by mistake: of a file that is no spec the beginning is enough. */
async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  try {
    if ((await file.stat()).isFile()) {
      const first = new Uint8Array(SNIFFED_BYTES);
      const { bytesRead } = await file.read(first, 0, SNIFFED_BYTES, 0);
      refuseOther(first.subarray(0, bytesRead), path);
    }
    return await file.readFile();
  } catch (cause) {
    throw cause instanceof ValueError ? cause : cannotRead(path, cause);
  } finally {
    await file.close();
  }
}

function cannotRead(path: string, cause: unknown): ValueError {
  const found = `The spec ${shortenPath(path)} cannot be read: ${reasonOf(cause)}.`;
  if (path === '-') return badSpec(found, 'To read standard input, name /dev/stdin.', cause);
  const isFolder = errorCode(cause) === 'EISDIR';
  const remedy = isFolder
    ? 'Pass the path of a JSON file; a folder with a checkpoint goes with --from or --like.'
    : 'Pass the path of a JSON file.';
  return badSpec(found, remedy, cause);
}

function refuseOther(bytes: Uint8Array, path: string): void {
  const other = recogniseNoSpec(bytes);
  if (other !== undefined) throw badSpec(`The spec ${shortenPath(path)} is ${other.what}.`, other.remedy);
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badSpec(`The spec ${shortenPath(path)} is not UTF-8 text.`, 'Save it as UTF-8.', cause);
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
  const found = `${shortenPath(path)}: it is nested more than ${MAX_DEPTH} deep.`;
  throw badSpec(found, 'A spec needs few levels: correct the JSON.');
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
    const near = recogniseNearJson(text);
    const { what, remedy } = near ?? {
      what: describeSyntaxError(cause, text),
      remedy: 'Correct the JSON there.',
    };
    throw badSpec(`${shortenPath(path)}${what}`, remedy, cause);
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
    const reason = messageOf(cause);
    throw badSpec(
      `${shortenPath(path)}: not JSON: ${shorten(reason, LONGEST_REASON)}.`,
      'Correct the JSON there.',
      cause,
    );
  }
}

/** A parser's reason may repeat what it has read. */
const LONGEST_REASON = 200;

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
  const raw = messageOf(error);
  const message = shorten(raw, LONGEST_REASON).replace(
    /token (\w+)/,
    (whole, token: string) => TOKENS[token] ?? whole,
  );
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
      const found = `${shortenPath(path)}:${line}:${column}: the key ${show(key)} comes twice in one object.`;
      throw badSpec(found, 'Remove one of them.');
    }
    const isSeed = isSpec && key === 'seed' && value.type === 'Number';
    entries.set(key, isSeed ? toSeed(value.value, text.slice(...(value.range ?? []))) : toValue(value, path));
  }
  return Object.fromEntries(entries);
}

/** A whole number too large to be exact as a number becomes a bigint; one of more digits than any seed, its text. */
function toSeed(value: number, source: string): number | bigint | string {
  if (!/^-?\d+$/.test(source) || Number.isSafeInteger(value)) return value;
  return source.length > MAX_SEED_LENGTH ? source : BigInt(source);
}

/** Twice as long as the largest. */
const MAX_SEED_LENGTH = 40;
