/**
 * Warnings about tensors: those that say the same are one, which names the tensors.
 * @module
 */
import { nameTensor, listNames } from '../../base/wording.js';

export interface TensorWarning {
  readonly name: string;
  /** What follows the name and a colon. */
  readonly told: string;
}

/** The others are counted: a model may have thousands of layers that are alike. */
const NAMED = 3;

/** In the order in which each was first said. */
export function groupWarnings(warnings: readonly TensorWarning[]): string[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, told } of warnings) {
    const names = namesOf.get(told);
    if (names === undefined) namesOf.set(told, [name]);
    else names.push(name);
  }
  return Array.from(namesOf, ([told, names]) => `${nameAll(names)}: ${told}`);
}

function nameAll(names: readonly string[]): string {
  const [only] = names;
  return names.length === 1 ? nameTensor(only) : `${names.length} tensors (${listNames(names, NAMED)})`;
}
