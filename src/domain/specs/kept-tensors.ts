/**
 * Kept tensors of a spec: they have the shape and the dtype of the checkpoint that they are kept from.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show, suggest } from '../../base/wording.js';
import { dtypeOf } from '../tensors/stored-dtypes.js';
import type { Dtype } from '../tensors/dtypes.js';
import { isSameShape } from '../tensors/shapes.js';
import type { LikeTensor, ListedTensor } from './listed-tensors.js';

export const isKeep = (init: object | undefined): boolean =>
  (init as { readonly kind?: unknown } | undefined)?.kind === 'keep';

/**
 * @param where  of the dtype: `rules[2]`
 * @throws {ValueError} BAD_SPEC: a dtype beside keep
 */
export function refuseKeptDtype(init: object | undefined, dtype: string | undefined, where: string): void {
  if (dtype === undefined || !isKeep(init)) return;
  const found = `${where}.dtype is ${show(dtype)}, and a kept tensor keeps its dtype.`;
  throw new ValueError('BAD_SPEC', found, 'Leave out dtype, or give the tensor an init that draws.');
}

/** The checkpoints that say what kept tensors are. */
export interface OtherTensors {
  /** Lists the tensors of a spec that lists none, and has those that a spec keeps. */
  readonly like?: readonly LikeTensor[] | undefined;
  /** What was written by the spec, with the names that it writes: it is compared, not copied from. */
  readonly written?: readonly LikeTensor[] | undefined;
}

/** Finds the dtypes of kept tensors. */
export class KeptTensors {
  readonly #like: ReadonlyMap<string, LikeTensor> | undefined;
  readonly #written: ReadonlyMap<string, LikeTensor>;

  constructor({ like, written = [] }: OtherTensors) {
    this.#like = like && byName(like);
    this.#written = byName(written);
  }

  /**
   * @param name  the one that the tensor is written by
   * @returns     undefined where no checkpoint is known
   * @throws {ValueError} BAD_SPEC: the checkpoint that the model is like has no such tensor, or one of another shape; a rule that gives
   *   it another; a stream, which nothing is drawn from
   */
  dtypeOf(tensor: ListedTensor, name: string): Dtype | undefined {
    const { where, stream } = tensor;
    refuseReshaped(tensor);
    if (stream !== undefined) throw refuse(`${where}.stream: the tensor is kept, not drawn`, 'Leave it out.');
    const kept = this.#like === undefined ? this.#written.get(name) : findKept(tensor, this.#like);
    return kept && dtypeOf(kept.dtype);
  }
}

const byName = (tensors: readonly LikeTensor[]): ReadonlyMap<string, LikeTensor> =>
  new Map(tensors.map((tensor) => [tensor.name, tensor]));

function findKept({ name, shape, where }: ListedTensor, like: ReadonlyMap<string, LikeTensor>): LikeTensor {
  const kept = like.get(name);
  if (kept === undefined) {
    const found = `${where}: ${show(name)} is kept, and the checkpoint that the model is like has no such tensor`;
    throw refuse(found, suggest(name, [...like.keys()]));
  }
  if (isSameShape(shape as readonly number[], kept.shape)) return kept;
  const found = `${where}.shape is ${show(shape)}, and the tensor is kept from one of ${show(kept.shape)}`;
  throw refuse(found, 'Write that shape, or give the tensor an init that draws.');
}

function refuseReshaped({ where, shape, shapePath }: ListedTensor): void {
  if (shapePath === undefined) return;
  const found = `${shapePath} is ${show(shape)}, and ${where}.init keeps the tensor`;
  throw refuse(
    found,
    'A kept tensor keeps its shape: let the rule match others, or give the tensor an init that draws.',
  );
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_SPEC', `${found}.`, remedy);
