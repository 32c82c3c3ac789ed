/**
 * Checks the version of Node. The command line and the library load this module first; it and its imports use only the syntax of
 * 2015, so that an old Node can run them and print what it needs.
 * @module
 */

/**
 * The oldest minor version of Node 20, and the oldest of all that came later: 21 and 22.0 to 22.2 lack process.getBuiltinModule().
 * package.json's "engines" say the same (test/base/node-version.test.ts).
 */
const OLDEST_OF_20 = 19;
const OLDEST = { major: 22, minor: 3 };

/** @returns a message, or undefined if this version is new enough */
export function complainOfNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough =
    major === 20
      ? minor >= OLDEST_OF_20
      : major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  return isNewEnough
    ? undefined
    : `jumpfill needs Node 20.${OLDEST_OF_20} or later of 20, or ${OLDEST.major}.${OLDEST.minor} or later; this is v${version}.`;
}
