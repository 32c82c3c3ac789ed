/**
 * The spec of a checkpoint whose kept tensors have other names than where they were kept of: they are listed by the names that they have
 * there, and rules rename them.
 * @module
 */
import { renameRules, type Renamed } from '../../domain/specs/rename-rules.js';
import type { KeptRecord } from '../format/kept-record.js';
import type { StoredSpec, StoredSpecTensor } from './stored-spec.js';

/**
 * @param spec  lists the names that are written
 * @param kept  what the kept tensors were kept of, by the same names
 */
export function listBySources(spec: StoredSpec, kept: ReadonlyMap<string, KeptRecord>): StoredSpec {
  const tensors = tieTwins(spec.tensors, kept);
  const names = chooseNames(tensors, kept);
  const rules = renameRules(names);
  if (rules.length === 0) return { ...spec, tensors };
  const listedAs = new Map(names.map(({ written, listed }) => [written, listed]));
  const nameOf = (written: string): string => listedAs.get(written) ?? written;
  const listed = tensors.map(({ same_as: sameAs, ...tensor }): StoredSpecTensor => ({
    ...tensor,
    name: nameOf(tensor.name),
    ...(sameAs !== undefined && { same_as: nameOf(sameAs) }),
  }));
  return { ...spec, rules, tensors: listed };
}

const sourceOf = (written: string, kept: ReadonlyMap<string, KeptRecord>): string =>
  kept.get(written)?.name ?? written;

const isCopied = (
  { name, same_as: sameAs }: StoredSpecTensor,
  kept: ReadonlyMap<string, KeptRecord>,
): boolean => sameAs === undefined && kept.has(name);

/** Two that were kept of one tensor: they are tied to one that lies in another file, or was dropped. */
function tieTwins(
  tensors: readonly StoredSpecTensor[],
  kept: ReadonlyMap<string, KeptRecord>,
): readonly StoredSpecTensor[] {
  const firstOf = new Map<string, string>();
  return tensors.map((tensor) => {
    if (!isCopied(tensor, kept)) return tensor;
    const source = sourceOf(tensor.name, kept);
    const first = firstOf.get(source);
    if (first === undefined) firstOf.set(source, tensor.name);
    return first === undefined ? tensor : { name: tensor.name, shape: tensor.shape, same_as: first };
  });
}

/** A drawn tensor that has the name of a source under another one steps aside. */
function chooseNames(
  tensors: readonly StoredSpecTensor[],
  kept: ReadonlyMap<string, KeptRecord>,
): readonly Renamed[] {
  const taken = new Set(
    tensors.flatMap((tensor) => (isCopied(tensor, kept) ? [sourceOf(tensor.name, kept)] : [])),
  );
  return tensors.map((tensor) => {
    const { name: written } = tensor;
    if (isCopied(tensor, kept)) return { listed: sourceOf(written, kept), written };
    let listed = written;
    while (taken.has(listed)) listed += '~';
    taken.add(listed);
    return { listed, written };
  });
}
