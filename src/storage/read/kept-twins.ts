/**
 * Tensors that the metadata of a source call the same. Another program may have trained them apart and left the metadata as they were: to
 * keep one for both would lose the other.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import type { ModelTensor } from '../../domain/specs/model-tensor.js';
import type { KeptTensors } from '../format/kept-record.js';

/**
 * @param kept  by the names that are written, with each tied tensor as it is in the source
 * @throws {ValueError} BAD_CHECKPOINT: two that are tied begin or end with other bytes
 */
export function checkTwins(
  path: string,
  tensors: readonly Pick<ModelTensor, 'name' | 'sameAs'>[],
  kept: KeptTensors,
): void {
  for (const { name, sameAs } of tensors) {
    const [own, other] = [kept.get(name), kept.get(sameAs ?? name)];
    if (own === undefined || other === undefined || own.sample === other.sample) continue;
    const found = `${nameTensor(own.name)} is the same as ${show(other.name)} by the metadata of ${path}, and has other bytes.`;
    const remedy = 'Keep each by itself: list the tensors in the spec, without same_as.';
    throw new ValueError('BAD_CHECKPOINT', found, remedy);
  }
}
