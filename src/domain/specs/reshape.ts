/**
 * Rules that give tensors another shape: a head with another number of classes. What had the old shape has no values for the new one, so
 * the rule that changes it also says what is drawn.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { checkDimensions } from '../tensors/shapes.js';
import { isKeep } from './kept-tensors.js';
import type { ListedTensor } from './listed-tensors.js';
import type { ParsedRule } from './model-spec.js';

/** @throws {ValueError} BAD_SHAPE: not a shape; BAD_SPEC: one without an initialiser that draws, beside it */
export function checkReshape({ shape, init }: ParsedRule, where: string): void {
  if (shape === undefined) return;
  checkDimensions(shape, undefined, `${where}.shape`);
  if (init !== undefined && !isKeep(init)) return;
  const beside = init === undefined ? 'no init' : 'an init that keeps';
  const remedy =
    'Tensors of another shape are drawn anew: say how beside it, "init": { "kind": "normal", "std": 0.02 }.';
  throw new ValueError('BAD_SPEC', `${where} has shape ${show(shape)} and ${beside}.`, remedy);
}

/**
 * A tensor as all others see it, which take fans from it or are tied to it.
 * @param rule  the first one that matches
 */
export const reshape = (tensor: ListedTensor, rule: ParsedRule | undefined, where: string): ListedTensor =>
  rule?.shape === undefined ? tensor : { ...tensor, shape: rule.shape, shapePath: `${where}.shape` };
