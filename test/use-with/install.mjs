/**
 * Installs what the examples of src/api/USE_WITH.md use, in build/use-with and at the versions pinned here: packages of
 * npm, and a virtual environment of Python. What cannot be had is said, and its examples are then skipped.
 *
 *     npm run test:use-with
 *
 * JUMPFILL_PYTHON names an interpreter that has the packages already: then no environment is made.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const THERE = resolve(HERE, '../../build/use-with');
const isWindows = process.platform === 'win32';
const VENV = join(THERE, 'venv');
const VENV_PYTHON = join(VENV, isWindows ? 'Scripts/python.exe' : 'bin/python');

/** Rejects with the first error that the command printed. */
async function run(command, parameters) {
  const child = spawn(command, parameters, {
    cwd: THERE,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: isWindows && command === 'npm',
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  await new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(/^.*error.*$/im.exec(printed)?.[0] ?? printed)),
    );
  });
}

async function installPackages() {
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(HERE, name), join(THERE, name));
  // The binaries are in the packages. A script of onnxruntime-node would fetch more of them, for GPUs.
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
}

/** With the packages of the interpreter behind it, which may have a torch. */
async function makeEnvironment() {
  rmSync(VENV, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', '--system-site-packages', VENV]);
  await installPinned('requirements.txt');
  await installPinned('requirements-torch.txt').catch(complain('torch'));
}

const installPinned = (file) =>
  run(VENV_PYTHON, [
    '-m',
    'pip',
    'install',
    '--no-compile',
    '--only-binary',
    ':all:',
    '-r',
    join(HERE, file),
  ]);

const complain = (what) => (error) => {
  console.log(`${what}: not installed, and what needs it is skipped. ${error.message}`);
};

/** Installs once for each content of the files that pin the versions. */
async function once(what, files, install) {
  const pins = files.map((name) => readFileSync(join(HERE, name), 'utf8')).join('');
  const stamp = join(THERE, `${what}.installed`);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) return;
  rmSync(stamp, { force: true });
  await install().then(() => writeFileSync(stamp, pins), complain(what));
}

mkdirSync(THERE, { recursive: true });
const installations = [once('packages of npm', ['package-lock.json'], installPackages)];
if (process.env.JUMPFILL_PYTHON === undefined) {
  const pins = ['requirements.txt', 'requirements-torch.txt'];
  installations.push(once('packages of Python', pins, makeEnvironment));
}
await Promise.all(installations);
