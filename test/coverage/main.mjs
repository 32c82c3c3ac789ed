/**
 * What the fast suite runs, in all its processes and threads: counts the functions and branches of src that no test reaches, by folder,
 * and lists the recovery paths among them.
 *
 *     node test/coverage/main.mjs [--folder F] [--stored] [--all]
 *
 * --folder  lists the parts of these sources only, such as src/storage/write
 * --all     lists functions and branches, too; otherwise recovery paths alone: what is done about an error, and what throws one
 * --stored  from what an earlier run stored, without running a test
 *
 * Test files run one by one, so it takes about ten minutes; what was collected is kept in build/coverage/map.jsonl, and a test file runs
 * again when it or the sources have changed. A process that gets SIGKILL tells nothing: what runs only there counts as not reached.
 * The exit code is 1 if a recovery path is missing from known.json beside this file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect, comparedWith, MAP, MOST_WORKERS, readMap, ROOMS } from './collect.mjs';
import { listParts } from './parts.mjs';
import { overlaps, union } from './ranges.mjs';
import { openRooms } from './rooms.mjs';
import { places, transpile } from './transpile.mjs';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'src' },
    stored: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
  },
});

const log = (line) => console.log(line);
const pristine = join(ROOMS, 'pristine');

if (!values.stored) {
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (isInterrupted = true));
  const { folders } = await openRooms(ROOMS, MOST_WORKERS);
  await collect({ pristine, folders, log, isOver: () => isInterrupted, isExact: true });
}

const isCurrent = comparedWith(pristine);

/** Offsets in modules that have changed since say nothing. */
function mergeRows(rows) {
  const merged = new Map();
  for (const row of rows)
    for (const [module, intervals] of Object.entries(row.modules))
      if (isCurrent(row, module)) merged.set(module, union(merged.get(module) ?? [], intervals));
  return merged;
}

/** @returns the parts of a source, with whether each was reached */
function measure(file, merged) {
  const text = readFileSync(join(pristine, file), 'utf8');
  const mapped = places(transpile(file, text), text).sort((a, b) => a.source - b.source);
  const covered = merged.get(file.replace(/\.ts$/, '.js')) ?? [];
  const builtAt = (start) => mapped.findLast(({ source }) => source <= start)?.built ?? 0;
  return listParts(file, text).map((part) => ({
    ...part,
    file,
    isReached: overlaps(covered, builtAt(part.start), builtAt(part.end - 1) + 1),
  }));
}

const rows = readMap();
if (rows.length === 0) throw new Error(`${MAP} has no rows. Run this without --stored.`);
const stale = rows.filter((row) => !isCurrent(row)).length;
if (stale > 0)
  log(`${stale} of ${rows.length} test files ran other sources, and count as far as those are the same.`);
const merged = mergeRows(rows);
const parts = readdirSync(join(pristine, values.folder), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .flatMap((path) => measure(join(values.folder, path), merged));

const known = JSON.parse(readFileSync(new URL('known.json', import.meta.url), 'utf8'));
const reasonOf = ({ file, code }) =>
  known.find((entry) => entry.file === file && entry.code === code)?.reason;
const share = (list) => `${list.filter(({ isReached }) => isReached).length} of ${list.length}`;
const KINDS = { function: 'functions', branch: 'branches', recovery: 'recovery paths' };
const sharesOf = (list) =>
  Object.entries(KINDS)
    .map(([kind, name]) => `${share(list.filter((part) => part.kind === kind))} ${name}`)
    .join(', ');

let unnamed = 0;
for (const folder of [...new Set(parts.map(({ file }) => dirname(file)))].sort()) {
  const own = parts.filter(({ file }) => dirname(file) === folder);
  log(`${folder}: ${sharesOf(own)}`);
  for (const part of own.filter(({ isReached }) => !isReached)) {
    const reason = reasonOf(part);
    if (reason === undefined && part.kind === 'recovery') unnamed++;
    if (values.all || part.kind === 'recovery')
      log(
        `    ${part.kind} ${part.file}:${part.line}  ${part.code}${reason === undefined ? '' : `\n        ${reason}`}`,
      );
  }
}
log(`all: ${sharesOf(parts)}; ${unnamed} of these not reached and without a reason in known.json`);
if (unnamed > 0) process.exitCode = 1;
