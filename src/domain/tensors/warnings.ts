/**
 * Warnings about tensors: equal ones are grouped into one that names the tensors.
 * @module
 */
import { nameTensor, listNames } from '../../base/wording.js';

export interface TensorWarning {
  readonly name: string;
  /** Follows the name and a colon. */
  readonly text: string;
}

/** The rest are counted: a model may have thousands of similar layers. */
const NAMED = 3;

/** In the order of their first tensors. */
export function groupWarnings(warnings: readonly TensorWarning[]): string[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, text } of warnings) {
    const names = namesOf.get(text);
    if (names === undefined) namesOf.set(text, [name]);
    else names.push(name);
  }
  return Array.from(namesOf, ([text, names]) => `${nameAll(names)}: ${text}`);
}

function nameAll(names: readonly string[]): string {
  const [only] = names;
  return names.length === 1 ? nameTensor(only) : `${names.length} tensors (${listNames(names, NAMED)})`;
}
