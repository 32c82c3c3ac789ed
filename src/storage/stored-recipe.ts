/**
 * From what a checkpoint says of itself back to a spec. That is as untrusted as anything in a file: the spec goes through the same
 * checks as one that a person wrote.
 * @module
 */
import { nameTensor, type Dtype } from '../domain/tensor.js';
import { show } from '../domain/words.js';
import { InitError, ValueError } from '../errors.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { at, JsonReader } from './json-reader.js';
import { BYTE_CONTRACT } from './recipe-metadata.js';
import type { StoredFile, StoredTensor } from './stored.js';

/** A spec of what a checkpoint holds, as JSON would have it; its initialisers are not checked yet. */
export interface StoredSpec {
  /** In digits. */
  readonly seed: string;
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

/** The entry of `__metadata__`. */
export const RECIPE_KEY = 'jumpfill';

const REMEDY = 'The metadata were changed since jumpfill wrote them: pass the spec (--spec).';

const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/**
 * @throws {ValueError} NO_RECIPE: no file says how it was made; BAD_CHECKPOINT: not all say it, or not alike
 */
export function readRecipe({ path, files, tensors }: CheckpointFiles): StoredRecipe {
  const parts = files.flatMap((file) => readPart(file) ?? []);
  const [first] = parts;
  if (first === undefined) {
    const found = `${path} does not say how it was made: its metadata have no "${RECIPE_KEY}".`;
    throw new ValueError('NO_RECIPE', found, 'Pass the spec it was made from (--spec).');
  }
  for (const part of parts) checkAlike(first, part);
  const partOf = new Map(parts.map((part) => [part.file.path, part]));
  const listed = [...tensors.values()].map((tensor) => ({ tensor, told: findTold(partOf, tensor) }));
  const { seed, byteContract, version } = first;
  return {
    seed,
    byteContract,
    version,
    spec: { seed: String(seed), tensors: listed.map(({ tensor, told }) => writeSpec(tensor, told)) },
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
interface Part {
  readonly file: StoredFile;
  readonly seed: bigint;
  readonly byteContract: number;
  readonly version: string;
  readonly tensors: ReadonlyMap<string, Told>;
}

/** What a file says of one tensor. */
interface Told {
  readonly init: unknown;
  readonly facts: StoredFacts;
}

function readPart(file: StoredFile): Part | undefined {
  const text = file.metadata.get(RECIPE_KEY);
  if (text === undefined) return undefined;
  const part = { file, ...at(`${file.path}: metadata: ${RECIPE_KEY}`, () => parsePart(text)) };
  const held = new Set(file.tensors.map(({ name }) => name));
  for (const name of part.tensors.keys()) {
    if (!held.has(name))
      throw refuse(`${file.path}: there is a recipe of ${nameTensor(name)}, and no such tensor.`);
  }
  return part;
}

function parsePart(text: string): Omit<Part, 'file'> {
  const reader = new JsonReader(text, REMEDY);
  let version: string | undefined;
  let byteContract: number | undefined;
  let seed: bigint | undefined;
  let tensors: ReadonlyMap<string, Told> | undefined;
  reader.readObject((key) => {
    if (key === 'version') version = at(key, () => reader.readString());
    else if (key === 'byte_contract') byteContract = at(key, () => checkContract(reader.readWhole()));
    else if (key === 'seed') seed = at(key, () => parseSeed(reader.readString()));
    else if (key === 'tensors') tensors = at(key, () => readTensors(reader));
    else reader.skipValue();
  });
  reader.end();
  if (byteContract === undefined) throw refuse('byte_contract is missing.');
  if (seed === undefined) throw refuse('seed is missing.');
  if (tensors === undefined) throw refuse('tensors is missing.');
  return { version: version ?? 'unknown', byteContract, seed, tensors };
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

function readTensors(reader: JsonReader): ReadonlyMap<string, Told> {
  const tensors = new Map<string, Told>();
  reader.readObject((name) => {
    tensors.set(
      name,
      at(nameTensor(name), () => readTold(reader)),
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
    if (key === 'init') init = reader.readValue();
    else if (fact === undefined) reader.skipValue();
    else facts[fact] = at(key, () => checkFact(reader.readValue(), fact));
  });
  if (init === undefined) throw refuse('init is missing.');
  return { init, facts };
}

/** A scale divides; a width may be 0. */
function checkFact(value: unknown, fact: keyof StoredFacts): number {
  const isScale = fact === 'weightScale' || fact === 'step';
  const isPossible = typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (isPossible && !(isScale && value === 0)) return value;
  throw refuse(`${show(value)} is no ${isScale ? 'scale' : 'width'}.`);
}

function checkAlike(first: Part, part: Part): void {
  if (first.seed === part.seed) return;
  const found = `${first.file.path} was made with seed ${first.seed}, and ${part.file.path} with ${part.seed}.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'The files are of two checkpoints: get those of one.');
}

function findTold(parts: ReadonlyMap<string, Part>, { name, path }: StoredTensor): Told {
  const told = parts.get(path)?.tensors.get(name);
  if (told === undefined) throw refuse(`${path}: the metadata have no recipe of ${nameTensor(name)}.`);
  return told;
}

function writeSpec({ name, shape, dtype, storedDtype, path }: StoredTensor, { init }: Told): SpecTensor {
  if (dtype !== undefined) return { name, shape, dtype, init };
  throw refuse(`${path}: ${nameTensor(name)} has a recipe, and jumpfill writes no ${storedDtype}.`);
}
