/**
 * Initialisers that need a fan-in, on biases and norms: they have one dimension, and a rule of their own is what is missing.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/**
 * Runs a check; an error about too few dimensions also says which rule would help.
 * @param place  of the initialiser: `default.init`, `rules[2].init`, `tensors[3].init`
 */
export function suggestRule<T>(shape: readonly unknown[], name: string, place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const isFlat = error instanceof ValueError && error.code === 'BAD_SHAPE' && shape.length < 2;
    if (!isFlat) throw error;
    const { code, found, remedy, parameter } = error;
    const more = `${remedy} ${writeOffer(name, place)}`;
    throw new ValueError(code, found, more, { cause: error, ...(parameter !== undefined && { parameter }) });
  }
}

function writeOffer(name: string, place: string): string {
  const { pattern, kind } = chooseRule(name);
  const init = `"init": { "kind": "${kind}" }`;
  if (place.startsWith('tensors[')) return `Give this one another: ${init}.`;
  const [rule] = /^rules\[\d+\]/.exec(place) ?? [];
  const where =
    rule === undefined ? 'Add a rule for such tensors' : `Add a rule for such tensors before ${rule}`;
  return `${where}: { "match": ${show(pattern)}, ${init} }.`;
}

/** What scales begin with 1: `ln_1.weight`, `norm.scale`; a bias begins with 0. */
function chooseRule(name: string): { readonly pattern: string; readonly kind: 'zeros' | 'ones' } {
  const steps = name.split('.');
  const isScale = /^(?:weight|scale|gamma|g)$/.test(steps.at(-1) ?? '');
  const end = steps.slice(isScale ? -2 : -1).map((step) => step.replace(/\d+/g, '*'));
  const pattern = end.length < steps.length ? `*.${end.join('.')}` : end.join('.');
  return { pattern, kind: isScale ? 'ones' : 'zeros' };
}
