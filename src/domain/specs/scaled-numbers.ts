/**
 * Checks the scaled numbers of a spec: everything but what depends on tensors, also in rules that no tensor takes anything from.
 * @module
 */
import { checkScaled, isScaled } from '../recipes/scaled-number.js';
import type { ParsedSpec } from './model-spec.js';

/** @throws {ValueError} BAD_SPEC, with the path */
export function checkScaledNumbers({ default: defaults, rules, tensors = [] }: ParsedSpec): void {
  checkInit(defaults.init, 'default.init.');
  for (const [i, { init }] of rules.entries()) checkInit(init, `rules[${i}].init.`);
  for (const [i, { init }] of tensors.entries()) checkInit(init, `tensors[${i}].init.`);
}

/** Only a number can be an object here: the structure says so. What is in rows is checked for each tensor. */
function checkInit(init: object | undefined, where: string): void {
  if (init === undefined) return;
  for (const [key, value] of Object.entries(init))
    if (isScaled(value)) checkScaled(value, key, where, 'BAD_SPEC');
}
