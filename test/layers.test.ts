/** Arrows point left: domain <- engine <- storage <- api <- surfaces. Reads every import of the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const LAYERS = ['errors', 'domain', 'engine', 'storage', 'api', 'surface'] as const;
type Layer = (typeof LAYERS)[number];

function layerOf(path: string): Layer {
  if (/^src\/(?:base|text)\//.test(path)) return 'errors';
  const folder = /^src\/(domain|engine|storage|api)\//.exec(path)?.[1];
  return (folder as Layer | undefined) ?? 'surface';
}

function importsOf(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  return [...source.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => match[1] ?? '');
}

const files = ['src', 'workers']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((path) => path.endsWith('.ts') && !path.startsWith('workers/simd'));

const local = files.flatMap((from) =>
  importsOf(from)
    .filter((to) => to.startsWith('.'))
    .map((to) => ({ from, to: normalize(join(dirname(from), to)) })),
);

test('the sources were found', () => {
  expect(files.length).toBeGreaterThan(25);
  expect(local.length).toBeGreaterThan(50);
});

test('no import points to a layer on the right', () => {
  const wrong = local.filter(({ from, to }) => LAYERS.indexOf(layerOf(to)) > LAYERS.indexOf(layerOf(from)));
  expect(wrong).toEqual([]);
});

test('nobody but a surface imports a surface', () => {
  const wrong = local.filter(({ from, to }) => layerOf(to) === 'surface' && layerOf(from) !== 'surface');
  expect(wrong).toEqual([]);
});

test('domain knows no node module but the hash, no clock, no environment and no Math.random', () => {
  const domain = files.filter((path) => layerOf(path) === 'domain');
  const modules = domain.flatMap(importsOf).filter((to) => to.startsWith('node:'));
  expect(new Set(modules)).toEqual(new Set(['node:crypto']));
  for (const path of domain) {
    expect(readFileSync(path, 'utf8'), path).not.toMatch(/Math\.random|Date\.now|performance\.|process\./);
  }
});

test('piscina is named in one file', () => {
  expect(files.filter((path) => importsOf(path).includes('piscina'))).toEqual(['src/engine/jobs/pool.ts']);
});
