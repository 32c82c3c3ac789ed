/**
 * Finds files of this package that no import names, when they are needed: a bundler leaves them behind, and importing the library
 * must not fail because of that.
 * @module
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JumpfillError } from '../../base/errors.js';

/** In a bundle this is the bundle's URL, or undefined if the bundle is CommonJS. */
const { url: here } = import.meta as { readonly url: string | undefined };

/**
 * @param path  from the build's folder: `workers/fill.js`
 * @throws {JumpfillError} MISSING_FILES: the file does not exist, or this code is in a bundle
 */
export function findOwnFile(path: string): URL {
  const isInPlace = here !== undefined && /\/src\/engine\/host\/own-files\.[jt]s$/.test(here);
  if (!isInPlace) {
    const found = `jumpfill cannot find its own file ${path}: this program has been bundled.`;
    const remedy = 'Leave jumpfill out of the bundle (esbuild --external:jumpfill) and install it beside it.';
    throw new JumpfillError('MISSING_FILES', found, remedy);
  }
  const url = new URL(`../../../${path}`, here);
  if (existsSync(url)) return url;
  throw new JumpfillError(
    'MISSING_FILES',
    `jumpfill's own file ${fileURLToPath(url)} does not exist.`,
    'Install jumpfill again; in its repository, run npm run build.',
  );
}
