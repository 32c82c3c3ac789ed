/** Compares a folder with what unbroken runs wrote: the model that is being written, and the older one that it replaces. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';

const isWork = (name) => name.startsWith('.jumpfill-');
const isIndex = (name) => name.endsWith('.index.json');

/** Reads the files that have their names. */
export function readFiles(folder) {
  const names = readdirSync(folder).filter((name) => !isWork(name) && name !== 'lost+found');
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]));
}

export function writeFiles(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

/** Checks that each file is the old or the new one, and that an index has all its shards, of one model. */
export function checkSeen(folder, { after, before }) {
  const there = readFiles(folder);
  const models = [after, ...(before ? [before] : [])];
  for (const [name, bytes] of there) {
    if (models.some((model) => isSame(model.get(name), bytes))) continue;
    throw new Fault('wrong bytes', `${name} is ${describe(bytes, after.get(name))}`);
  }
  for (const [name, bytes] of there) {
    if (!isIndex(name)) continue;
    const shards = [...new Set(Object.values(JSON.parse(bytes.toString()).weight_map))];
    if (models.some((model) => shards.every((shard) => isSame(model.get(shard), there.get(shard))))) continue;
    throw new Fault('wrong bytes', `${name} describes a mixture: ${describeShards(shards, there, models)}`);
  }
}

/** @throws {Fault} a file of the new model is missing or wrong, or there is another one */
export function checkFinished(folder, { after }) {
  const there = readFiles(folder);
  for (const [name, bytes] of there) {
    if (isSame(after.get(name), bytes)) continue;
    throw new Fault('wrong bytes', `at the end ${name} is ${describe(bytes, after.get(name))}`);
  }
  const missing = [...after.keys()].filter((name) => !there.has(name));
  if (missing.length > 0) throw new Fault('wrong bytes', `at the end ${missing.join(', ')} is missing`);
}

export function isFinished(folder, { after }) {
  const there = readFiles(folder);
  return [...after].every(([name, bytes]) => isSame(bytes, there.get(name)));
}

/** @throws {Fault} a work folder, or a temporary file */
export function checkNothingLeft(folder) {
  const left = readdirSync(folder).filter(isWork);
  if (left.length === 0) return;
  const found = left.map((name) => [name, ...contentsOf(join(folder, name))].join(' '));
  throw new Fault('left behind', found.join(', '));
}

function contentsOf(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

const isSame = (a, b) => a !== undefined && b !== undefined && a.equals(b);

function describe(bytes, wanted) {
  if (wanted === undefined) return `a file of ${bytes.length} bytes that should have no name`;
  if (bytes.length !== wanted.length) return `${bytes.length} bytes long in place of ${wanted.length}`;
  const different = bytes.reduce((count, byte, i) => count + (byte === wanted[i] ? 0 : 1), 0);
  return `different in ${different} of ${bytes.length} bytes`;
}

const describeShards = (shards, there, [after, before]) =>
  shards
    .map((shard) => {
      const bytes = there.get(shard);
      if (bytes === undefined) return `${shard} missing`;
      return `${shard} ${isSame(after.get(shard), bytes) ? 'new' : isSame(before?.get(shard), bytes) ? 'old' : 'neither'}`;
    })
    .join(', ');
