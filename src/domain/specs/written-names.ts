/**
 * The names that tensors are written by: their own, or what a rule's `rename` makes of them.
 * @module
 */
import { at } from '../../base/at.js';
import { checkAt, ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { checkName } from '../tensors/names.js';
import { CaptureReader } from './captures.js';
import type { ListedTensor } from './listed-tensors.js';
import type { ParsedRule } from './model-spec.js';

/** A tensor that is not left out, and the first rule that matches it, -1 for none. */
export interface RuledTensor {
  readonly tensor: ListedTensor;
  readonly rule: number;
}

/**
 * @returns  by the listed names
 * @throws {ValueError} BAD_SPEC: a reference to a group that the pattern does not capture; BAD_NAME: not a name, or that of two tensors
 */
export function nameWritten(
  tensors: readonly RuledTensor[],
  rules: readonly ParsedRule[],
): ReadonlyMap<string, string> {
  const captures = new CaptureReader();
  const names = tensors.map(({ tensor: { name }, rule }) => {
    const { rename } = rules[rule] ?? {};
    if (rename === undefined) return name;
    return checkAt(`rules[${rule}].rename`, () => {
      checkLength(rename, name);
      return checkName(captures.expand(rename, rules[rule], name));
    });
  });
  if (rules.some(({ rename }) => rename !== undefined)) checkDistinct(tensors, names, rules);
  return new Map(tensors.map(({ tensor }, i) => [tensor.name, at(names, i)]));
}

/** Of a name that a rule writes: a header holds it, and a rule may repeat it hundreds of times. */
export const MAX_WRITTEN = 2 ** 16;

/** Before it is made. */
function checkLength(rename: string, name: string): void {
  const references = rename.split('$').length - 1;
  if (rename.length + references * name.length <= MAX_WRITTEN) return;
  const found = `A name of ${name.length} characters could become one of more than ${MAX_WRITTEN}.`;
  throw new ValueError('BAD_NAME', found, 'Refer to fewer captures.');
}

function checkDistinct(
  tensors: readonly RuledTensor[],
  names: readonly string[],
  rules: readonly ParsedRule[],
): void {
  const first = new Map<string, number>();
  const describe = (i: number): string => {
    const { tensor, rule } = at(tensors, i);
    const by = rules[rule]?.rename === undefined ? '' : `, by rules[${rule}].rename`;
    return `${tensor.where} (${show(tensor.name)}${by})`;
  };
  for (const [i, name] of names.entries()) {
    const earlier = first.get(name);
    first.set(name, i);
    if (earlier === undefined) continue;
    const found = `${describe(earlier)} and ${describe(i)} would both be written as ${show(name)}.`;
    const remedy = 'Let the pattern capture more of the name, or leave one of them out with "skip": true.';
    throw new ValueError('BAD_NAME', found, remedy);
  }
}
