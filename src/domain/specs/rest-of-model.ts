/**
 * What the tensors take that a spec gives no initialiser: the caller's `init`, one for all of them or a list of rules that stands behind the
 * spec's own. A rule gives an initialiser alone; a dtype comes from where it would come without.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import type { ParsedRule, ParsedSpec, SpecRule } from './model-spec.js';

export interface RestOfModel {
  readonly rules: readonly SpecRule[];
  /** The index of the rule for a tensor; undefined if it has none. */
  readonly ruleOf: (name: string) => number | undefined;
  /** How an error names what a rule gives: `auto rule "*.bias"`. */
  readonly nameRule: (rule: SpecRule) => string;
}

/** What a tensor takes, with the words that an error begins with. */
export interface RestSource {
  readonly path: string;
  readonly rule: ParsedRule;
  readonly init: object;
}

/** @throws {ValueError} BAD_OPTION: the spec has an initialiser for all the rest, too */
export function refuseTwoDefaults(spec: ParsedSpec, rest: RestOfModel | undefined): void {
  if (rest === undefined || spec.default.init === undefined) return;
  const found = 'Both `init` and default.init of the spec are for the tensors that no rule gives one.';
  throw new ValueError('BAD_OPTION', found, 'Leave out one of them.');
}

export function restOf(rest: RestOfModel | undefined, name: string): RestSource | undefined {
  const rule = rest?.rules[rest.ruleOf(name) ?? -1];
  if (rest === undefined || rule?.init === undefined) return undefined;
  return { path: rest.nameRule(rule), rule, init: rule.init };
}
