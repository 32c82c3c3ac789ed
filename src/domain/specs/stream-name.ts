/**
 * A name that a tensor draws by, in place of its own.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { isSequential, type GeneratorName } from '../streams/generators.js';
import { checkName } from '../tensors/names.js';

/**
 * @param where  the tensor's path: `tensors[3]`
 * @returns      undefined if the tensor draws by its own name
 * @throws {ValueError} BAD_NAME: not a name; BAD_SPEC: a generator that gives tensors no streams of their own
 */
export function readStream(
  stream: string | undefined,
  generator: GeneratorName,
  where: string,
): string | undefined {
  if (stream === undefined) return undefined;
  if (!isSequential(generator)) return checkAt(`${where}.stream`, () => checkName(stream));
  const found = `${where}.stream: with ${generator} all tensors draw from one sequence.`;
  throw new ValueError('BAD_SPEC', found, 'Leave it out: first_word says where a draw begins.');
}
