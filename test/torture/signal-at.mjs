/**
 * Loaded before a program (--import). The process sends itself a signal before or after some of the calls that change files.
 * TORTURE_SIGNAL is SIGKILL or SIGSTOP, TORTURE_POINTS a list such as `main 17 before, worker 5 after`: the 17th such call of the main
 * thread, the 5th of any worker. With TORTURE_LOG, a path, every call adds a line there: `main 17 link shard-1 m.safetensors`.
 */
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const CHANGES = [
  ...['appendFile', 'chmod', 'copyFile', 'cp', 'link', 'mkdir', 'mkdtemp', 'rename', 'rm', 'rmdir'],
  ...['symlink', 'truncate', 'unlink', 'utimes', 'writeFile'],
];
const OF_HANDLES = [
  ...['appendFile', 'chmod', 'datasync', 'sync', 'truncate', 'utimes', 'write', 'writeFile', 'writev'],
];
const OF_DESCRIPTORS = ['fdatasyncSync', 'fsyncSync', 'ftruncateSync', 'writeSync', 'writevSync'];

/** A signal to oneself may take a moment, during which nothing else may happen. */
const MOMENT_MS = 50;

const { TORTURE_SIGNAL, TORTURE_POINTS = '', TORTURE_LOG } = process.env;
const thread = isMainThread ? 'main' : 'worker';
const points = new Set(TORTURE_POINTS.split(/, */));
const { appendFileSync } = fs;
let calls = 0;

function signal() {
  process.kill(process.pid, TORTURE_SIGNAL);
  const never = new Int32Array(new SharedArrayBuffer(4));
  do Atomics.wait(never, 0, 0, MOMENT_MS);
  while (TORTURE_SIGNAL === 'SIGKILL');
}

/** If one of Node's functions calls another, that counts as one call. */
let isInside = false;

function inside(action) {
  isInside = true;
  try {
    return action();
  } finally {
    isInside = false;
  }
}

function noteCall(name, parameters) {
  calls++;
  if (TORTURE_LOG === undefined) return;
  const paths = parameters.filter((value) => typeof value === 'string' && value.startsWith('/'));
  const line = [thread, calls, name, ...paths.map((path) => basename(path))].join(' ');
  inside(() => appendFileSync(TORTURE_LOG, `${line}\n`));
}

const watch = (original, name) =>
  function (...parameters) {
    const call = () => original.apply(this, parameters);
    if (isInside || (/^open/.test(name) && isForReading(parameters[1]))) return call();
    noteCall(name, parameters);
    const here = `${thread} ${calls}`;
    if (points.has(`${here} before`)) signal();
    const result = inside(call);
    if (!points.has(`${here} after`)) return result;
    if (result instanceof Promise) return result.finally(signal);
    signal();
    return result;
  };

const isForReading = (flags = 'r') =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) === 0
    : flags === 'r';

function watchAll(target, names) {
  for (const name of names) if (target[name] !== undefined) target[name] = watch(target[name], name);
}

const handle = await open(new URL(import.meta.url));
const prototype = Object.getPrototypeOf(handle);
await handle.close();
watchAll(prototype, OF_HANDLES);
watchAll(fs.promises, [...CHANGES, 'open']);
watchAll(fs, [...[...CHANGES, 'open'].map((name) => `${name}Sync`), ...OF_DESCRIPTORS]);
syncBuiltinESMExports();
