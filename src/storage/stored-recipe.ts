/**
 * From what a checkpoint says of itself back to a spec. That is as untrusted as anything in a file: the spec goes through the same
 * checks as one that a person wrote.
 * @module
 */
import { BYTE_CONTRACT } from '../domain/byte-contract.js';
import { orderForShards } from '../domain/shards.js';
import { nameTensor, type Dtype } from '../domain/tensor.js';
import { show } from '../domain/words.js';
import { checkAt, InitError, ValueError } from '../errors.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { JsonReader } from './json-reader.js';
import { checkOneWhole, isShard } from './one-whole.js';
import type { StoredFile, StoredTensor } from './stored.js';

/** A spec of what a checkpoint holds, as JSON would have it; its initialisers are not checked yet. */
export interface StoredSpec {
  /** In digits. */
  readonly seed: string;
  /** Of a checkpoint of shards. */
  readonly shard_size?: number;
  readonly tensors: readonly SpecTensor[];
}

interface SpecTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: unknown;
}

/** Figures that a checkpoint gives of a tensor, beside its bytes. */
export interface StoredFacts {
  readonly weightScale?: number;
  readonly limit?: number;
  readonly std?: number;
  readonly step?: number;
}

export interface StoredRecipe {
  readonly seed: bigint;
  readonly byteContract: number;
  /** Of the package that wrote the first file. */
  readonly version: string;
  readonly spec: StoredSpec;
  /** By the tensors' names. */
  readonly facts: ReadonlyMap<string, StoredFacts>;
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

const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/**
 * @throws {ValueError} NO_RECIPE: no file says how it was made; BAD_CHECKPOINT: not all say it, or not alike
 */
export function readRecipe({ path, indexPath, files, tensors }: CheckpointFiles): StoredRecipe {
  const parts = files.flatMap((file) => readFileRecipe(file) ?? []);
  const [first] = parts;
  if (first === undefined) {
    const found = `${path} does not say how it was made: its metadata have no "${RECIPE_KEY}".`;
    throw new ValueError('NO_RECIPE', found, 'Pass the spec it was made from (--spec).');
  }
  for (const part of parts) checkAlike(first, part);
  const partOf = new Map(parts.map((part) => [part.file.path, part]));
  // A shard that is opened by itself stands for itself.
  if (indexPath !== undefined) checkShards(path, files, partOf);
  const { seed, byteContract, version } = first;
  const shardBytes = parts.every(({ shard }) => shard !== undefined) ? first.shard?.shardBytes : undefined;
  const shards = files.map((file) =>
    file.tensors.filter(({ name, path }) => tensors.get(name)?.path === path),
  );
  const inOrder = shardBytes === undefined ? shards.flat() : orderForShards(shards, shardBytes);
  const listed = inOrder.map((tensor) => ({ tensor, told: findTold(partOf, tensor) }));
  return {
    seed,
    byteContract,
    version,
    spec: {
      seed: String(seed),
      ...(shardBytes !== undefined && { shard_size: shardBytes }),
      tensors: listed.map(({ tensor, told }) => writeSpec(tensor, told)),
    },
    facts: new Map(listed.map(({ tensor, told }) => [tensor.name, told.facts])),
  };
}

/** The same; undefined if there is none. */
export function readRecipeIfAny(checkpoint: CheckpointFiles): StoredRecipe | undefined {
  try {
    return readRecipe(checkpoint);
  } catch (error) {
    if (error instanceof InitError && error.code === 'NO_RECIPE') return undefined;
    throw error;
  }
}

/** What one file says. */
export interface FileRecipe {
  readonly file: StoredFile;
  readonly shard: StoredShard | undefined;
  readonly seed: bigint;
  readonly byteContract: number;
  readonly version: string;
  readonly tensors: ReadonlyMap<string, Told>;
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
  let shard: StoredShard | undefined;
  reader.readObject((key) => {
    if (key === 'version') version = checkAt(key, () => reader.readString());
    else if (key === 'byte_contract') byteContract = checkAt(key, () => checkContract(reader.readWhole()));
    else if (key === 'seed') seed = checkAt(key, () => parseSeed(reader.readString()));
    else if (key === 'tensors') tensors = checkAt(key, () => readTensors(reader, held));
    else if (key === 'checkpoint') shard = checkAt(key, () => readShard(reader));
    else reader.skipValue();
  });
  reader.end();
  if (byteContract === undefined) throw refuse('byte_contract is missing.');
  if (seed === undefined) throw refuse('seed is missing.');
  if (tensors === undefined) throw refuse('tensors is missing.');
  return { version: version ?? 'unknown', byteContract, seed, shard, tensors };
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

/** A name that the file does not hold is refused at once: so there are no more recipes than tensors. */
function readTensors(reader: JsonReader, held: ReadonlySet<string>): ReadonlyMap<string, Told> {
  const tensors = new Map<string, Told>();
  reader.readObject((name) => {
    if (!held.has(name)) throw refuse(`there is a recipe of ${nameTensor(name)}, and no such tensor.`);
    tensors.set(
      name,
      checkAt(nameTensor(name), () => readTold(reader)),
    );
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

function checkAlike(first: FileRecipe, part: FileRecipe): void {
  if (first.seed === part.seed) return;
  const found = `${first.file.path} was made with seed ${first.seed}, and ${part.file.path} with ${part.seed}.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'The files are of two checkpoints: get those of one.');
}

/** Files that were written one by one, and whose index somebody else has made, are no shards. */
function checkShards(
  path: string,
  files: readonly StoredFile[],
  partOf: ReadonlyMap<string, FileRecipe>,
): void {
  const shards = [...partOf.values()].filter(isShard);
  const [first] = shards;
  if (first === undefined) return;
  const stranger = files.find((file) => partOf.get(file.path)?.shard === undefined);
  if (stranger === undefined) {
    checkOneWhole(path, shards);
    return;
  }
  const found = `${first.file.path} says which checkpoint it is a shard of, and ${stranger.path} does not.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'The files are of two checkpoints: get those of one.');
}

function findTold(parts: ReadonlyMap<string, FileRecipe>, { name, path }: StoredTensor): Told {
  const told = parts.get(path)?.tensors.get(name);
  if (told === undefined) throw refuse(`${path}: the metadata have no recipe of ${nameTensor(name)}.`);
  return told;
}

function writeSpec({ name, shape, dtype, storedDtype, path }: StoredTensor, { init }: Told): SpecTensor {
  if (dtype !== undefined) return { name, shape, dtype, init };
  throw refuse(`${path}: ${nameTensor(name)} has a recipe, and jumpfill writes no ${storedDtype}.`);
}
