/** Importing the library loads the code that fills, but none that reads, writes or checks specs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** A hook that writes the URL of every module that is loaded. */
const HOOK = `
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    writeSync(1, url + '\\n');
    return await next(url, context);
  }`;

const toModule = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

/** The modules that a program loads, of this package as paths below dist/src and of others by their package. */
function modulesOf(program: string): readonly string[] {
  const registers = toModule(
    `import { register } from 'node:module'; register(${JSON.stringify(toModule(HOOK))})`,
  );
  // Node 26 deprecates register() in favour of registerHooks(), which Node 20 does not have.
  const node = ['--disable-warning=DEP0205', '--import', registers];
  const parameters = [...node, '--input-type=module', '--eval', program];
  const { stdout, stderr, status } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const files = stdout.split('\n').filter((url) => url.startsWith('file:'));
  const modules = files.map((url) => {
    const path = fileURLToPath(url).split(sep).join('/');
    const foreign = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    return foreign ?? path.replace(/^.*\/dist\/src\//, '');
  });
  return modules.sort();
}

const IMPORTED = modulesOf("await import('jumpfill')");
const FILLED = modulesOf(`
  import { fill, normal, SharedTensor } from 'jumpfill';
  await fill(SharedTensor.empty([10]), normal());`);
const PLANNED = modulesOf(`
  import { planCheckpoint, zeros } from 'jumpfill';
  await planCheckpoint({ tensors: [{ name: 'w', shape: [1], init: zeros() }] });`);

const packagesOf = (modules: readonly string[]): Set<string> =>
  new Set(modules.filter((module) => !module.endsWith('.js')));

test('importing the library does not load the spec checker or the code that reads, writes, verifies or inspects', () => {
  expect(IMPORTED).toContain('api/engine.js');
  const heavy = /^(?:storage|domain\/(?:specs|statistics))\//;
  expect(IMPORTED.filter((module) => heavy.test(module))).toEqual([]);
  expect(packagesOf(IMPORTED)).toEqual(new Set(['pure-rand']));
});

/**
 * 165 before there were matrices, patterns, whole numbers, laws by inversion, 8-bit floats and rows. Each costs about 0.5 ms of CPU. A fill
 * runs at once, on any thread, and must have the kernel of its draw by then: only what reads and checks files is loaded on demand.
 */
const MOST_MODULES = 258;

test('and loads no more modules than a fill needs: kernels and coordinator', () => {
  expect(IMPORTED.length).toBeLessThanOrEqual(MOST_MODULES);
});

test('a fill loads nothing more; a spec loads its checker, which shows that this test would notice', () => {
  expect(FILLED).toEqual(IMPORTED);
  expect(packagesOf(PLANNED)).toContain('valibot');
});

test('packages that are loaded on demand are dependencies', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
  for (const module of packagesOf(PLANNED)) expect(Object.keys(dependencies)).toContain(module);
});
