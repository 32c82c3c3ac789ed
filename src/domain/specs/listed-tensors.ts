/**
 * The tensors of a spec before its rules are applied: as the spec lists them, or as the checkpoint has them that the model is like.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { checkName } from '../tensors/names.js';
import type { StoredDtype } from '../tensors/stored-dtypes.js';
import { checkTie } from './check-tie.js';
import type { ParsedOrigin, ParsedSpec } from './model-spec.js';

/** A tensor of another checkpoint, whose name and shape a model takes. */
export interface LikeTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As in a safetensors header: `BF16`. */
  readonly dtype: StoredDtype;
  /** Its place in the order in which a sequence draws; left out where that is the order of the list. */
  readonly place?: number | undefined;
  /** The tensor of the list that it is the same as. */
  readonly sameAs?: string | undefined;
  /** Where its draw begins in a sequence, if not where the draw of the tensor before it ended. */
  readonly origin?: ParsedOrigin | undefined;
}

/** A tensor as the spec or the other checkpoint lists it. */
export interface ListedTensor {
  readonly name: string;
  readonly shape: readonly unknown[];
  /** Its path: `tensors[3]`, `like[3]`. */
  readonly where: string;
  /** The path of its shape, if a rule gives it that: `rules[2].shape`. */
  readonly shapePath?: string | undefined;
  readonly init?: object | undefined;
  readonly dtype?: string | undefined;
  /** Of the other checkpoint, if that lists it. */
  readonly likeDtype?: StoredDtype;
  readonly origin?: ParsedOrigin | undefined;
  readonly stream?: string | undefined;
  readonly same_as?: string | undefined;
}

/**
 * @param like  lists the tensors of a spec that lists none
 * @throws {ValueError} BAD_SPEC: no tensors, or a tie with keys of its own; BAD_NAME: an invalid or repeated name
 */
export function listTensors(
  { tensors }: ParsedSpec,
  like: readonly LikeTensor[] | undefined,
): readonly ListedTensor[] {
  const listed =
    tensors?.map((tensor, i) => {
      const where = `tensors[${i}]`;
      checkTie(tensor, where);
      return { ...tensor, where, origin: tensor };
    }) ?? listLike(like);
  checkNames(listed);
  return listed;
}

function listLike(like: readonly LikeTensor[] | undefined): readonly ListedTensor[] {
  if (like === undefined) {
    const remedy = 'List them, or pass `like` to take the names and shapes of a checkpoint.';
    throw new ValueError('BAD_SPEC', 'tensors is missing.', remedy);
  }
  return like.map(({ dtype, sameAs, ...tensor }, i) => ({
    ...tensor,
    where: `like[${i}]`,
    ...(sameAs === undefined ? { likeDtype: dtype } : { same_as: sameAs }),
  }));
}

function checkNames(listed: readonly ListedTensor[]): void {
  const paths = new Map<string, string>();
  for (const { where, name } of listed) {
    checkAt(`${where}.name`, () => checkName(name));
    const earlier = paths.get(name);
    paths.set(name, where);
    if (earlier === undefined) continue;
    const found = `${where}.name: ${show(name)} is already the name of ${earlier}.`;
    throw new ValueError('BAD_NAME', found, 'Give each tensor a name of its own.');
  }
}
