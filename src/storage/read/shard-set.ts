/**
 * Checks that shards belong to one checkpoint and are all of it. Each records its number, how many there are, and a digest of the whole
 * checkpoint. Shards of another run may lie under the same names, and may have been drawn from the same seed.
 * @module
 */
import { at } from '../../base/at.js';
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import type { InitInput } from '../../domain/recipes/init.js';
import { digestCheckpoint, type DigestedTensor } from '../format/digest.js';
import { isKeep } from '../../domain/specs/kept-tensors.js';
import { writeOrigin } from '../../domain/specs/origin.js';
import type { ShardRecord } from '../format/recipe-metadata.js';
import type { FileRecipe } from './file-recipe.js';
import { resolveRecorded } from './recorded-model.js';

/** The recipe of a file that records which shard it is. */
export interface ShardRecipe extends FileRecipe {
  readonly shard: ShardRecord;
}

export const isShard = (recipe: FileRecipe): recipe is ShardRecipe => recipe.shard !== undefined;

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/**
 * @param path    the checkpoint's, for messages
 * @param shards  at least one, in any order
 * @throws {ValueError} BAD_CHECKPOINT: they belong to different checkpoints, some are missing, or their tensors are not those of the
 *   digest
 */
export function checkShardSet(path: string, shards: readonly ShardRecipe[]): void {
  const first = at(shards, 0);
  for (const shard of shards) checkAlike(first, shard);
  const inOrder = orderByNumber(path, shards);
  // The digest covers all tensors: with one missing it cannot be computed.
  if (shards.some(({ omitted }) => omitted.length > 0)) return;
  if (digestCheckpoint(first, inOrder.map(digestedTensors)) === first.shard.digest) return;
  const found = `The shards of ${path} do not add up to the checkpoint that they record.`;
  throw refuse(found, 'Their metadata have changed: write them again.');
}

/** Seed, count and digest are those of one run. */
function checkAlike(first: ShardRecipe, other: ShardRecipe): void {
  const compare = (what: string, a: unknown, b: unknown, reason = ''): void => {
    if (a === b) return;
    const found = `${other.file.path} and ${first.file.path} belong to different checkpoints: ${what} is ${String(a)} in one and ${String(b)} in the other${reason}.`;
    throw refuse(
      found,
      'Get all shards of one checkpoint, or write them again with one spec, seed and shard size.',
    );
  };
  compare('the generator', other.generator, first.generator);
  compare('the seed', other.seed, first.seed);
  compare('the number of shards', other.shard.shards, first.shard.shards);
  compare("the checkpoint's digest", show(other.shard.digest), show(first.shard.digest), DIGESTED);
}

const DIGESTED = '; so the tensors differ, or their order, or how they are cut into shards';

/** @returns  the shards by number, each exactly once */
function orderByNumber(path: string, shards: readonly ShardRecipe[]): readonly ShardRecipe[] {
  const { shards: count } = at(shards, 0).shard;
  const byNumber = new Map<number, ShardRecipe>();
  for (const recipe of shards) {
    const { shard } = recipe.shard;
    const twin = byNumber.get(shard);
    byNumber.set(shard, recipe);
    if (twin === undefined) continue;
    const found = `${twin.file.path} and ${recipe.file.path} both record that they are shard ${shard} of ${count}.`;
    throw refuse(found, 'One was copied over the other: get or write that shard again.');
  }
  if (byNumber.size === count) return [...byNumber.values()].sort((a, b) => a.shard.shard - b.shard.shard);
  throw refuse(`${path} has ${byNumber.size} of its ${count} shards.`, 'Get or write the missing ones.');
}

function digestedTensors({ file, generator, seed, tensors }: ShardRecipe): readonly DigestedTensor[] {
  const listed = file.tensors.map(({ name, shape, dtype }) => {
    const { init, origin } = tensors.get(name) ?? {};
    const own = isKeep(init) ? {} : { dtype };
    return { name, shape, ...own, init: init as InitInput, ...writeOrigin(origin) };
  });
  const spec = { generator, seed, tensors: listed };
  // By itself, since what a tensor is the same as may lie in another shard.
  return resolveRecorded(file.path, spec, file.tensors).tensors.map((tensor) => {
    const { stream, sameAs, kept } = tensors.get(tensor.name) ?? {};
    return { ...tensor, stream, sameAs, kept };
  });
}
