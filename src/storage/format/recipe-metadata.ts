/**
 * The `jumpfill` entry of a file's metadata: a record of how the file was made, enough, with its names, shapes and dtypes, to regenerate
 * it. One table of members, from which it is written and read; what it records of a tensor is in tensor-metadata.ts.
 *
 * What is read is as untrusted as anything in a file: its sizes are bounded here, and its initialisers pass a spec's checks later.
 * @module
 */
import { checkAt } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import {
  DEFAULT_GENERATOR,
  GENERATORS,
  namedGenerator,
  type GeneratorName,
} from '../../domain/streams/generators.js';
import { readVersion } from '../../engine/host/package-version.js';
import { checkGeneratorFits, CONTRACT, GENERATOR } from './generator-metadata.js';
import { JsonReader } from './json-reader.js';
import type { KeptTensors } from './kept-record.js';
import { optional, recordForm, required, TEXT, WHOLE, type JsonForm } from './json-record.js';
import { METADATA_REMEDY, refuseMetadata } from './metadata-errors.js';
import { recordTensor, TENSOR, type RecordedTensor } from './tensor-metadata.js';

/** The key of the entry in `__metadata__`. */
export const RECIPE_KEY = 'jumpfill';

/** A file's shard number, and the checkpoint that it belongs to. */
export interface ShardRecord {
  /** From 1. */
  readonly shard: number;
  readonly shards: number;
  /** The most tensor bytes of a shard; undefined if it was not recorded. */
  readonly shardBytes?: number | undefined;
  /** The digest of the whole checkpoint: digest.ts. */
  readonly digest: string;
}

/** The recipe that a file records. */
export interface RecordedRecipe {
  /** The version of the package that wrote it. */
  readonly version?: string;
  readonly byteContract: number;
  readonly generator: GeneratorName;
  readonly seed: bigint;
  /** Undefined for a checkpoint of one file. */
  readonly shard?: ShardRecord | undefined;
  readonly tensors: ReadonlyMap<string, RecordedTensor>;
}

const SHARD_MEMBERS = recordForm<ShardRecord>(
  {
    shard: required('shard', WHOLE),
    shards: required('shards', WHOLE),
    shardBytes: optional('shard_size', WHOLE),
    digest: required('digest', TEXT),
  },
  refuseMetadata,
);

const SHARD: JsonForm<ShardRecord> = {
  write: SHARD_MEMBERS.write,
  read: (reader) => {
    const record = SHARD_MEMBERS.read(reader);
    const { shard, shards } = record;
    if (shard >= 1 && shard <= shards) return record;
    throw refuseMetadata(`it is shard ${shard} of ${shards}.`);
  },
};

/** A decimal string: readers of JSON round numbers beyond 2^53. */
const SEED: JsonForm<bigint> = {
  write: String,
  read: (reader) => {
    const text = reader.readString();
    const seed = /^(?:0|[1-9][0-9]{0,19})$/.test(text) ? BigInt(text) : -1n;
    if (BigInt.asUintN(64, seed) === seed) return seed;
    throw refuseMetadata(`${show(text)} is not a whole number from 0 to 2^64 - 1.`);
  },
};

/** The most recorded tensors that the file does not hold: no writer leaves out so many, and without a limit they could take gigabytes. */
const MAX_OMITTED = 2 ** 16;

/**
 * @param held     the names of the file's tensors: records of others are dropped, so there are never more records than tensors
 * @param omitted  takes the names of the others
 */
const tensorsForm = (held: ReadonlySet<string>, omitted: string[]): JsonForm<RecordedRecipe['tensors']> => ({
  write: (tensors) =>
    Object.fromEntries(Array.from(tensors, ([name, tensor]) => [name, TENSOR.write(tensor)])),
  read: (reader) => {
    const tensors = new Map<string, RecordedTensor>();
    reader.readObject((name) => {
      if (held.has(name)) {
        const tensor = checkAt(nameTensor(name), () => TENSOR.read(reader));
        tensors.set(name, tensor);
        return;
      }
      if (omitted.push(name) > MAX_OMITTED)
        throw refuseMetadata(
          `it has recipes of more than ${MAX_OMITTED} tensors that the file does not hold.`,
        );
      reader.skipValue();
    });
    return tensors;
  },
});

/** As it is written, without the default generator. */
type WrittenRecipe = Omit<RecordedRecipe, 'generator'> & { readonly generator?: GeneratorName | undefined };

const recipeForm = (held: ReadonlySet<string>, omitted: string[]): JsonForm<WrittenRecipe> =>
  recordForm<WrittenRecipe>(
    {
      version: optional('version', TEXT),
      byteContract: required('byte_contract', CONTRACT),
      generator: optional('generator', GENERATOR),
      seed: required('seed', SEED),
      shard: optional('checkpoint', SHARD),
      tensors: required('tensors', tensorsForm(held, omitted)),
    },
    refuseMetadata,
  );

/**
 * The entry of a file that this version writes.
 * @param tensors  those of the file, in file order; with the origins of their draws where the generator has a sequence
 * @param shard    undefined for a checkpoint of one file
 */
export function formatRecipe(
  tensors: readonly ModelTensor[],
  { generator, seed, kept }: Pick<RecordedRecipe, 'generator' | 'seed'> & { readonly kept: KeptTensors },
  shard?: ShardRecord,
): string {
  const recipe = {
    version: readVersion(),
    byteContract: GENERATORS[generator].contract,
    ...namedGenerator(generator),
    seed,
    shard,
    tensors: new Map(tensors.map((tensor) => [tensor.name, recordTensor(tensor, kept)])),
  };
  return JSON.stringify(recipeForm(new Set(), []).write(recipe));
}

/** A header has at most 100 MB, and some 75 of them can be records of tensors that it holds: the rest is entries and escapes. */
const MAX_RECIPE_LENGTH = 80_000_000;

/**
 * @param held  the names of the file's tensors
 * @returns     the recipe, and the recorded tensors that the file does not hold: a program that saved it again left them out, as
 *   happens to tied weights
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function parseRecipe(
  text: string,
  held: ReadonlySet<string>,
): { readonly recipe: RecordedRecipe; readonly omitted: readonly string[] } {
  if (text.length > MAX_RECIPE_LENGTH) {
    throw refuseMetadata(`it has ${text.length} characters, more than ${MAX_RECIPE_LENGTH}.`);
  }
  const omitted: string[] = [];
  const reader = new JsonReader(text, METADATA_REMEDY);
  const { generator = DEFAULT_GENERATOR, ...read } = recipeForm(held, omitted).read(reader);
  reader.end();
  const recipe = { ...read, generator };
  checkGeneratorFits(recipe);
  return { recipe, omitted };
}
