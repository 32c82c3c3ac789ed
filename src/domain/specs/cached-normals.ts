/**
 * Cached normals in a spec. Each is a number that some seed drew: with another seed it would be a wrong value, and no check of the bytes
 * would find it, since a file records it as well.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor } from '../../base/wording.js';
import type { DrawnTensor, DrawSource } from '../recipes/draws.js';
import { GENERATORS } from '../streams/generators.js';

/**
 * @param owner  the seed that drew the cached normals; undefined if it is not known
 * @throws {ValueError} BAD_SPEC: another seed than that of a cached normal
 */
export function checkCachedNormals(
  { generator, seed }: DrawSource,
  tensors: readonly DrawnTensor[],
  owner: bigint | undefined,
): void {
  const facts = GENERATORS[generator];
  if (owner === undefined || owner === seed || facts.order === 'streams') return;
  const cached = tensors.find(({ origin }) => origin?.cachedNormal !== undefined);
  if (cached === undefined || String(facts.root(owner)) === String(facts.root(seed))) return;
  const found = `${nameTensor(cached.name)}: cached_normal belongs to seed ${owner}, and the seed is ${seed}.`;
  const remedy = 'Leave it out with its first_word, or use the spec of the whole checkpoint.';
  throw new ValueError('BAD_SPEC', found, remedy);
}
