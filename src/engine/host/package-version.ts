/**
 * The version of this package, from its package.json.
 * @module
 */
import { fs } from './builtins.js';
import { findOwnFile } from './own-files.js';

let version: string | undefined;

/**
 * Reads the version at the first call.
 * @throws {JumpfillError} MISSING_FILES
 */
export function readVersion(): string {
  version ??= (JSON.parse(fs().readFileSync(findOwnFile('../package.json'), 'utf8')) as { version: string })
    .version;
  return version;
}
