/**
 * Rooms: copies of the package with an unbundled build, in which tests run beside each other, and beside your work. A room's process
 * keeps a warm vitest, so that a run of one file costs its own time and a fork.
 * @module
 */
import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpile } from './transpile.mjs';
import { writeThreadOfModules } from '../../bundle.mjs';
import { compileSimd } from '../../workers/simd/build.mjs';

const PROCESS = fileURLToPath(new URL('room-process.mjs', import.meta.url));

/** What a file may take beyond its own time: a machine that is busy with other work must not end it. */
const GRACE_MS = 20_000;
const GRACE_FACTOR = 8;

/** @returns the files of the package: what git has or would add */
const listFiles = () =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((path) => path !== '' && existsSync(path));

const STAMP = '.stamp';

/** A hash of all that a room is made from. */
function stampOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/**
 * Makes rooms: one that stays as it is, and others to work in.
 * @param isKept  whether rooms that are there are used even if the package has changed since
 */
export async function openRooms(parent, count, isKept = false) {
  const pristine = join(parent, 'pristine');
  const stamp = stampOf(listFiles());
  const stamped = join(pristine, STAMP);
  const isThere = existsSync(stamped) && (isKept || readFileSync(stamped, 'utf8') === stamp);
  if (!isThere) {
    await furnish(pristine);
    writeFileSync(stamped, stamp);
  }
  const folders = Array.from({ length: count }, (_, i) => join(parent, String(i + 1)));
  for (const folder of folders) copyRoom(pristine, folder);
  return { pristine, folders };
}

async function furnish(folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const path of listFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(path, join(folder, path));
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const name of ['build', 'tmp', 'own-tmp']) mkdirSync(join(folder, name));
  await buildInto(join(folder, 'dist'));
}

/** An unbundled build: one module for one source, by the transpiler whose source maps the mutants use. */
async function buildInto(dist) {
  for (const path of listFiles().filter(isSource)) {
    const out = join(dist, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, transpile(path, readFileSync(path, 'utf8')).code);
  }
  writeThreadOfModules(dist);
  const simd = join(dist, 'workers/simd');
  mkdirSync(simd, { recursive: true });
  await compileSimd(simd);
}

export const isSource = (path) => /^(?:src|workers)\/(?!simd\/|engines\/).*\.ts$/.test(path);

/** Copies a furnished room. */
export function copyRoom(from, to) {
  const waste = `${to}-${Date.now()}`;
  if (existsSync(to)) renameSync(to, waste);
  removeIfQuiet(waste);
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

/** Sizes of all files that tests read: a run that changed one has spoilt the room. */
export function inventory(folder) {
  return ['dist', 'src', 'test', 'workers', 'bench/models']
    .flatMap((name) => readdirSync(join(folder, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).size}`)
    .sort()
    .join('\n');
}

/** One room and its process. */
export class Room {
  #process;

  constructor(folder) {
    this.folder = resolve(folder);
  }

  async #start() {
    if (this.#process !== undefined) return;
    const env = { ...process.env, TMPDIR: join(this.folder, 'own-tmp'), NO_COLOR: '1' };
    delete env.NODE_V8_COVERAGE;
    const room = fork(PROCESS, [], {
      cwd: this.folder,
      detached: true,
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#process = room;
    room.once('exit', () => {
      if (this.#process === room) this.#process = undefined;
    });
    await new Promise((done, failed) => {
      room.once('message', done);
      room.once('exit', () =>
        failed(new Error(`The process of the room ${this.folder} ended before it was ready.`)),
      );
    });
  }

  /**
   * Runs test files in order, up to the first that fails.
   * @param files    `[{ file, ms }]`: paths from the package's root, and what each took before
   * @param options  coverage: a folder for what V8 writes; bail: whether the first failure ends it; limitMs: the limit for a file by its time
   * @returns        `{ outcome: 'passed' | 'failed' | 'timed out' | 'ended', files: [{ file, ok, ms, failure }] }`
   */
  async run(files, { coverage, bail = true, limitMs = (ms) => GRACE_MS + GRACE_FACTOR * ms } = {}) {
    await this.#start();
    const room = this.#process;
    const finished = [];
    return await new Promise((resolve) => {
      let timer;
      const limit = (ms) => {
        clearTimeout(timer);
        timer = setTimeout(() => end('timed out'), limitMs(ms));
      };
      const end = (outcome) => {
        clearTimeout(timer);
        room.off('message', listen);
        room.off('exit', exited);
        if (outcome === 'timed out' || outcome === 'ended') this.close();
        resolve({ outcome, files: finished });
      };
      const exited = () => end('ended');
      const listen = (message) => {
        if (message.kind === 'started') limit(files.find(({ file }) => file === message.file)?.ms ?? 0);
        if (message.kind === 'finished') finished.push(message);
        if (message.kind === 'done') end(message.failed ? 'failed' : 'passed');
      };
      room.on('message', listen);
      room.once('exit', exited);
      limit(0);
      room.send({ files: files.map(({ file }) => file), coverage, bail });
    });
  }

  /** Ends the room's process with all that it started. */
  close() {
    const room = this.#process;
    this.#process = undefined;
    if (room?.pid === undefined || room.exitCode !== null) return;
    try {
      process.kill(-room.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  /** Puts what tests left behind away, and removes it as far as nothing writes there any more: the next call removes the rest. */
  sweep() {
    const waste = join(this.folder, 'waste');
    mkdirSync(waste, { recursive: true });
    for (const name of ['build', 'tmp']) {
      renameSync(join(this.folder, name), join(waste, `${name}-${Date.now()}`));
      mkdirSync(join(this.folder, name));
    }
    removeIfQuiet(waste);
  }
}

function removeIfQuiet(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error;
  }
}
