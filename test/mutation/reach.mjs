/** Which test files reach a mutant, the likeliest to notice it in the least time first. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hashModule } from '../coverage/collect.mjs';
import { covers } from '../coverage/ranges.mjs';
import { places, transpile } from '../coverage/transpile.mjs';

/** A file's time counts less the nearer its name is to the mutated file's: its law is probably there. */
const SAME_NAME = 0.05;
const SAME_FOLDER = 0.3;

/** It reads the sources as text: a coefficient and the bits beside it must agree. */
const READER = 'test/domain/kernels/coefficient-bits.test.ts';

function weightOf(test, file) {
  if (dirname(test).replace(/^test/, 'src') !== dirname(file)) return 1;
  const name = basename(file, '.ts');
  return basename(test).startsWith(`${name}.`) || basename(test).startsWith(`${name}-`)
    ? SAME_NAME
    : SAME_FOLDER;
}

/** @returns the offset in the built module of the nearest place at or before the mutant's */
export function builtOffset(root, { file, start }) {
  const text = readFileSync(join(root, file), 'utf8');
  const before = places(transpile(file, text), text).filter(({ source }) => source <= start);
  return before.reduce((best, place) => (place.source > best.source ? place : best), { source: -1, built: 0 })
    .built;
}

/**
 * @param rows      of the map (collect.mjs)
 * @param budgetMs  what the chosen files may take together; at least three are chosen
 * @returns         `{ files, reached }`: the chosen, and how many reach it
 */
export function testsOf(root, mutant, rows, budgetMs) {
  const module = mutant.file.replace(/\.ts$/, '.js');
  const offset = builtOffset(root, mutant);
  const now = hashModule(root, module);
  const isSame = ({ built }) => built?.[module] === now;
  // Where the module has changed since, every file that loads it may reach it. Of a file that was too slow to be measured, the name decides.
  const reaches = (row) => {
    if (row.file === READER && mutant.mutator === 'number') return row.ok;
    if (!row.ok) return row.limitMs !== undefined && weightOf(row.file, mutant.file) === SAME_NAME;
    const intervals = row.modules[module];
    return intervals !== undefined && (!isSame(row) || covers(intervals, offset));
  };
  const reaching = rows
    .filter(reaches)
    .map(({ file, ms: own, limitMs = 0 }) => ({ file, ms: Math.max(own, limitMs) }))
    .map(({ file, ms }) => ({ file, ms, cost: (ms + 200) * weightOf(file, mutant.file) }))
    .sort((a, b) => a.cost - b.cost);
  let total = 0;
  const files = reaching.filter(({ ms }, i) => {
    const isChosen = i < 3 || total + ms <= budgetMs;
    if (isChosen) total += ms;
    return isChosen;
  });
  return { files, reached: reaching.length };
}
