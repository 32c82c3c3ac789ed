/**
 * Tied tensors: one tensor under two names, such as an embedding and the head that shares its weight. The second has the first one's
 * bytes, wherever the two lie, and takes no words.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show, suggest } from '../../base/wording.js';
import { isSameShape } from '../tensors/shapes.js';
import type { TiedAssignment } from './assignment.js';
import type { ModelTensor } from './model-tensor.js';

/**
 * @param drawn    the tensors that are drawn, by the names by which they are listed
 * @param skipped  the rules that leave tensors out, by the names of these
 * @throws {ValueError} BAD_SPEC: no such tensor, one that is left out or itself tied, or one of another shape or dtype
 */
export function tieTensor(
  { name, written, where, sameAs, shape, shapePath, dtype }: TiedAssignment,
  drawn: ReadonlyMap<string, ModelTensor>,
  skipped: ReadonlyMap<string, number>,
): ModelTensor {
  const target = drawn.get(sameAs);
  const rule = skipped.get(sameAs);
  if (rule !== undefined) {
    const found = `${where}.same_as is ${show(sameAs)}, which rules[${rule}] leaves out`;
    throw refuse(found, `Leave out ${show(name)} as well, or neither of them.`);
  }
  if (target === undefined) throw refuse(`${where}.same_as is ${show(sameAs)}`, explainTarget(sameAs, drawn));
  if (!isSameShape(shape as readonly number[], target.shape)) {
    const found = `${shapePath} is ${show(shape)}, and ${show(sameAs)} has ${show(target.shape)}`;
    throw refuse(found, 'Tied tensors have one shape: a rule that gives another matches both.');
  }
  if (dtype !== undefined && dtype.value !== target.dtype) {
    const found = `${dtype.where} is ${show(dtype.value)}, and ${show(sameAs)} has ${show(target.dtype)}`;
    throw refuse(found, 'Tied tensors have one dtype: leave it out.');
  }
  const listedName = written === name ? undefined : name;
  return { ...target, name: written, listedName, sameAs: target.name, origin: undefined };
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_SPEC', `${found}.`, remedy);

const explainTarget = (sameAs: string, drawn: ReadonlyMap<string, ModelTensor>): string =>
  drawn.size === 0
    ? 'Name a tensor of the spec that is not tied itself: there is none, so give one an init.'
    : `Name a tensor of the spec that is not tied itself. ${suggest(sameAs, [...drawn.keys()])}`;
