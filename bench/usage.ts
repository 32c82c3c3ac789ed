/**
 * What the command lines of `npm run bench` and `npm run quality` have in common.
 * @module
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf, ValueError } from '#built/base/errors.js';

export const usageError = (found: string, remedy: string): ValueError =>
  new ValueError('BAD_OPTION', found, remedy);

/**
 * @param help  the command that lists the options
 * @throws {ValueError} BAD_OPTION: one is unknown, or lacks its value
 */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  options: Options,
  help: string,
): ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    const [sentence] = messageOf(cause).split('. ');
    throw usageError(`${sentence ?? ''}.`, `See ${help}.`);
  }
}
