/**
 * Programs whose modules something else than Node loads: tsx, Jest with its ES modules, and webpack's bundle with the library inside. The
 * library loads code on demand, which all of them must take for the same library. `npm run test:use-with` installs them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { INSTALLED, makeProject } from './project.js';

const folder = join(INSTALLED, 'loaders');

/** An engine, a kernel and a narrow dtype, each of which loads code; few elements, which the calling thread draws. */
const DRAW = `
const engine = new Engine({ threads: 2, seed: 1 });
const tensor = await engine.fill(SharedTensor.empty([4], { name: 'w', dtype: 'bfloat16' }), normal());
const drawn = [...tensor.data].join();
await engine.close();`;
const PROGRAM = `import { Engine, normal, SharedTensor } from 'jumpfill';${DRAW}\nconsole.log(drawn);\n`;

const run = (parameters: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, parameters, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });

let expected = '';

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  makeProject(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "jest": { "transform": {} } }');
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  writeFileSync(join(folder, 'program.mts'), `const kind: string = 'typed';\n${PROGRAM}console.log(kind);\n`);
  expected = String(run(['program.mjs']).stdout);
  expect(expected).toMatch(/^\d+,\d+,\d+,\d+\n$/);
});

const isInstalled = (name: string): boolean => existsSync(join(INSTALLED, 'node_modules', name));

test('under tsx', ({ skip }) => {
  if (!isInstalled('tsx')) skip('there is no tsx');
  for (const [file, more] of [
    ['program.mts', 'typed\n'],
    ['program.mjs', ''],
  ] as const) {
    const { stdout, stderr } = run(['--import', 'tsx', file]);
    expect(stdout).toBe(expected + more);
    expect(stderr).not.toMatch(/jumpfill/i);
  }
});

test("under Jest's ES modules, with SIMD", ({ skip }) => {
  if (!isInstalled('jest')) skip('there is no jest');
  const check = `import { Engine, normal, SharedTensor } from 'jumpfill';
test('draws', async () => {${DRAW}
  expect(drawn).toBe('${expected.trim()}');
  expect(engine.kernels).toBe('simd');
});`;
  writeFileSync(join(folder, 'draw.test.js'), check);
  const { status, stderr } = run(
    ['--experimental-vm-modules', join(INSTALLED, 'node_modules/jest/bin/jest.js'), '--no-cache'],
    { NODE_NO_WARNINGS: '1' },
  );
  expect(stderr).toContain('1 passed');
  expect(status).toBe(0);
});

const PACK = `
import webpack from 'webpack';
webpack({
  ...{ mode: 'development', devtool: false, target: 'node20', entry: './program.mjs' },
  experiments: { outputModule: true },
  output: { path: process.cwd(), filename: 'bundle.mjs', module: true, chunkFormat: 'module' },
}, (error, stats) => console.log(error ?? stats.toString({ preset: 'errors-warnings' })));`;

test("in webpack's bundle, with a warning that it has no kernels", ({ skip }) => {
  if (!isInstalled('webpack')) skip('there is no webpack');
  writeFileSync(join(folder, 'pack.mjs'), PACK);
  expect(String(run(['pack.mjs']).stdout).trim()).toBe('webpack compiled successfully');
  const { stdout, stderr } = run(['bundle.mjs']);
  expect(stdout).toBe(expected);
  expect(stderr).toMatch(/JUMPFILL_SLOW_KERNELS.*this program has been bundled/);
});
