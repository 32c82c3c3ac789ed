/**
 * Checks the names of tensors.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** Names with a meaning of their own in the safetensors header or to JavaScript. */
const RESERVED_NAMES = new Set(['__metadata__', '__proto__']);

/** @throws {ValueError} BAD_NAME: not a string, empty, reserved, or not well-formed Unicode */
export function checkName(name: unknown): string {
  const remedy = 'A name is a non-empty string such as "fc1.weight".';
  if (typeof name !== 'string' || name === '') {
    throw new ValueError('BAD_NAME', `A tensor's name is ${show(name)}.`, remedy);
  }
  if (RESERVED_NAMES.has(name)) {
    throw new ValueError(
      'BAD_NAME',
      `A tensor's name is "${name}", which is reserved.`,
      'Choose another name.',
    );
  }
  if (!name.isWellFormed()) {
    const found = `A tensor's name, ${show(name)}, holds half of a surrogate pair.`;
    throw new ValueError('BAD_NAME', found, 'Names are hashed and saved as UTF-8: use well-formed Unicode.');
  }
  return name;
}
