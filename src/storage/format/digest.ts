/**
 * The digest of a checkpoint covers everything that decides its tensors' bytes and which file they are in. Every shard records it, which
 * distinguishes shards of different checkpoints.
 * @module
 */
import { createHash } from 'node:crypto';
import type { ModelTensor } from '../../domain/specs/spec.js';
import type { DrawSource } from '../../domain/recipes/draws.js';
import { writeInit } from '../../domain/recipes/init.js';
import { GENERATORS, namedGenerator } from '../../domain/streams/generators.js';
import type { KeptRecord } from './kept-record.js';

/** A tensor, as far as it decides bytes. */
export type DigestedTensor = Pick<
  ModelTensor,
  'name' | 'dtype' | 'shape' | 'origin' | 'stream' | 'sameAs'
> & {
  readonly recipe: Pick<ModelTensor['recipe'], 'init'>;
  /** Undefined for a tensor that is drawn. */
  readonly kept?: KeptRecord | undefined;
};

/**
 * SHA-256 in hex.
 * @param shards  the tensors of each file, in file order
 */
export function digestCheckpoint(
  { generator, seed }: DrawSource,
  shards: readonly (readonly DigestedTensor[])[],
): string {
  const named = Object.values(namedGenerator(generator));
  const source = [GENERATORS[generator].contract, ...named, String(seed)];
  const hash = createHash('sha256').update(JSON.stringify(source));
  for (const shard of shards) hash.update(JSON.stringify(shard.map(describeTensor)));
  return hash.digest('hex');
}

/** JSON of everything except generator and seed that decides a tensor's bytes. */
export const describeTensor = ({
  name,
  dtype,
  shape,
  recipe,
  origin,
  stream,
  sameAs,
  kept,
}: DigestedTensor): unknown => [
  name,
  dtype,
  shape,
  writeInit(recipe.init),
  ...(origin === undefined ? [] : [origin.firstWord, origin.cachedNormal ?? null]),
  ...(stream === undefined && sameAs === undefined ? [] : [{ stream, same_as: sameAs }]),
  ...(kept === undefined ? [] : [{ kept: [kept.of, kept.header, kept.sample, kept.name ?? name] }]),
];
