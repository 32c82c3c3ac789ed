/**
 * The rules of a spec: what each says to the tensors whose names its pattern matches. The first rule that matches decides alone.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { refuseKeptDtype } from './kept-tensors.js';
import { compilePattern, literalOf, type Matcher } from './patterns.js';
import type { ParsedRule } from './model-spec.js';
import { checkReshape } from './reshape.js';
import { MAX_WRITTEN } from './written-names.js';

/** What a rule may say beside its pattern. */
const SAYS = ['init', 'dtype', 'shape', 'skip', 'rename'] as const;

/** What a tensor that is left out does not take. */
const TAKEN = SAYS.filter((key) => key !== 'skip');

/** The index of the first rule that matches a name, -1 for none. */
export type RuleFinder = (name: string) => number;

/**
 * Patterns without wildcards are looked up: the spec of a checkpoint may have a rule for each of thousands of tensors.
 * @throws {ValueError} BAD_SPEC: a rule that says nothing, or too much; an invalid pattern
 */
export function compileRules(rules: readonly ParsedRule[]): RuleFinder {
  const literal = new Map<string, number>();
  const wild: { readonly rule: number; readonly matches: Matcher }[] = [];
  for (const [rule, given] of rules.entries()) {
    const { match } = given;
    const where = `rules[${rule}]`;
    checkRule(given, where);
    const name = literalOf(match);
    // An empty one is refused.
    if (name === undefined || name === '')
      wild.push({ rule, matches: checkAt(`${where}.match`, () => compilePattern(match)) });
    else if (!literal.has(name)) literal.set(name, rule);
  }
  return (name) => {
    const own = literal.get(name) ?? rules.length;
    const first = wild.find(({ rule, matches }) => rule > own || matches(name))?.rule ?? own;
    const rule = Math.min(first, own);
    return rule < rules.length ? rule : -1;
  };
}

function checkRule(rule: ParsedRule, where: string): void {
  if (SAYS.every((key) => rule[key] === undefined)) {
    const remedy = 'Add what its tensors take, for example "init": { "kind": "zeros" }, or "skip": true.';
    throw new ValueError('BAD_SPEC', `${where} has none of init, dtype, shape, skip and rename.`, remedy);
  }
  const beside = rule.skip === true ? TAKEN.find((key) => rule[key] !== undefined) : undefined;
  if (beside !== undefined) {
    const found = `${where} has skip and ${beside}.`;
    throw new ValueError(
      'BAD_SPEC',
      found,
      'A tensor that is left out takes nothing: leave out one of them.',
    );
  }
  checkReshape(rule, where);
  checkRename(rule.rename, where);
  refuseKeptDtype(rule.init, rule.dtype, where);
}

/** As long as a name that it writes: the spec of a checkpoint has a rule for each name that nothing shorter tells. */
export const MAX_RENAME = MAX_WRITTEN;

function checkRename(rename: string | undefined, where: string): void {
  if (rename === '')
    throw new ValueError('BAD_SPEC', `${where}.rename is "".`, 'Write the new name: "model.$1".');
  if (rename === undefined || rename.length <= MAX_RENAME) return;
  const found = `${where}.rename has ${rename.length} characters.`;
  throw new ValueError('BAD_SPEC', found, `It may have ${MAX_RENAME}.`);
}
