/**
 * Finds files of this package that no import names, when they are needed: a bundler leaves them behind, and importing the library
 * must not fail because of that.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import { fs, url as urls } from './builtins.js';

/** In a user's bundle this is the bundle's URL, or undefined. */
const here = import.meta.url as string | undefined;

/** This code's place in a build: the file of its module, or one of those that bundle.mjs joins modules into. */
const PLACE = /(?:src\/engine\/host\/own-files\.js|chunks\/jumpfill-[a-z-]+\.cjs)$/;
/** Its place in the repository, from where tests run it: the build is beside the sources. */
const SOURCE = 'src/engine/host/own-files.ts';

/** The folder of the build; undefined if this code was taken out of it. */
const build = here === undefined ? undefined : findBuild(here);

function findBuild(place: string): string | undefined {
  if (PLACE.test(place)) return place.replace(PLACE, '');
  return place.endsWith(SOURCE) ? `${place.slice(0, -SOURCE.length)}dist/` : undefined;
}

/** A file or folder of this package, whether it exists or not; undefined if this code is in a user's bundle. */
export const ownUrl = (path: string): URL | undefined =>
  build === undefined ? undefined : new URL(path, build);

/**
 * @param path  from the build's folder: `workers/fill.cjs`
 * @throws {JumpfillError} MISSING_FILES: the file does not exist, or this code is in a bundle
 */
export function findOwnFile(path: string): URL {
  const url = ownUrl(path);
  if (url === undefined) {
    const found = `jumpfill cannot find its own file ${path}: this program has been bundled.`;
    const remedy = 'Leave jumpfill out of the bundle (esbuild --external:jumpfill) and install it beside it.';
    throw new JumpfillError('MISSING_FILES', found, remedy);
  }
  if (fs().existsSync(url)) return url;
  throw new JumpfillError(
    'MISSING_FILES',
    `jumpfill's own file ${urls().fileURLToPath(url)} does not exist.`,
    'Install jumpfill again; in its repository, run npm run build.',
  );
}
