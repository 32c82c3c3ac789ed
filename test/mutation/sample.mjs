/** Which mutants a campaign makes: by its seed, evenly over the folders of src, and in a folder evenly over the kinds of change. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listMutants } from './mutants.mjs';

/** A small generator of numbers in [0, 1): Weyl steps through a mixing function (SplitMix32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  };
}

const lineOf = (text, offset) => text.slice(0, offset).split('\n').length;

const oneLine = (text) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
};

/** Adds what people read, and an identity that outlives changes of other lines. */
function describe(file, text, mutant) {
  const line = lineOf(text, mutant.start);
  const code = text.split('\n')[line - 1].trim();
  const from = oneLine(text.slice(mutant.start, mutant.end));
  const column = mutant.start - text.lastIndexOf('\n', mutant.start - 1);
  const indent = text.split('\n')[line - 1].search(/\S/);
  const to = mutant.to === ';' || mutant.to === '' ? 'nothing' : oneLine(mutant.to);
  const change = `${from} → ${to}`;
  return { ...mutant, file, line, code, change, id: `${file} | ${code} | ${column - indent} | ${change}` };
}

/** The same change of the same line may stand in a file twice. */
function tellApart(mutants) {
  const seen = new Map();
  return mutants.map((mutant) => {
    const count = seen.get(mutant.id) ?? 0;
    seen.set(mutant.id, count + 1);
    return count === 0 ? mutant : { ...mutant, id: `${mutant.id} | ${count + 1}` };
  });
}

/** @returns every mutant of the sources in a folder, by folder */
export function allMutants(root, below = 'src') {
  const folders = new Map();
  const paths = readdirSync(join(root, below), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(below, path),
  );
  for (const file of paths.filter((path) => path.endsWith('.ts')).sort()) {
    const text = readFileSync(join(root, file), 'utf8');
    const mutants = tellApart(listMutants(file, text).map((mutant) => describe(file, text, mutant)));
    if (mutants.length > 0) folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), ...mutants]);
  }
  return folders;
}

/** @returns `count` mutants, in the order in which they are made: a campaign that ends early is even over the folders, too */
export function sample(folders, { seed, count }) {
  const random = generator(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const chosen = new Map();
  const total = [...folders.values()].flat().length;
  while (chosen.size < Math.min(count, total)) {
    const round = [...folders.values()]
      .map((mutants) => ({ mutants, key: random() }))
      .sort((a, b) => a.key - b.key);
    for (const { mutants } of round) {
      const left = mutants.filter(({ id }) => !chosen.has(id));
      if (left.length === 0 || chosen.size === count) continue;
      const mutator = pick([...new Set(left.map((mutant) => mutant.mutator))]);
      const mutant = pick(left.filter((one) => one.mutator === mutator));
      chosen.set(mutant.id, mutant);
    }
  }
  return [...chosen.values()];
}
