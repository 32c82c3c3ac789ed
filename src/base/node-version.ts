/**
 * Checks the version of Node. The command line and the library load this module first; it and its imports use only the syntax of
 * 2015, so that an old Node can run them and print what it needs.
 * @module
 */

/** package.json's "engines" say the same (test/base/node-version.test.ts). */
const OLDEST = { major: 20, minor: 19 };

/** @returns a message, or undefined if this version is new enough */
export function complainOfNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  return isNewEnough
    ? undefined
    : `jumpfill needs Node ${OLDEST.major}.${OLDEST.minor} or later; this is v${version}.`;
}
