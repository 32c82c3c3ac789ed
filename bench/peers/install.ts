/**
 * Installs the peers: packages of npm that bench/peers/package-lock.json names, there, and a virtual environment of Python in
 * build/peers. What cannot be had is said, and left out of the answers.
 * @module
 */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathInBench } from '../measure/folders.js';

const ENVIRONMENT = pathInBench('../build/peers/venv');
const isWindows = process.platform === 'win32';

/** The interpreter of that environment, which may not be there. */
export const ENVIRONMENT_PYTHON = join(ENVIRONMENT, isWindows ? 'Scripts/python.exe' : 'bin/python');

/** torch alone, since only its build for processors is wanted, which PyPI lacks for Linux. */
const REQUIREMENTS = [
  pathInBench('peers/python/requirements.txt'),
  pathInBench('../test/use-with/requirements-torch.txt'),
];

/** Written when all is installed: what was asked for. */
const STAMP = join(ENVIRONMENT, 'installed');

// Standard output belongs to the results.
const QUIETLY: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };

export function installPeers(): void {
  const parameters = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  attempt('the peers in JavaScript', () =>
    execFileSync('npm', parameters, { ...QUIETLY, cwd: pathInBench('peers/'), shell: isWindows }),
  );
  installPython();
}

/** Once for each content of the files that pin the versions. */
function installPython(): void {
  const pins = REQUIREMENTS.map((path) => readFileSync(path, 'utf8')).join('');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === pins) return;
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  mkdirSync(ENVIRONMENT, { recursive: true });
  const installed = [
    attempt('the peers in Python', () => execFileSync('python3', ['-m', 'venv', ENVIRONMENT], QUIETLY)),
    ...REQUIREMENTS.map(installPinned),
  ];
  if (installed.every(Boolean)) writeFileSync(STAMP, pins);
}

function installPinned(path: string): boolean {
  const options = ['--quiet', '--no-compile', '--only-binary', ':all:'];
  const parameters = ['-m', 'pip', 'install', ...options, '-r', path];
  return attempt(path, () => execFileSync(ENVIRONMENT_PYTHON, parameters, QUIETLY));
}

/** @returns  whether it worked; if not, it says so */
function attempt(what: string, act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    process.stderr.write(
      `${what}: not installed, and left out. ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return false;
  }
}
