/**
 * Examples of what belongs in a spec where something else was found; made from what was found where possible.
 * @module
 */
import { INIT_KINDS } from '../recipes/init.js';
import { translateKind } from '../../base/foreign-names.js';
import { show } from '../../base/wording.js';
import { CACHED_NORMAL_RULE, FIRST_WORD_RULE } from './origin.js';

type Members = readonly (readonly [key: string, value: unknown])[];

/** The members of an object in place of a list. */
const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/**
 * @param path      empty for the spec itself
 * @param found     the value there
 * @param expected  valibot's name for the expected type
 */
export function exampleOf(path: readonly unknown[], found: unknown, expected: string | null): string {
  if (path.length === 0) {
    const shape = 'A spec is an object: { "tensors": [...] }.';
    const isPath = typeof found === 'string';
    return isPath ? `${shape} A path or the name of a model is none: pass what the file holds.` : shape;
  }
  const key = path.at(-1);
  const example = typeof key === 'string' && Object.hasOwn(EXAMPLES, key) ? EXAMPLES[key] : undefined;
  if (example !== undefined) return example(found);
  if (typeof key === 'number' && path.length === 2) return describeItem(path[0], found);
  return describeType(expected, found);
}

const EXAMPLES: Readonly<Record<string, (found: unknown) => string>> = {
  shape: (found) => `A shape is an array of dimensions: ${writeShape(found)}.`,
  tensors: (found) => `The tensors are an array: [${writeTensor(found)}].`,
  rules: (found) => `The rules are an array: [${writeRule(found)}].`,
  default: () => 'The default is an object: { "dtype": "float32", "init": { "kind": "zeros" } }.',
  init: (found) => `An init is an object, such as ${writeInit(found)}.`,
  dtype: () => 'A dtype is a string: "float32".',
  name: () => 'A name is a string: "fc1.weight".',
  same_as: () => 'Write the name of another tensor of the spec: "embed.weight".',
  stream: () => 'Write the name by which the tensor is drawn: "fc1.weight".',
  match: () => 'A pattern is a string: "*.bias".',
  skip: () => 'Write true to leave tensors out, or leave out skip.',
  rename: () => 'Write the new name, in which $1 is what the pattern captures: "model.$1".',
  seed: () => 'A seed is a whole number from 0 to 2^64 - 1: 42.',
  generator: () => 'A generator is a string: "torch".',
  first_word: () => FIRST_WORD_RULE,
  cached_normal: () => CACHED_NORMAL_RULE,
  shard_size: () => 'A size is a string such as "5GB", or a whole number of bytes.',
};

const DIMENSIONS = '[128, 64]';
const MOST_DIMENSIONS = 8;

/** `64` and `"128x64"` are shapes without their brackets. */
function writeShape(found: unknown): string {
  if (typeof found === 'number' && Number.isInteger(found) && found >= 0) return `[${found}]`;
  if (Array.isArray(found))
    return found.length > MOST_DIMENSIONS ? DIMENSIONS : `[${found.map(show).join(', ')}]`;
  const sizes = typeof found === 'string' && found.length <= 60 ? (found.match(/\d+/g) ?? []) : [];
  return sizes.length === 0 ? DIMENSIONS : `[${sizes.join(', ')}]`;
}

/** The first tensor of `{ "fc1.weight": [128, 64] }` or `{ "fc1.weight": { "shape": [128, 64] } }`. */
function writeTensor(found: unknown): string {
  const [[name, value] = ['fc1.weight']] = membersOf(found);
  const [, shape = value] = membersOf(value).find(([key]) => key === 'shape') ?? [];
  return `{ "name": ${show(name)}, "shape": ${writeShape(shape)} }`;
}

/** The first rule of `{ "*.bias": { "kind": "zeros" } }`. */
function writeRule(found: unknown): string {
  const [[match] = ['*.bias']] = membersOf(found);
  return `{ "match": ${show(match)}, "init": { "kind": "zeros" } }`;
}

/** Most people write the kind alone at first. */
function writeInit(found: unknown): string {
  const [meant = found] = translateKind(found, INIT_KINDS)?.means ?? [];
  return `{ "kind": "${INIT_KINDS.find((known) => known === meant) ?? 'zeros'}" }`;
}

/** An item of the tensors or the rules. */
function describeItem(list: unknown, found: unknown): string {
  const name = typeof found === 'string' ? { [found]: undefined } : found;
  return `Expected an object: ${list === 'rules' ? writeRule(name) : writeTensor(name)}.`;
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  Array: 'an array',
  Object: 'an object',
  '(number | string | bigint)': 'a number, or the digits of a whole one as a string',
  '(boolean | string)': 'true, false or a string',
  '(number | Array)': 'a number or an array of them',
};

function describeType(expected: string | null, found: unknown): string {
  const isNumber = typeof found === 'string' && found.trim() !== '' && Number.isFinite(Number(found));
  if (expected === 'number' && isNumber && isRounded(Number(found)))
    return 'Expected a number up to ±(2^53 - 1): only constant and integers take the digits of larger ones.';
  if (expected === 'number' && isNumber) return `Expected a number: ${show(Number(found))}, without quotes.`;
  return `Expected ${TYPES[expected ?? ''] ?? expected ?? 'something else'}.`;
}

/** Written without quotes, it would be another number. */
const isRounded = (number: number): boolean => Number.isInteger(number) && !Number.isSafeInteger(number);
