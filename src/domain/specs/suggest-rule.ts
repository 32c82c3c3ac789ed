/**
 * Suggests a rule where an initialiser that needs a fan-in meets a bias or a norm, which has one dimension.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/**
 * Runs a check; an error about too few dimensions also suggests a rule.
 * @param where  the initialiser's path: `default.init`, `rules[2].init`, `tensors[3].init`
 */
export function suggestRule<T>(shape: readonly unknown[], name: string, where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const isFlat = error instanceof ValueError && error.code === 'BAD_SHAPE' && shape.length < 2;
    if (!isFlat) throw error;
    const { code, found, remedy, parameter } = error;
    const more = `${remedy} ${writeSuggestion(name, where)}`;
    throw new ValueError(code, found, more, { cause: error, ...(parameter !== undefined && { parameter }) });
  }
}

function writeSuggestion(name: string, where: string): string {
  const { pattern, kind } = chooseRule(name);
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
