/**
 * The keys of a tied tensor: it takes all that decides its bytes from another one.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import type { ParsedTensor } from './model-spec.js';

/** What a tied tensor takes from the other. */
const TAKEN = ['init', 'stream', 'first_word', 'cached_normal'] as const;

/** @throws {ValueError} BAD_SPEC: a key that says how a tied tensor is drawn, or two tensors that are each other */
export function checkTie(tensor: ParsedTensor, where: string): void {
  if (tensor.same_as === undefined) return;
  const key = TAKEN.find((candidate) => tensor[candidate] !== undefined);
  if (key !== undefined) {
    const found = `${where}.${key}: the tensor is the same as ${show(tensor.same_as)}.`;
    throw new ValueError(
      'BAD_SPEC',
      found,
      `Leave out ${key}, or same_as: a tied tensor has nothing of its own.`,
    );
  }
  if (tensor.same_as !== tensor.name) return;
  const found = `${where}.same_as is ${show(tensor.same_as)}, the tensor itself.`;
  throw new ValueError('BAD_SPEC', found, 'Name another tensor.');
}
