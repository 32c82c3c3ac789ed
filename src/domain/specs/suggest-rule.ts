/**
 * Suggests a rule where an initialiser that needs a fan-in meets a bias or a norm, which has one dimension, and where it meets a dtype
 * that does not hold what it draws.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import type { InitKind } from '../recipes/init.js';
import type { Dtype } from '../tensors/dtypes.js';

/** A tensor, and the path of its initialiser: `default.init`, `rules[2].init`, `tensors[3].init`. */
export interface PlacedTensor {
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly dtype: Dtype;
  /** As the spec writes it. */
  readonly init: object;
  readonly where: string;
}

/** Runs a check; an error about too few dimensions, or about the dtype, also suggests a rule. */
export function suggestRule<T>(tensor: PlacedTensor, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { code, found, remedy, parameter } = error;
    const isFlat = code === 'BAD_SHAPE' && tensor.shape.length < 2;
    // Packed codes: the shapes are to be mended.
    if ('unpacked_shape' in tensor.init) throw error;
    if (!isFlat && code !== 'BAD_DTYPE') throw error;
    const more = `${remedy} ${writeSuggestion(tensor, isFlat)}`;
    throw new ValueError(code, found, more, { cause: error, ...(parameter !== undefined && { parameter }) });
  }
}

function writeSuggestion({ name, dtype, where }: PlacedTensor, isFlat: boolean): string {
  const { pattern, kind } = chooseRule(name);
  const init = isFlat ? kind : constantOf(dtype);
  if (where.startsWith('tensors[')) return `Give this tensor another: ${writeInitOf(init)}.`;
  const [rule] = /^rules\[\d+\]/.exec(where) ?? [];
  const before = rule === undefined ? '' : ` before ${rule}`;
  return `Add a rule for such tensors${before}: ${writeRule(pattern, init)}.`;
}

const writeInitOf = (kind: InitKind): string => `"init": { "kind": "${kind}" }`;
const writeRule = (pattern: string, kind: InitKind): string =>
  `{ "match": ${show(pattern)}, ${writeInitOf(kind)} }`;

/** What every tensor of the dtype may be filled with: F8_E8M0 has no 0. */
const constantOf = (dtype: Dtype): 'zeros' | 'ones' => (dtype === 'float8_e8m0fnu' ? 'ones' : 'zeros');

/** Longer lists are no help. */
const MOST_RULES = 5;

/** The rules for tensors whose dtypes do not hold what the spec draws: one for all that are named alike. */
export function suggestRules(tensors: readonly PlacedTensor[]): string {
  const rules = new Set(
    tensors.map(({ name, dtype }) => writeRule(chooseRule(name).pattern, constantOf(dtype))),
  );
  const listed = [...rules].slice(0, MOST_RULES).join(', ');
  const more = rules.size > MOST_RULES ? ` and ${rules.size - MOST_RULES} more` : '';
  const isRuled = tensors.some(({ where }) => where.startsWith('rules['));
  return `Add ${rules.size === 1 ? 'a rule' : 'rules'} for such tensors${isRuled ? ' before the others' : ''}: ${listed}${more}.`;
}

/** Scales start at 1 (`ln_1.weight`, `norm.scale`), biases at 0. */
function chooseRule(name: string): { readonly pattern: string; readonly kind: 'zeros' | 'ones' } {
  const steps = name.split('.');
  const isScale = /(?:^|\.)(?:weight|scale|gamma|g)$/.test(name);
  const end = steps.slice(isScale ? -2 : -1).map((step) => step.replace(/\d+/g, '*'));
  const pattern = end.length < steps.length ? `*.${end.join('.')}` : end.join('.');
  return { pattern, kind: isScale ? 'ones' : 'zeros' };
}
