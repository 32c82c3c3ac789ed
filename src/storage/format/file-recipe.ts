/**
 * What one file says of how it was made: the `jumpfill` entry of its metadata, which is as untrusted as anything in a file.
 * @module
 */
import { BYTE_CONTRACT } from '../../domain/streams/byte-contract.js';
import { nameTensor, show } from '../../base/wording.js';
import { checkAt, ValueError } from '../../base/errors.js';
import { JsonReader } from './json-reader.js';
import type { StoredFile } from './stored.js';

/** Figures that a checkpoint gives of a tensor, beside its bytes. */
export interface StoredFacts {
  readonly weightScale?: number;
  readonly limit?: number;
  readonly std?: number;
  readonly step?: number;
}

/** What a file says of the checkpoint it is a shard of: recipe-metadata.ts. */
export interface StoredShard {
  /** From 1. */
  readonly shard: number;
  readonly shards: number;
  /** Undefined if the limit was not told. */
  readonly shardBytes: number | undefined;
  readonly digest: string;
}

/** The entry of `__metadata__`. */
export const RECIPE_KEY = 'jumpfill';

const REMEDY = 'The metadata were changed since jumpfill wrote them: pass the spec (--spec).';

export const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/** What one file says. */
export interface FileRecipe {
  readonly file: StoredFile;
  readonly shard: StoredShard | undefined;
  readonly seed: bigint;
  readonly byteContract: number;
  readonly version: string;
  readonly tensors: ReadonlyMap<string, Told>;
  /** Tensors that it tells of and does not hold: whoever saved it again left them out, as tied weights are. */
  readonly lost: readonly string[];
}

/** What a file says of one tensor. */
export interface Told {
  readonly init: unknown;
  readonly facts: StoredFacts;
}

/**
 * Undefined: it says nothing.
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function readFileRecipe(file: StoredFile): FileRecipe | undefined {
  const text = file.metadata.get(RECIPE_KEY);
  if (text === undefined) return undefined;
  const held = new Set(file.tensors.map(({ name }) => name));
  return { file, ...checkAt(`${file.path}: metadata: ${RECIPE_KEY}`, () => parsePart(text, held)) };
}

/** Of the 100 MB of a header at most some 75 are recipes of tensors that are there: the rest is their entries, and escapes. */
const MAX_RECIPE_LENGTH = 80_000_000;

/** @param held  the names of the file's tensors */
function parsePart(text: string, held: ReadonlySet<string>): Omit<FileRecipe, 'file'> {
  if (text.length > MAX_RECIPE_LENGTH) {
    throw refuse(`it has ${text.length} characters, more than ${MAX_RECIPE_LENGTH}.`);
  }
  const reader = new JsonReader(text, REMEDY);
  let version: string | undefined;
  let byteContract: number | undefined;
  let seed: bigint | undefined;
  let tensors: ReadonlyMap<string, Told> | undefined;
  const lost: string[] = [];
  let shard: StoredShard | undefined;
  reader.readObject((key) => {
    if (key === 'version') version = checkAt(key, () => reader.readString());
    else if (key === 'byte_contract') byteContract = checkAt(key, () => checkContract(reader.readWhole()));
    else if (key === 'seed') seed = checkAt(key, () => parseSeed(reader.readString()));
    else if (key === 'tensors') tensors = checkAt(key, () => readTensors(reader, held, lost));
    else if (key === 'checkpoint') shard = checkAt(key, () => readShard(reader));
    else reader.skipValue();
  });
  reader.end();
  if (byteContract === undefined) throw refuse('byte_contract is missing.');
  if (seed === undefined) throw refuse('seed is missing.');
  if (tensors === undefined) throw refuse('tensors is missing.');
  return { version: version ?? 'unknown', byteContract, seed, shard, tensors, lost };
}

function readShard(reader: JsonReader): StoredShard {
  let shard: number | undefined;
  let shards: number | undefined;
  let shardBytes: number | undefined;
  let digest: string | undefined;
  reader.readObject((key) => {
    if (key === 'shard') shard = checkAt(key, () => reader.readWhole());
    else if (key === 'shards') shards = checkAt(key, () => reader.readWhole());
    else if (key === 'shard_size') shardBytes = checkAt(key, () => reader.readWhole());
    else if (key === 'digest') digest = checkAt(key, () => reader.readString());
    else reader.skipValue();
  });
  if (shard === undefined || shards === undefined || digest === undefined || shard < 1 || shard > shards) {
    throw refuse(`shard ${show(shard)} of ${show(shards)} with digest ${show(digest)}.`);
  }
  return { shard, shards, shardBytes, digest };
}

function checkContract(contract: number): number {
  if (contract === BYTE_CONTRACT) return contract;
  const found = `the bytes are those of contract ${contract}, and this is ${BYTE_CONTRACT}.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'Use the major version of jumpfill that wrote the file.');
}

/** A decimal string: readers of JSON round numbers beyond 2^53. */
function parseSeed(text: string): bigint {
  const seed = /^(?:0|[1-9][0-9]{0,19})$/.test(text) ? BigInt(text) : -1n;
  if (BigInt.asUintN(64, seed) === seed) return seed;
  throw refuse(`${show(text)} is no whole number from 0 to 2^64 - 1.`);
}

/** More than anybody leaves out: a recipe of nothing but such names would take gigabytes. */
const MAX_LOST = 2 ** 16;

/** Of a tensor that the file does not hold, nothing but its name is kept: so there are no more recipes than tensors. */
function readTensors(
  reader: JsonReader,
  held: ReadonlySet<string>,
  lost: string[],
): ReadonlyMap<string, Told> {
  const tensors = new Map<string, Told>();
  reader.readObject((name) => {
    if (held.has(name)) {
      tensors.set(
        name,
        checkAt(nameTensor(name), () => readTold(reader)),
      );
      return;
    }
    if (lost.push(name) > MAX_LOST)
      throw refuse(`there are recipes of more than ${MAX_LOST} tensors that it does not hold.`);
    reader.skipValue();
  });
  return tensors;
}

const FACTS = new Map<string, keyof StoredFacts>([
  ['weight_scale', 'weightScale'],
  ['limit', 'limit'],
  ['std', 'std'],
  ['step', 'step'],
]);

function readTold(reader: JsonReader): Told {
  let init: unknown;
  const facts: Partial<Record<keyof StoredFacts, number>> = {};
  reader.readObject((key) => {
    const fact = FACTS.get(key);
    if (key === 'init') init = checkAt(key, () => readInit(reader));
    else if (fact === undefined) reader.skipValue();
    else facts[fact] = checkAt(key, () => checkFact(reader.readScalar(), fact));
  });
  if (init === undefined) throw refuse('init is missing.');
  return { init, facts };
}

/** More than any kind has parameters, and longer than any of their words. */
const MAX_MEMBERS = 32;
const MAX_WORD = 256;

/**
 * Whether it is an initialiser is for the spec's checks to say, which would have to have it in memory. All have few members, and
 * no member is an object: what is larger is refused as it is read.
 */
function readInit(reader: JsonReader): object {
  const members: [string, unknown][] = [];
  const checkLength = (word: unknown): void => {
    if (typeof word === 'string' && word.length > MAX_WORD)
      throw refuse(`${show(word)} has more than ${MAX_WORD} characters.`);
  };
  reader.readObject((key) => {
    checkLength(key);
    const value = checkAt(key, () => reader.readScalar());
    checkLength(value);
    if (members.push([key, value]) > MAX_MEMBERS) throw refuse(`it has more than ${MAX_MEMBERS} members.`);
  });
  return Object.fromEntries(members);
}

/** A scale divides; a width may be 0. */
function checkFact(value: unknown, fact: keyof StoredFacts): number {
  const isScale = fact === 'weightScale' || fact === 'step';
  const isPossible = typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (isPossible && !(isScale && value === 0)) return value;
  throw refuse(`${show(value)} is no ${isScale ? 'scale' : 'width'}.`);
}
