/** The tools of campaigns and of coverage: a wrong tool would find nothing, or too much. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { at } from '../../src/base/at.js';
import { coveredIntervals, covers, union } from '../coverage/ranges.mjs';
import { places, transpile } from '../coverage/transpile.mjs';
import { casesOf } from '../support/thorough.js';
import { listMutants } from './mutants.mjs';
import { allMutants, sample } from './sample.mjs';

const folders = allMutants('.');
const textOf = (file: string): string => readFileSync(file, 'utf8');

test('300 mutants of a seed are as even over the folders as the folders allow', () => {
  const chosen = sample(folders, { seed: 1, count: 300 });
  expect(new Set(chosen.map(({ id }) => id)).size).toBe(300);
  const counts = [...folders.keys()].map((folder) => ({
    own: chosen.filter(
      ({ file }) => file.startsWith(`${folder}/`) && !file.slice(folder.length + 1).includes('/'),
    ).length,
    all: folders.get(folder)?.length ?? 0,
  }));
  const most = Math.max(...counts.map(({ own }) => own));
  for (const { own, all } of counts) expect(own).toBeGreaterThanOrEqual(Math.min(all, most - 2));
});

test('a seed gives the same mutants, another one others, and fewer are the first of more', () => {
  const ids = (seed: number, count: number): string[] => sample(folders, { seed, count }).map(({ id }) => id);
  expect(ids(7, 60)).toEqual(ids(7, 60));
  expect(ids(7, 60)).not.toEqual(ids(8, 60));
  expect(ids(7, 100).slice(0, 60)).toEqual(ids(7, 60));
});

test('every mutant is a source that the compiler can read, and another one', () => {
  for (const { file, start, end, to } of sample(folders, {
    seed: 3,
    count: casesOf({ few: 40, all: 400 }),
  })) {
    const text = textOf(file);
    const mutated = text.slice(0, start) + to + text.slice(end);
    expect(mutated).not.toBe(text);
    const { diagnostics } = ts.transpileModule(mutated, { reportDiagnostics: true });
    expect(diagnostics, `${file} ${text.slice(start, end)} ${to}`).toEqual([]);
  }
});

test.each([
  ['if (a < b) f();', ['true', 'false', '<=', '>=', ';']],
  ['const x = a ?? 0;', ['a', '1']],
  ['throw new Error(`${a + 1}`);', [';']],
  ['type T = 1 | 2; import { a } from "b";', []],
  ['async function f() { await g(); return await h(); }', [';', 'g()']],
  ['async function f() { try { return await h(); } finally { g(); } }', ['{}', 'h()', ';']],
  ['const x = "a" + b;', []],
])('of %j', (text, changes) => {
  const found = listMutants('x.ts', text).map(({ to }) => to);
  expect(found.sort()).toEqual([...changes].sort());
});

const anyRanges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const),
  { maxLength: 5 },
);

test('two sets of intervals joined cover what one of them covers', () => {
  const flat = (pairs: readonly (readonly [number, number])[]): number[] => union(pairs.flat(), []);
  fc.assert(
    fc.property(anyRanges, anyRanges, (a, b) => {
      for (let i = 0; i < 45; i++) {
        const isIn = (pairs: typeof a): boolean => pairs.some(([start, end]) => start <= i && i < end);
        expect(covers(union(flat(a), flat(b)), i)).toBe(isIn(a) || isIn(b));
      }
    }),
  );
});

test('of ranges inside each other, the innermost says whether a place ran', () => {
  const range = (startOffset: number, endOffset: number, count: number) => ({
    ...{ startOffset, endOffset, count },
  });
  const functions = [
    { ranges: [range(0, 100, 1)] },
    { ranges: [range(10, 50, 3), range(20, 30, 0), range(24, 26, 2)] },
    { ranges: [range(60, 80, 0)] },
  ];
  expect(coveredIntervals(functions)).toEqual([0, 20, 24, 26, 30, 60, 80, 100]);
});

test('a place of a source has its place in the module: the same name stands at both', () => {
  const file = 'src/engine/jobs/coordinator.ts';
  const text = textOf(file);
  const built = transpile(file, text);
  const nameAt = (code: string, offset: number): string => /^\w*/.exec(code.slice(offset))?.[0] ?? '';
  const found = places(built, text).filter(
    ({ source }) => /\w/.test(at(text, source)) && nameAt(text, source) !== '',
  );
  expect(found.length).toBeGreaterThan(300);
  for (const { built: there, source } of found) expect(nameAt(built.code, there)).toBe(nameAt(text, source));
});

interface Known {
  readonly file: string;
  readonly code: string;
  readonly reason: string;
}

test.each(['mutation', 'coverage'])(
  'what %s says of a line has a reason, and is said once, of a line that there is',
  (name) => {
    const known = JSON.parse(textOf(join('test', name, 'known.json'))) as readonly (Known & {
      change?: string;
    })[];
    expect(known.filter(({ reason }) => reason.length < 10)).toEqual([]);
    const flat = (text: string): string => text.replace(/\s+/g, ' ');
    const gone = known.filter(({ file, code }) => !flat(textOf(file)).includes(flat(code)));
    expect(gone.map(({ file, code }) => `${file}: ${code}`)).toEqual([]);
    expect(new Set(known.map(({ file, code, change }) => `${file} ${code} ${change}`)).size).toBe(
      known.length,
    );
  },
);
