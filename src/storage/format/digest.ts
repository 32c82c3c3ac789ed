/**
 * The digest of a checkpoint covers everything that decides its tensors' bytes and which file they are in. Every shard records it, which
 * distinguishes shards of different checkpoints.
 * @module
 */
import { createHash } from 'node:crypto';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { BYTE_CONTRACT } from '../../domain/streams/byte-contract.js';
import { writeInit } from '../../domain/recipes/init.js';

/** A tensor, as far as it decides bytes. */
export type DigestedTensor = Pick<ModelTensor, 'name' | 'dtype' | 'shape'> & {
  readonly recipe: Pick<ModelTensor['recipe'], 'init'>;
};

/**
 * SHA-256 in hex.
 * @param shards  the tensors of each file, in file order
 */
export function digestCheckpoint(seed: bigint, shards: readonly (readonly DigestedTensor[])[]): string {
  const hash = createHash('sha256').update(JSON.stringify([BYTE_CONTRACT, String(seed)]));
  for (const shard of shards) hash.update(JSON.stringify(shard.map(describeTensor)));
  return hash.digest('hex');
}

/** JSON of everything except the seed that decides a tensor's bytes. */
export const describeTensor = ({ name, dtype, shape, recipe }: DigestedTensor): unknown => [
  name,
  dtype,
  shape,
  writeInit(recipe.init),
];
