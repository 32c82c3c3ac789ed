/** Makes mutants one by one in rooms, runs the tests that reach each, and appends what came of it to a file. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyRoom, inventory, Room } from '../coverage/rooms.mjs';
import { transpile } from '../coverage/transpile.mjs';
import { testsOf } from './reach.mjs';

/** @returns what is known of each mutant: the last line that names it */
export function readResults(path) {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return new Map(lines.map((line) => JSON.parse(line)).map((result) => [result.id, result]));
}

/**
 * @param mutants  in the order in which they are made
 * @param folders  furnished rooms; the first one stays as it is
 * @param rows     of the map
 * @param path     where results go
 */
export async function runCampaign({ mutants, pristine, folders, rows, path, budgetMs, log, isOver }) {
  mkdirSync(dirname(path), { recursive: true });
  const queue = [...mutants];
  let done = 0;
  const work = async (folder) => {
    const workplace = { pristine, room: new Room(folder), inventory: inventory(folder) };
    for (let mutant; !isOver() && (mutant = queue.shift()) !== undefined;) {
      const result = await tryMutant(workplace, mutant, rows, budgetMs);
      appendFileSync(path, `${JSON.stringify(result)}\n`);
      log(
        `${++done}/${mutants.length} ${result.status}: ${mutant.file}:${mutant.line} ${mutant.change}${result.by === undefined ? '' : ` (${result.by})`}`,
      );
    }
    workplace.room.close();
  };
  await Promise.all(folders.map(work));
}

const STATUS = { passed: 'survived', failed: 'killed', 'timed out': 'timed out', ended: 'killed' };

async function tryMutant(workplace, mutant, rows, budgetMs) {
  const { start, end, to, ...known } = mutant;
  const { files, reached } = testsOf(workplace.pristine, mutant, rows, budgetMs);
  if (files.length === 0) return { ...known, start, end, to, status: 'unreached' };
  const restore = plant(workplace.room.folder, mutant);
  const before = performance.now();
  const run = await workplace.room.run(files);
  restore();
  tidy(workplace);
  const last =
    run.files.find(({ ok }) => !ok) ??
    (run.outcome === 'passed' ? undefined : { file: files[run.files.length]?.file });
  return {
    ...{ ...known, start, end, to },
    status: STATUS[run.outcome],
    ms: Math.round(performance.now() - before),
    ran: run.files.length,
    reached,
    ...(run.outcome === 'passed' ? {} : { by: last?.file, failure: last?.failure }),
  };
}

/** Writes the mutated source and its module. @returns what puts the room's own back */
function plant(folder, { file, start, end, to }) {
  const source = join(folder, file);
  const built = join(folder, 'dist', file.replace(/\.ts$/, '.js'));
  const [text, module] = [source, built].map((path) => readFileSync(path, 'utf8'));
  const mutated = text.slice(0, start) + to + text.slice(end);
  writeFileSync(source, mutated);
  writeFileSync(built, transpile(file, mutated).code);
  return () => {
    mkdirSync(dirname(source), { recursive: true });
    mkdirSync(dirname(built), { recursive: true });
    writeFileSync(source, text);
    writeFileSync(built, module);
  };
}

/** A mutant may have written or removed what it should not: then the room is made again. */
function tidy({ pristine, room, inventory: before }) {
  let after;
  try {
    after = inventory(room.folder);
    if (after === before) return room.sweep();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  room.close();
  copyRoom(pristine, room.folder);
}
