/**
 * What files record of their tensors, as the tensors of a spec. A tied tensor is recorded with all that decides its bytes, so that its
 * file can be read by itself; where the tensor that it is the same as is there too, the spec says so again.
 * @module
 */
import { nameTensor, show } from '../../base/wording.js';
import { isKeep } from '../../domain/specs/kept-tensors.js';
import { isSequential, type GeneratorName } from '../../domain/streams/generators.js';
import type { LikeTensor } from '../../domain/specs/listed-tensors.js';
import { refuseMetadata } from '../format/metadata-errors.js';
import type { RecordedTensor } from '../format/tensor-metadata.js';
import type { StoredTensor } from './stored-file.js';
import type { StoredSpecTensor } from './stored-spec.js';

/** A tensor as it lies in a file, and what the file records of it. */
export interface ListedTensor {
  readonly tensor: StoredTensor;
  readonly recorded: RecordedTensor;
}

/** What a spec takes of the tensors of files that it keeps. */
export const asLike = (tensors: Iterable<StoredTensor>): readonly LikeTensor[] =>
  Array.from(tensors, ({ name, shape, storedDtype: dtype }) => ({ name, shape, dtype }));

/**
 * @returns  without the origins of draws
 * @throws {ValueError} BAD_CHECKPOINT: tied tensors of different initialisers
 */
export function writeTensors(
  listed: readonly ListedTensor[],
  generator: GeneratorName,
): readonly StoredSpecTensor[] {
  const records = new Map(listed.map(({ tensor, recorded }) => [tensor.name, recorded]));
  return listed.map(({ tensor, recorded }) => {
    const { name, shape, dtype } = tensor;
    const source = writeSource(tensor, recorded, records, generator);
    return { name, shape, ...(!isKeep(recorded.init) && { dtype }), ...source };
  });
}

function writeSource(
  { name, path }: StoredTensor,
  { init, stream, sameAs }: RecordedTensor,
  records: ReadonlyMap<string, RecordedTensor>,
  generator: GeneratorName,
): Pick<StoredSpecTensor, 'stream' | 'same_as'> & { readonly init?: object } {
  const target = sameAs === undefined ? undefined : records.get(sameAs);
  if (target !== undefined) {
    const isSame = JSON.stringify([init, stream]) === JSON.stringify([target.init, target.stream]);
    if (isSame) return { same_as: sameAs };
    throw refuseMetadata(
      `${path}: ${nameTensor(name)} and ${show(sameAs)} are said to be the same, but not how they are drawn.`,
    );
  }
  const drawnAs = isSequential(generator) || isKeep(init) ? undefined : (stream ?? sameAs);
  return { init, ...(drawnAs !== undefined && { stream: drawnAs }) };
}
