/**
 * Which test file reaches which part of which module: runs each file of the fast suite in a process of its own and reads the coverage of
 * its processes and threads. Rows go to a file, one a line, as they come: a collection that was stopped goes on where it stopped, and a
 * test file that changed is run again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Room } from './rooms.mjs';
import { readCoverage } from './ranges.mjs';

export const MAP = 'build/coverage/map.jsonl';
export const ROOMS = 'build/rooms';
export const MOST_WORKERS = 2;
const LIMIT_MS = 600_000;

/** They pack, install or build the package, which would undo a mutant, or run no code of it. */
const LEFT_OUT = /^test\/(?:package|consumers|bundle|layers|time-limits)\.test\.ts$/;

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A row's intervals are of the module with this hash. */
export const hashModule = (room, module) => hash(readFileSync(join(room, 'dist', module)));

/** @returns tells whether a row, or its intervals of one module, are of the modules that a room has now */
export function comparedWith(room) {
  const hashes = new Map();
  const hashNow = (module) => {
    if (!hashes.has(module))
      hashes.set(module, existsSync(join(room, 'dist', module)) ? hashModule(room, module) : undefined);
    return hashes.get(module);
  };
  return ({ built = {} }, module) =>
    (module === undefined ? Object.keys(built) : [module]).every((name) => built[name] === hashNow(name));
}

/** @returns the last row of each test file */
export function readMap(path = MAP) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return [...new Map(lines.map((line) => JSON.parse(line)).map((row) => [row.file, row])).values()];
}

/**
 * @param pristine  the room whose tests are listed
 * @param folders  rooms that are like it
 * @param log      told of each file
 * @param isOver   asked before each file
 * @param isExact  whether test files run again that ran other sources
 * @param limitMs  for a file; one that takes longer is left out, and run again by a collection with a higher limit
 */
export async function collect({ pristine, folders, log, isOver, isExact = false, limitMs = LIMIT_MS }) {
  mkdirSync('build/coverage', { recursive: true });
  const known = new Map(readMap().map((row) => [row.file, row]));
  const isCurrent = comparedWith(pristine);
  const isKnown = (file, row) =>
    row?.hash === hash(readFileSync(join(pristine, file))) &&
    !(row.limitMs < limitMs) &&
    (!isExact || isCurrent(row));
  const files = listTests(pristine).filter((file) => !isKnown(file, known.get(file)));
  let done = 0;
  const work = async (folder) => {
    const room = new Room(folder);
    for (let file; !isOver() && (file = files.shift()) !== undefined;) {
      const row = await collectFile(room, file, limitMs);
      appendFileSync(MAP, `${JSON.stringify(row)}\n`);
      log(
        `${++done} done, ${files.length} left: ${file}, ${row.ms} ms${row.ok ? '' : `, FAILED: ${JSON.stringify(row.failure)}`}`,
      );
    }
    room.close();
  };
  await Promise.all(folders.map(work));
}

const listTests = (root) =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts') && !LEFT_OUT.test(file))
    // Not by folder: half a collection should be half of every folder.
    .sort((a, b) => (hash(a) < hash(b) ? -1 : 1));

async function collectFile(room, file, limitMs) {
  const folder = resolve(room.folder, 'build/coverage');
  const { outcome, files } = await room.run([{ file, ms: 0 }], {
    coverage: folder,
    bail: false,
    limitMs: () => limitMs,
  });
  const modules = existsSync(folder) ? readCoverage(folder, room.folder) : new Map();
  room.sweep();
  const { failure = outcome } = files[0] ?? {};
  const ms = files[0]?.ms ?? (outcome === 'timed out' ? limitMs : 0);
  const ok = files[0]?.ok === true;
  return {
    file,
    hash: hash(readFileSync(join(room.folder, file))),
    ok,
    ms,
    ...(ok ? {} : { failure }),
    ...(outcome === 'timed out' ? { limitMs } : {}),
    modules: Object.fromEntries(modules),
    built: Object.fromEntries([...modules.keys()].map((module) => [module, hashModule(room.folder, module)])),
  };
}
