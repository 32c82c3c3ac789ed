/**
 * Copies the examples to build/engines and installs there what their lock file names, with jumpfill as a project that uses them has it.
 * Without a registry nothing is installed, and the tests that need a package are skipped.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const EXAMPLES = 'workers/engines';
export const INSTALLED = resolve('build/engines');

/** What npm lists once it has installed everything. */
const DONE = join(INSTALLED, 'node_modules/.package-lock.json');

/** An installation takes a minute on a busy machine. */
const LIMIT_MS = 300_000;

const npm = (...parameters: readonly string[]): void => {
  execFileSync('npm', parameters, {
    cwd: INSTALLED,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
    timeout: LIMIT_MS,
  });
};

const lockOf = (folder: string): string => {
  const path = join(folder, 'package-lock.json');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

export default function install(): void {
  const isCurrent = existsSync(DONE) && lockOf(INSTALLED) === lockOf(EXAMPLES);
  cpSync(EXAMPLES, INSTALLED, { recursive: true });
  if (isCurrent) return;
  rmSync(DONE, { force: true });
  try {
    npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-timeout=60000');
    symlinkSync(resolve('.'), join(INSTALLED, 'node_modules/jumpfill'), 'junction');
  } catch {
    rmSync(DONE, { force: true });
  }
}
