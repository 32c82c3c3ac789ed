/**
 * Checks that the golden bytes, and those that torch gave for two hundred calls, are equal on every Node that this library supports, and
 * that older ones name the version they need. Takes them from npm's `node` package.
 * With --suite the whole test suite runs on each as well.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const VERSIONS = ['20.19', '20', '22.3', '22', '24', '26'];
/** Some of them have most of what 20.19 and 22.3 have. */
const TOO_OLD = ['16', '18', '20.10', '21', '22.2'];
const commands = [
  ['test/golden/print.mjs'],
  ['test/torch/main.mjs', '--recorded', 'test/vectors/torch_calls.json'],
  ...(process.argv.includes('--suite') ? [['node_modules/vitest/vitest.mjs', 'run']] : []),
];
const golden = JSON.parse(readFileSync('test/golden/golden.json', 'utf8'));

const isGolden = (stdout) => {
  try {
    return JSON.stringify(JSON.parse(stdout)) === JSON.stringify(golden);
  } catch {
    return false;
  }
};

let failed = 0;
for (const version of VERSIONS) {
  for (const command of commands) {
    const npx = ['-y', '-p', `node@${version}`, 'node'];
    const told = spawnSync('npx', [...npx, '--version'], { encoding: 'utf8' }).stdout.trim();
    const { status, stdout, stderr } = spawnSync('npx', [...npx, ...command], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const isGood =
      status === 0 && told.startsWith(`v${version}.`) && (command !== commands[0] || isGolden(stdout));
    if (!isGood) failed++;
    console.log(`${isGood ? 'ok    ' : 'FAILED'} ${told || `node ${version}`} ${command.join(' ')}`);
    if (!isGood) console.log(stdout + stderr);
  }
}

for (const version of TOO_OLD) {
  const program = ['-y', '-p', `node@${version}`, 'node', 'dist/src/cli.js', '--version'];
  const { status, stdout, stderr } = spawnSync('npx', program, { encoding: 'utf8' });
  const isGood =
    status === 1 &&
    stdout === '' &&
    stderr.startsWith('jumpfill needs Node 20.19 or later of 20, or 22.3 or later; this is v');
  if (!isGood) failed++;
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${stderr.trim()}`);
}
process.exitCode = failed === 0 ? 0 : 1;
