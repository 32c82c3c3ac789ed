/**
 * Which Node this library needs, told by one that is older. The first module that the command line and the library load: its
 * syntax is of 2015, and so is that of what it imports.
 * @module
 */

/** package.json's "engines" say the same (test/node-version.test.ts). */
const OLDEST = { major: 20, minor: 19 };

/** @returns undefined if this Node will do */
export function complainOfNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  return isNewEnough
    ? undefined
    : `jumpfill needs Node ${OLDEST.major}.${OLDEST.minor} or later; this is v${version}.`;
}
