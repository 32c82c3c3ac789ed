/**
 * Where a copied config.json is that of other tensors: loaders build the model that it describes, and look for the tensors of that.
 * @module
 */
import { listNames, show } from '../../base/wording.js';
import { isSameShape } from '../../domain/tensors/shapes.js';
import { CONFIG } from './companion-names.js';

interface Written {
  readonly name: string;
  readonly shape: readonly number[];
  /** The tensor whose bytes it has. */
  readonly sameAs?: string | undefined;
}

/** The tensors of the checkpoint that a model is like, by name. */
export type SourceTensors = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Projects to the vocabulary, and is often tied to the embedding. */
export const HEAD = /(?:^|\.)lm_head\.weight$/;

/** Of each difference. */
const MOST_EXAMPLES = 2;

/** Rules rename, leave out and reshape tensors; a spec may list any. Heads are apart: a config.json may tie them or not. */
export function warnOfOtherTensors(tensors: readonly Written[], source: SourceTensors): string[] {
  const written = new Set(tensors.map(({ name }) => name));
  const isTiedHead = ({ name, sameAs }: Written): boolean => sameAs !== undefined && HEAD.test(name);
  const added = tensors.filter((tensor) => !source.has(tensor.name) && !isTiedHead(tensor));
  const reshaped = tensors.filter(({ name, shape }) => !isSameShape(shape, source.get(name)?.shape ?? shape));
  const left = [...source.keys()].filter((name) => !written.has(name) && !HEAD.test(name));
  const shapes = reshaped.slice(0, MOST_EXAMPLES).map(({ name, shape }) => {
    return `${show(name)}: ${show(shape)}, there ${show(source.get(name)?.shape)}`;
  });
  const names = added.map(({ name }) => name);
  const differences = [
    ...tell(added.length, 'written under names that it does not have', listNames(names, MOST_EXAMPLES)),
    ...tell(reshaped.length, 'written with another shape', shapes.join('; ')),
    ...tell(left.length, 'left out', listNames(left, MOST_EXAMPLES)),
  ];
  if (differences.length === 0) return [];
  const found = `${CONFIG} is that of a checkpoint with other tensors: ${differences.join(', ')}`;
  return [`${found}. Loaders miss tensors, or refuse them: change ${CONFIG} in the copy, or the rules.`];
}

const tell = (count: number, what: string, examples: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? 'is' : 'are'} ${what} (${examples})`];
