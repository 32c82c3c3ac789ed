/**
 * Warns of a default dtype that no tensor takes: with the dtypes of another checkpoint there, the default's is for none of its tensors.
 * @module
 */
import { show } from '../../base/wording.js';
import type { Assignment } from './assignment.js';
import { isKeep } from './kept-tensors.js';
import type { LikeTensor } from './listed-tensors.js';
import type { ParsedSpec } from './model-spec.js';

const PATH = 'default.dtype';

/** @param like  the tensors of the checkpoint that the model is like, if there is one */
export function warnOfIdleDtype(
  { default: { dtype } }: ParsedSpec,
  assignments: readonly Assignment[],
  like: readonly LikeTensor[] | undefined,
): readonly string[] {
  if (dtype === undefined || like === undefined) return [];
  const drawn = assignments.flatMap((tensor) => (tensor.kind === 'drawn' ? [tensor] : []));
  const isTaken = drawn.some((tensor) => tensor.dtype?.where === PATH);
  if (isTaken || drawn.every((tensor) => tensor.dtype?.value === dtype)) return [];
  const found = `${PATH}, ${show(dtype)}, has no effect: with \`like\`, tensors have the dtype of the checkpoint, or a rule's`;
  const written = `"dtype": ${show(dtype)}`;
  const remedy = drawn.some(({ init }) => isKeep(init.value))
    ? `Write ${written} in the rules that draw: what is kept keeps its dtype.`
    : `Write { "match": "*", ${written} } as the last rule, and ${written} in those before it.`;
  return [`${found}. ${remedy}`];
}
