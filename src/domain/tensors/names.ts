/**
 * Checks the names of tensors.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** Names with a meaning of their own in the safetensors header or to JavaScript. */
const RESERVED_NAMES = new Set(['__metadata__', '__proto__']);

/** Makes the streams that round a tensor other ones than those that draw it under the same name. */
export const QUANTIZE_SUFFIX = '\0quantize';

/** Makes the streams that choose the zeros of a sparse matrix other ones than those of its values. */
export const SPARSE_SUFFIX = '\0sparse';

/** The ends of names that only streams have: a tensor with such a name would share the words of another's. */
const STREAM_NAME = new RegExp(`(?:${QUANTIZE_SUFFIX}|${SPARSE_SUFFIX})(?:\\0[0-9]+)?$`);

/** @throws {ValueError} BAD_NAME: not a string, empty, reserved, the name of another tensor's streams, or not well-formed Unicode */
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
  if (STREAM_NAME.test(name)) {
    const found = `A tensor's name is ${show(name)}, which is that of streams beside another tensor's.`;
    throw new ValueError('BAD_NAME', found, 'Choose a name that does not end like this.');
  }
  if (!name.isWellFormed()) {
    const found = `A tensor's name, ${show(name)}, holds half of a surrogate pair.`;
    throw new ValueError('BAD_NAME', found, 'Names are hashed and saved as UTF-8: use well-formed Unicode.');
  }
  return name;
}
