/** Where torch's SIMD modules are missing: same bytes, one warning. In processes, because a module that was compiled stays. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/** Inside the package, so that its dependencies are found. */
const folder = mkdtempSync('build/torch-fallback-');
// Which a copy of the build reads its version from.
cpSync('package.json', join(folder, 'package.json'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Fills on the calling thread, removes the given files, and fills on two threads; prints the hash of the values. */
const PROGRAM = `
  const [index, ...files] = process.argv.slice(1);
  const { Engine, SharedTensor, TorchGenerator } = await import(index);
  const { createHash } = await import('node:crypto');
  const { rmSync } = await import('node:fs');
  const engine = new Engine({ threads: 2 });
  const generator = new TorchGenerator(1);
  const hash = createHash('sha256');
  const inits = [
    { kind: 'uniform', low: -0.1, high: 0.3 },
    { kind: 'normal', mean: 0, std: 0.02 },
    { kind: 'truncated_normal', mean: 0, std: 0.02 },
  ];
  const fill = async (length) => {
    for (const init of inits) {
      const tensor = SharedTensor.empty([length], { name: 'w' });
      await engine.fill(tensor, init, { generator });
      hash.update(new Uint8Array(tensor.buffer, 0, tensor.byteLength));
    }
  };
  // Starts the threads, with kernels of their own.
  await engine.fill(SharedTensor.empty([270_000], { name: 'w' }), inits[0], { seed: 1 });
  await fill(1000);
  for (const file of files) rmSync(file);
  await fill(270_000);
  console.log(hash.digest('hex'));
  await engine.close();`;

interface Outcome {
  readonly hash: string;
  readonly warnings: readonly string[];
}

function runProgram(dist: string, remove: readonly string[] = []): Outcome {
  const index = new URL(`../../../${dist}/src/index.js`, import.meta.url).href;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, index, ...remove],
    { encoding: 'utf8', env: { ...process.env, JUMPFILL_SIMD: '1' } },
  );
  expect(status, stderr).toBe(0);
  return { hash: stdout.trim(), warnings: stderr.split('\n').filter((line) => line.includes('JUMPFILL')) };
}

const plain = runProgram('dist');

const MODULES = ['torch-words', 'torch-normals'].map((module) => `workers/simd/${module}.wasm`);

/** A copy of the build, and its files of torch's modules. */
function copyBuild(name: string): { readonly dist: string; readonly files: readonly string[] } {
  const dist = join(folder, name);
  cpSync('dist', dist, { recursive: true });
  return { dist, files: MODULES.map((module) => join(dist, module)) };
}

test('a machine with the modules uses them without a warning', () => {
  expect(plain.warnings).toEqual([]);
});

test('a file that all kernels need and that is missing causes one warning', () => {
  const { dist, files } = copyBuild('gone');
  rmSync(files[0] ?? expect.fail());
  const { hash, warnings } = runProgram(dist);
  expect(hash).toBe(plain.hash);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/own file .*torch-words\.wasm does not exist.*scalar kernels/);
});

test('threads get the modules with their job: files that are gone by then are not missed', () => {
  const { dist, files } = copyBuild('going');
  expect(runProgram(dist, files)).toEqual(plain);
});
