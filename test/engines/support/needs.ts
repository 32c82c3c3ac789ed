/** What a test needs of the machine. Where it is missing, the test is skipped, and the report says why. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, type TestContext } from 'vitest';
import { INSTALLED } from './install.js';

/** Where Debian puts services; not every PATH has it. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The path of a program; undefined if there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** What keeps a test from running, in words; undefined if it can run. */
export type Missing = string | undefined;

/** @param packages  of Debian, which have the programs */
export function needPrograms(programs: readonly string[], packages: string): Missing {
  const missing = programs.filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? undefined : `no ${missing.join(', ')}: apt-get install ${packages}`;
}

/** A package of workers/engines/package.json. */
export const needPackage = (name: string): Missing =>
  existsSync(join(INSTALLED, 'node_modules', name)) ? undefined : `npm could not install ${name}`;

export const needRoot = (): Missing => (process.getuid?.() === 0 ? undefined : 'only root may do this');

/** Namespaces of its own for a process, as a container has them. */
export function needNamespaces(): Missing {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', '--uts', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no namespaces: unshare is missing or not allowed';
  }
}

/** Skips every test of the file if something is missing. */
export function skipWithout(...needs: readonly Missing[]): boolean {
  const missing = needs.find((need) => need !== undefined);
  if (missing === undefined) return true;
  // The reporter that CI has names no tests that are skipped.
  console.log(`skipped: ${missing}`);
  beforeEach((context: TestContext) => {
    context.skip(missing);
  });
  return false;
}
