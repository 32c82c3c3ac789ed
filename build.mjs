/**
 * Builds into a new folder, then swaps it in for dist as a whole: a build that fails, or is killed while it compiles, leaves the old one
 * as it was. A process that runs from dist loads modules as it needs them, so end it before you build.
 * With --modules every module stays a file, for coverage and debuggers: the same library, and three times as slow to import.
 * @example node build.mjs [--if-missing | --if-stale] [--modules]
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { bundle, CHUNKS, writeThreadOfModules } from './bundle.mjs';
import { compileSimd, SIMD_TARGETS } from './workers/simd/build.mjs';

const SOURCES = ['src', 'workers'];
const DIST = 'dist';

const sources = SOURCES.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);

/** Whether modules are joined into a few files. */
const isBundle = !process.argv.includes('--modules');

/** The files of a complete build: of a bundle, each module also as CommonJS, which its ES module passes on. */
const outputs = [
  ...sources
    .filter((path) => path.endsWith('.ts') && !path.startsWith(join('workers', 'simd')))
    .flatMap((path) => (isBundle ? ['.js', '.cjs'] : ['.js']).map((ending) => path.replace(/\.ts$/, ending))),
  join('workers', 'fill.cjs'),
  ...SIMD_TARGETS.map((target) => join('workers', 'simd', `${target}.wasm`)),
];

const modifiedAt = (path) => statSync(path).mtimeMs;

const isMissing = () =>
  existsSync(join(DIST, CHUNKS)) !== isBundle || outputs.some((path) => !existsSync(join(DIST, path)));

const isStale = () =>
  isMissing() || Math.max(...sources.map(modifiedAt)) > modifiedAt(join(DIST, 'src', 'index.js'));

const CONDITIONS = { '--if-missing': isMissing, '--if-stale': isStale };

/** @returns the compiler's exit code */
function compile(folder) {
  const path = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
  const options = { shell: true, stdio: 'inherit', env: { ...process.env, PATH: path } };
  return spawnSync(`tsc -p tsconfig.json --outDir ${folder}`, options).status ?? 1;
}

async function build() {
  const [next, last] = ['next', 'last'].map((name) => join('build', `${name}-${process.pid}`));
  mkdirSync('build', { recursive: true });
  try {
    process.exitCode = compile(next);
    if (process.exitCode !== 0) return;
    if (isBundle) await bundle(next);
    else writeThreadOfModules(next);
    await compileSimd(join(next, 'workers', 'simd'));
    chmodSync(join(next, 'src', 'cli.js'), 0o755);
    if (existsSync(DIST)) renameSync(DIST, last);
    try {
      renameSync(next, DIST);
    } catch (error) {
      if (existsSync(last)) renameSync(last, DIST);
      throw error;
    }
  } finally {
    for (const folder of [next, last]) rmSync(folder, { recursive: true, force: true });
  }
}

const [condition] = process.argv.slice(2).filter((argument) => argument !== '--modules');
const isWanted = condition === undefined ? () => true : CONDITIONS[condition];
if (isWanted === undefined)
  throw new Error(`build.mjs takes ${Object.keys(CONDITIONS).join(' or ')}, and --modules, not ${condition}`);
if (isWanted()) await build();
