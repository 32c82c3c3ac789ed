/** What V8 counted, as intervals of a module's text: `[start, end, start, end, ...]`, ascending, apart. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @param functions  of one script: each range of each is inside those before it or apart from them, and the innermost one counts */
export function coveredIntervals(functions) {
  const ranges = functions
    .flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const edges = [];
  const open = [];
  let at = 0;
  const paintTo = (end) => {
    if (end > at && open.at(-1)?.count > 0) edges.push(at, end);
    at = Math.max(at, end);
  };
  const close = () => {
    paintTo(open.at(-1).endOffset);
    open.pop();
  };
  for (const range of ranges) {
    while (open.length > 0 && open.at(-1).endOffset <= range.startOffset) close();
    paintTo(range.startOffset);
    open.push(range);
  }
  while (open.length > 0) close();
  return union(edges, []);
}

/** @returns the intervals that cover what one of the two covers */
export function union(a, b) {
  const pairs = [];
  for (const list of [a, b]) for (let i = 0; i < list.length; i += 2) pairs.push([list[i], list[i + 1]]);
  pairs.sort((x, y) => x[0] - y[0]);
  const joined = [];
  for (const [start, end] of pairs) {
    if (joined.length > 0 && start <= joined.at(-1)) joined[joined.length - 1] = Math.max(joined.at(-1), end);
    else joined.push(start, end);
  }
  return joined;
}

/** Whether an offset is in one of them. */
export function covers(intervals, offset) {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (intervals[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** Whether one of them has a part of `[start, end)`: V8 says of some blocks that they did not run, and of blocks inside that they did. */
export const overlaps = (intervals, start, end) =>
  intervals.some((edge, i) => i % 2 === 0 && edge < end && intervals[i + 1] > start);

/** A module of the build, or of a copy that a test made of it: its path in the build, after the folder of the room. */
const MODULE = /\/((?:src|workers)\/(?:(?!\/(?:src|workers)\/).)*\.js)(?:[?#].*)?$/;

/**
 * Reads what all processes and threads of one run wrote.
 * @param folder  that of NODE_V8_COVERAGE
 * @param room    the folder whose modules count
 * @returns       a map from a module's path in the build to its covered intervals
 */
export function readCoverage(folder, room) {
  const start = pathToFileURL(join(room, '/')).href;
  const modules = new Map();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    // A process that was killed while it wrote leaves a part.
    if (!text.trimEnd().endsWith('}')) continue;
    for (const { url, functions } of JSON.parse(text).result) {
      const [, path] = (url.startsWith(start) && MODULE.exec(url)) || [];
      if (path !== undefined) modules.set(path, union(modules.get(path) ?? [], coveredIntervals(functions)));
    }
  }
  return modules;
}
