/**
 * Whether shards are of one checkpoint, and all of it: each says its number, how many there are, and a digest of the whole. Shards
 * of another run may lie under the same names, and may have been drawn from the same seed.
 * @module
 */
import type { InitInput } from '../../domain/recipes/init.js';
import { resolveModel } from '../../domain/specs/spec.js';
import { show } from '../../base/wording.js';
import { checkAt, JumpfillError, ValueError } from '../../base/errors.js';
import { digestOf, type DigestedTensor } from '../format/layout.js';
import type { FileRecipe, StoredShard } from '../format/file-recipe.js';

/** What a file says that says which shard it is. */
export interface ShardRecipe extends FileRecipe {
  readonly shard: StoredShard;
}

export const isShard = (recipe: FileRecipe): recipe is ShardRecipe => recipe.shard !== undefined;

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/**
 * @param path    of the whole, for messages
 * @param shards  in any order
 * @throws {ValueError} BAD_CHECKPOINT: not of one whole, not all shards of it, or not what they say it is
 */
export function checkOneWhole(path: string, shards: readonly ShardRecipe[]): void {
  for (const shard of shards) checkAlike(shards[0] ?? shard, shard);
  const inOrder = checkNumbers(path, shards);
  // The digest is of all tensors: without one, nobody can make it again.
  if (shards.some(({ lost }) => lost.length > 0)) return;
  const [first] = inOrder;
  if (first === undefined || digestOf(first.seed, inOrder.map(digestedTensors)) === first.shard.digest)
    return;
  const found = `The shards of ${path} are not the whole that they say they are of.`;
  throw refuse(found, 'Their metadata were changed: write them again.');
}

/** All of one run's seed, number and digest. */
function checkAlike(first: ShardRecipe, other: ShardRecipe): void {
  const differ = (what: string, a: unknown, b: unknown): void => {
    if (a === b) return;
    const found = `${other.file.path} and ${first.file.path} are not of one checkpoint: ${what} is ${String(a)} and ${String(b)}.`;
    throw refuse(
      found,
      'Get all shards of one checkpoint, or write them again with one spec, seed and shard size.',
    );
  };
  differ('the seed', other.seed, first.seed);
  differ('the number of shards', other.shard.shards, first.shard.shards);
  differ('the digest of the whole', show(other.shard.digest), show(first.shard.digest));
}

/** @returns  the shards in the order of their numbers, each of which comes once */
function checkNumbers(path: string, shards: readonly ShardRecipe[]): readonly ShardRecipe[] {
  const byNumber = new Map<number, ShardRecipe>();
  for (const recipe of shards) {
    const { shard, shards: count } = recipe.shard;
    const twin = byNumber.get(shard);
    byNumber.set(shard, recipe);
    if (twin === undefined) continue;
    const found = `${twin.file.path} and ${recipe.file.path} both say that they are shard ${shard} of ${count}.`;
    throw refuse(found, 'One of them was copied over another: get or write that again.');
  }
  const count = shards[0]?.shard.shards ?? 0;
  if (byNumber.size === count) return [...byNumber.values()].sort((a, b) => a.shard.shard - b.shard.shard);
  throw refuse(`${path} has ${byNumber.size} of its ${count} shards.`, 'Get or write the others.');
}

/** Through the checks of a spec: metadata are not to be trusted. */
function digestedTensors({ file, seed, tensors }: ShardRecipe): readonly DigestedTensor[] {
  const listed = file.tensors.map(({ name, shape, dtype }) => ({
    name,
    shape,
    dtype,
    init: tensors.get(name)?.init as InitInput,
  }));
  try {
    return checkAt(
      `${file.path}: the recipe in the metadata`,
      () => resolveModel({ seed, tensors: listed }).tensors,
    );
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    throw new ValueError('BAD_CHECKPOINT', error.found, error.remedy, { cause: error });
  }
}
