/** What is loaded: little by an import and by a thread, the rest on demand. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeFolder } from '../support/folder.js';
import { saveTensors } from '../support/inspected.js';
import { evaluate } from '../support/program.js';

/** The files that a program loads, by import or require(), of this package as paths below dist and of others by their package. */
function modulesOf(program: string): readonly string[] {
  const folder = makeFolder();
  const run = evaluate(program, undefined, { NODE_V8_COVERAGE: folder });
  expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
  const scripts = readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage;
    return result.map(({ url }) => url).filter((url) => /^file:.*\.[cm]?js$/.test(url));
  });
  const modules = scripts.map((url) => {
    const path = fileURLToPath(url).split(sep).join('/');
    const foreign = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    return foreign ?? path.replace(/^.*\/dist\//, '');
  });
  return [...new Set(modules)].sort();
}

/** What V8 tells of a process, among other things: the scripts that it compiled. */
interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

const IMPORTED = modulesOf("await import('jumpfill')");
const FILLED = modulesOf(`
  import { fill, normal, SharedTensor } from 'jumpfill';
  await fill(SharedTensor.empty([10]), normal());`);
const PLANNED = modulesOf(`
  import { planCheckpoint, zeros } from 'jumpfill';
  await planCheckpoint({ tensors: [{ name: 'w', shape: [1], init: zeros() }] });`);

/** The joined files among them. */
const chunksOf = (modules: readonly string[]): string[] =>
  modules.flatMap((module) => /^chunks\/(?:jumpfill-)?(.*)\.c?js$/.exec(module)?.[1] ?? []);

/** 100 kB take 5 ms. */
const MOST_BYTES = 110_000;

const packagesOf = (modules: readonly string[]): Set<string> =>
  new Set(modules.filter((module) => !/\.c?js$/.test(module)));

const START = ['start'];
const OF_COMMANDS = ['commands', 'arguments', 'report'];

test('importing the library loads none of the code that fills, reads, writes, checks specs, verifies or inspects', () => {
  expect(chunksOf(IMPORTED)).toEqual(START);
  expect(packagesOf(IMPORTED)).toEqual(new Set());
});

test('and little code', () => {
  const sizes = IMPORTED.map((module) => statSync(`dist/${module}`).size);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_BYTES);
});

test('a fill loads what fills; a spec loads its checker', () => {
  expect(chunksOf(FILLED)).toEqual(expect.arrayContaining([...START, 'engine', 'specification', 'fill']));
  for (const other of ['kernels', 'specs', 'work', 'write']) expect(chunksOf(FILLED)).not.toContain(other);
  expect(packagesOf(FILLED)).toEqual(new Set(['pure-rand']));
  expect(packagesOf(PLANNED)).toContain('valibot');
});

test('a thread that draws from streams loads neither engine nor specification', () => {
  const thread = modulesOf("await import('./dist/workers/fill.cjs')");
  expect(chunksOf(thread)).toEqual(['thread-run']);
  expect(packagesOf(thread)).toEqual(new Set());
});

const SPEC = `{ tensors: [
  { name: 'a', shape: [2 ** 19], init: normal() },
  { name: 'b', shape: [900, 900], dtype: 'bfloat16', init: orthogonal() },
] }`;
const WRITTEN = modulesOf(`
  import { normal, orthogonal, writeCheckpoint } from 'jumpfill';
  await writeCheckpoint(${SPEC}, { out: '${makeFolder()}/model.safetensors' });`);

test('what a thread loads on demand is its own', () => {
  const threads = chunksOf(WRITTEN).filter((chunk) => chunk.startsWith('thread-'));
  expect(threads).toEqual(expect.arrayContaining(['thread-run', 'thread-output', 'thread-kernels']));
  expect(WRITTEN).toContain('workers/src/storage/write/fill-file.cjs');
  expect(WRITTEN).not.toContain('src/storage/write/fill-file.cjs');
});

/** What the joined files of the library or of its threads load on demand: the modules' paths, and those of the files. */
function demandsOf(isOfThreads: boolean): readonly { readonly path: string; readonly file: string }[] {
  const chunks = readdirSync('dist/chunks').filter(
    (file) => file.startsWith('jumpfill-thread-') === isOfThreads,
  );
  return chunks.flatMap((chunk) => {
    const code = readFileSync(join('dist/chunks', chunk), 'utf8');
    expect(code).toMatch(/^"use strict";/);
    const demands = code.matchAll(/\bnew [\w$.]+\("(src\/[^"]+)", \(\) => require\("([^"]+)"\)\)/g);
    return [...demands].map(([, path = '', file = '']) => ({ path, file: join('chunks', file) }));
  });
}

test('what is loaded on demand comes by a require() of a file of the library, or of its threads', () => {
  const sources = ['src', 'workers']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(path, 'utf8'));
  const demanded = sources.flatMap((source) =>
    [...source.matchAll(/new OnDemand<[^>]*>\(\s*'([^']+)'/g)].map((match) => match[1]),
  );
  expect(demanded.length).toBeGreaterThan(15);
  expect(new Set(demandsOf(false).map(({ path }) => path))).toEqual(new Set(demanded));
  expect(demandsOf(true).length).toBeGreaterThan(10);
  for (const [isOfThreads, folder] of [
    [false, ''],
    [true, 'workers/'],
  ] as const) {
    for (const { path, file } of demandsOf(isOfThreads)) {
      expect(file.split(sep).join('/')).toBe(folder + path.replace(/\.js$/, '.cjs'));
      expect(existsSync(join('dist', file))).toBe(true);
    }
  }
});

test('joined files export constants, and none requires itself through others', () => {
  const files = readdirSync('dist/chunks');
  const requiredBy = new Map(
    files.map((file) => {
      const code = readFileSync(join('dist/chunks', file), 'utf8');
      expect(code).not.toContain('defineProperty(exports, "');
      const names = [...code.matchAll(/^\w.*= require\("\.\/([^"]+)"\);$/gm)].map((match) => match[1] ?? '');
      return [file, names];
    }),
  );
  const reach = (file: string, path: readonly string[]): void => {
    expect(path).not.toContain(file);
    for (const next of requiredBy.get(file) ?? []) reach(next, [...path, file]);
  };
  expect([...requiredBy.values()].flat().length).toBeGreaterThan(20);
  for (const file of files) reach(file, []);
});

test('a checkpoint on a disk is opened without the code that asks servers, writes or prints', () => {
  const path = saveTensors({ w: { dtype: 'F32', elements: new Float32Array(1) } });
  const opened = chunksOf(
    modulesOf(`
      import { openCheckpoint } from 'jumpfill';
      await openCheckpoint('${path}');`),
  );
  expect(opened).toContain('read');
  for (const other of ['remote', 'write', ...OF_COMMANDS]) expect(opened).not.toContain(other);
});

test('the library loads nothing of the command line', () => {
  for (const other of OF_COMMANDS) expect(chunksOf([...FILLED, ...PLANNED, ...WRITTEN])).not.toContain(other);
});

test('packages that are loaded on demand are dependencies', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
  for (const module of packagesOf(PLANNED)) expect(Object.keys(dependencies)).toContain(module);
});
