/**
 * The layers: every folder has a floor, imports point down, and there are no circles. Reads every import of the sources,
 * including imports of types and deferred ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Every folder of the sources, ground first: a file imports from its own folder and from those before it. */
const FLOORS = [
  'src/text',
  'src/base',
  'src/domain/arithmetic',
  'src/domain/arithmetic/c-library',
  'src/domain/tensors',
  'src/domain/streams',
  'src/domain/partition',
  'src/domain/torch',
  'src/domain/kernels',
  'src/domain/patterns',
  'src/domain/matrices',
  'src/domain/draws',
  'src/domain/recipes',
  'src/domain/operators',
  'src/domain/specs',
  'src/domain/architectures',
  'src/domain/statistics',
  'src/engine/host',
  'src/engine/memory',
  'src/engine/fillers',
  'src/engine/simd',
  'src/engine/choice',
  'src/engine/jobs',
  'src/storage/files',
  'src/storage/format',
  'src/storage/read',
  'src/storage/remote',
  'src/storage/companions',
  'src/storage/lock',
  'src/storage/write',
  'src/storage/ranges',
  'src/storage/verify',
  'src/storage/inspect',
  'src/storage',
  'src/api',
  'src/cli/arguments',
  'src/cli/output',
  'src/report',
  'src/cli/commands',
  'src/cli',
  'src',
  'workers',
];

/** No other folder imports these: people call them. */
const SURFACES = /^(?:src\/cli\/|src\/report\/|src\/[^/]+$|workers\/)/;

function importsOf(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  return [...source.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => match[1] ?? '');
}

const files = ['src', 'workers']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((path) => path.endsWith('.ts') && !path.startsWith('workers/simd'));

interface Arrow {
  readonly from: string;
  readonly to: string;
}

const arrows: readonly Arrow[] = files.flatMap((from) =>
  importsOf(from)
    .filter((to) => to.startsWith('.'))
    .map((to) => ({ from, to: normalize(join(dirname(from), to)).replace(/\.js$/, '.ts') })),
);

/** The nodes on circles: removes, again and again, those that import none of the rest. */
function circlesOf(all: readonly Arrow[]): string[] {
  let left = all.filter(({ from, to }) => from !== to);
  for (;;) {
    const importing = new Set(left.map(({ from }) => from));
    const rest = left.filter(({ to }) => importing.has(to));
    if (rest.length === left.length) return [...importing].sort();
    left = rest;
  }
}

test('the sources were found', () => {
  expect(files.length).toBeGreaterThan(150);
  expect(arrows.length).toBeGreaterThan(500);
  expect(arrows.map(({ to }) => to).filter((to) => !files.includes(to))).toEqual([]);
});

test('every folder has a floor, and every floor a folder', () => {
  expect([...new Set(files.map(dirname))].sort()).toEqual([...FLOORS].sort());
});

test('no import goes up', () => {
  const floor = (path: string): number => FLOORS.indexOf(dirname(path));
  expect(arrows.filter(({ from, to }) => floor(to) > floor(from))).toEqual([]);
});

describe('no circles:', () => {
  test('of files', () => {
    expect(circlesOf(arrows)).toEqual([]);
  });

  test('of folders', () => {
    expect(circlesOf(arrows.map(({ from, to }) => ({ from: dirname(from), to: dirname(to) })))).toEqual([]);
  });

  test('and this test would find one', () => {
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
      { from: 'c', to: 'd' },
    ];
    expect(circlesOf(circle)).toEqual(['a', 'b', 'c']);
  });
});

test('only a surface imports a surface', () => {
  expect(arrows.filter(({ from, to }) => SURFACES.test(to) && !SURFACES.test(from))).toEqual([]);
});

test('domain uses no node module, no clock, no environment and no Math.random', () => {
  const domain = files.filter((path) => path.startsWith('src/domain/'));
  const modules = domain.flatMap(importsOf).filter((to) => to.startsWith('node:'));
  expect(modules).toEqual([]);
  for (const path of domain) {
    expect(readFileSync(path, 'utf8'), path).not.toMatch(/Math\.random|Date\.now|performance\.|process\./);
  }
});

test('piscina is named in one file', () => {
  expect(files.filter((path) => importsOf(path).includes('piscina'))).toEqual(['src/engine/jobs/pool.ts']);
});
