/**
 * Reads a spec from a JSON file. JSON.parse alone silently keeps the last of equal keys and rounds whole numbers beyond 2^53,
 * such as seeds. A text with either is parsed again with locations, which takes some 30 times as long.
 * @module
 */
import { open } from 'node:fs/promises';
import { parse, type ObjectNode, type ValueNode } from '@humanwhocodes/momoa';
import { shortenPath, show } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import { errorCode, reasonOf } from '../files/io-errors.js';
import { explainInvalidJson, scanBrackets } from './invalid-json.js';
import { recogniseNoSpec, SNIFFED_BYTES } from '../format/other-formats.js';

/**
 * @throws {ValueError} BAD_SPEC: a file that cannot be read, is of another kind, not UTF-8 or not JSON (with line and column), or
 *   has a key twice
 */
export async function readSpecFile(path: string): Promise<unknown> {
  const bytes = await readBytes(path);
  refuseOther(bytes, path);
  return parseSpec(decodeUtf8(bytes, path), path);
}

const badSpec = (found: string, remedy: string, cause?: unknown): ValueError =>
  new ValueError('BAD_SPEC', found, remedy, { cause });

/** The beginning is checked first: the path may be of a model's weights by mistake. */
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
    ? 'Pass the path of a JSON file; a checkpoint is passed as `like`, or with `jumpfill init --from`.'
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

/**
 * @param path  for messages
 * @throws {ValueError} BAD_SPEC
 */
export function parseSpec(text: string, path: string): unknown {
  checkNesting(text, path);
  const parsed = parsePlain(text);
  switch (parsed.kind) {
    case 'exact':
      return parsed.value;
    case 'lossy':
      return parseWithLocations(text, path);
    case 'invalid': {
      const { location, reason, remedy } = explainInvalidJson(text, parsed.cause);
      const where = location === undefined ? '' : `:${location}`;
      throw badSpec(`${shortenPath(path)}${where}: not JSON: ${reason}.`, remedy, parsed.cause);
    }
  }
}

/** Deeper than any spec; walking deeper values could exhaust the stack. */
const MAX_DEPTH = 128;

function checkNesting(text: string, path: string): void {
  if (scanBrackets(text, MAX_DEPTH).deepest <= MAX_DEPTH) return;
  const found = `${shortenPath(path)}: it is nested more than ${MAX_DEPTH} deep.`;
  throw badSpec(found, 'A spec needs few levels: correct the JSON.');
}

/** The result of JSON.parse; lossy if it kept the last of equal keys or rounded a whole number beyond 2^53. */
type PlainlyParsed =
  | { readonly kind: 'exact'; readonly value: unknown }
  | { readonly kind: 'lossy' }
  | { readonly kind: 'invalid'; readonly cause: unknown };

function parsePlain(text: string): PlainlyParsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return { kind: 'invalid', cause };
  }
  // With equal keys there are fewer keys than colons.
  if (countKeys(value) !== countColons(text)) return { kind: 'lossy' };
  const { seed } = Object(value) as { seed?: unknown };
  const isRounded = typeof seed === 'number' && !Number.isSafeInteger(seed);
  return isRounded ? { kind: 'lossy' } : { kind: 'exact', value };
}

/** The colons between keys and values of valid JSON: without escapes, every other piece between quotes is a string. */
function countColons(text: string): number {
  const pieces = text.replace(/\\./g, '').split('"');
  const outside = pieces.filter((_, i) => i % 2 === 0);
  return outside.join('').split(':').length - 1;
}

/** Counts the keys of a value and of everything in it. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: readonly unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : items.length;
  return items.reduce<number>((sum, item) => sum + countKeys(item), own);
}

function parseWithLocations(text: string, path: string): unknown {
  const { body } = parse(text, { mode: 'json', ranges: true });
  // The seed of a spec is the one number that is kept exact beyond 2^53; all others are doubles.
  return body.type === 'Object' ? toObject(body, path, text, true) : toValue(body, path);
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
      const found = `${shortenPath(path)}:${line}:${column}: the key ${show(key)} appears twice in one object.`;
      throw badSpec(found, 'Remove one of them.');
    }
    const isSeed = isSpec && key === 'seed' && value.type === 'Number';
    entries.set(key, isSeed ? toSeed(value.value, text.slice(...(value.range ?? []))) : toValue(value, path));
  }
  return Object.fromEntries(entries);
}

/** A whole number too large for a double becomes a bigint; one with more digits than any seed stays text. */
function toSeed(value: number, source: string): number | bigint | string {
  if (!/^-?\d+$/.test(source) || Number.isSafeInteger(value)) return value;
  return source.length > MAX_SEED_LENGTH ? source : BigInt(source);
}

/** Twice as long as the largest seed. */
const MAX_SEED_LENGTH = 40;
