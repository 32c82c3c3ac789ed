/**
 * Suggests a rule where an initialiser that needs a fan-in meets a bias or a norm, which has one dimension, and where it meets a dtype
 * that does not hold what it draws.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import type { InitKind } from '../recipes/init.js';

/**
 * Runs a check; an error about too few dimensions, or about the dtype, also suggests a rule.
 * @param where  the initialiser's path: `default.init`, `rules[2].init`, `tensors[3].init`
 */
export function suggestRule<T>(shape: readonly unknown[], name: string, where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { code, found, remedy, parameter } = error;
    const isFlat = code === 'BAD_SHAPE' && shape.length < 2;
    if (!isFlat && code !== 'BAD_DTYPE') throw error;
    const { pattern, kind } = chooseRule(name);
    const more = `${remedy} ${writeSuggestion(pattern, isFlat ? kind : 'zeros', where)}`;
    throw new ValueError(code, found, more, { cause: error, ...(parameter !== undefined && { parameter }) });
  }
}

function writeSuggestion(pattern: string, kind: InitKind, where: string): string {
  const init = `"init": { "kind": "${kind}" }`;
  if (where.startsWith('tensors[')) return `Give this tensor another: ${init}.`;
  const [rule] = /^rules\[\d+\]/.exec(where) ?? [];
  const order =
    rule === undefined ? 'Add a rule for such tensors' : `Add a rule for such tensors before ${rule}`;
  return `${order}: { "match": ${show(pattern)}, ${init} }.`;
}

/** Scales start at 1 (`ln_1.weight`, `norm.scale`), biases at 0. */
function chooseRule(name: string): { readonly pattern: string; readonly kind: 'zeros' | 'ones' } {
  const steps = name.split('.');
  const isScale = /^(?:weight|scale|gamma|g)$/.test(steps.at(-1) ?? '');
  const end = steps.slice(isScale ? -2 : -1).map((step) => step.replace(/\d+/g, '*'));
  const pattern = end.length < steps.length ? `*.${end.join('.')}` : end.join('.');
  return { pattern, kind: isScale ? 'ones' : 'zeros' };
}
