/**
 * Joins the compiled modules into a few files: to find, read and link a module costs a process 0.5 ms, whatever is in it. Each module's
 * own file stays and passes on what its part of a file exports, so tests and benches import single modules and share their state with
 * the library.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** Where the joined files lie in a build. `own-files.ts` knows a file of this library by this folder and prefix. */
export const CHUNKS = 'chunks';
const PREFIX = 'jumpfill-';
const THREAD_PREFIX = `${PREFIX}thread-`;

/** The module that a thread runs. */
const THREAD = 'workers/fill';

/** The specification: kernels are compared with it when a process first fills. Threads seldom need it. */
const COMPARED = [
  [
    'normals',
    [
      'src/engine/simd/coefficients.js',
      'src/engine/simd/bind-narrow.js',
      'src/domain/arithmetic/narrow-floats.js',
    ],
  ],
  ['specification', ['src/engine/fillers/specification-filler.js']],
];

/** What else is loaded on demand, by a process or by its threads. */
const ON_DEMAND = [
  ['output', ['src/storage/write/fill-file.js']],
  [
    'kernels',
    [
      'src/engine/simd/bind64.js',
      'src/engine/simd/bind-whole.js',
      'src/engine/simd/matrix-filler.js',
      'src/engine/simd/operators.js',
      'src/engine/simd/packed-filler.js',
      'src/engine/simd/pattern-filler.js',
      'src/engine/simd/scalar-kernels.js',
      'src/engine/simd/sparse-filler.js',
      'src/engine/simd/torch-filler.js',
      'src/api/torch-parts.js',
      'src/domain/recipes/code-use.js',
      'src/domain/tensors/element.js',
    ],
  ],
  [
    'work',
    [
      'src/storage/write/copy-file.js',
      'src/storage/verify/compare-work.js',
      'src/storage/inspect/measure-work.js',
    ],
  ],
];

/**
 * What any of these modules imports, directly or not, is one file, unless it is in a file before: first what a process begins with, then
 * what it loads on demand.
 */
const REACHED = [
  ['node', ['src/base/node-version.js']],
  ['start', ['src/index.js']],
  ['fill', [`${THREAD}.js`]],
  ...COMPARED,
  ['engine', ['src/api/engine-parts.js']],
  ...ON_DEMAND,
];

/** The same of a thread. */
const REACHED_BY_THREADS = [['run', [`${THREAD}.js`]], ...COMPARED, ...ON_DEMAND];

/**
 * Programs, and a module that imports what others load on demand: joined to no other. An older Node reads the first to the end, and there what it lacks. The second awaits modules that
 * it imports: in a file with what those import it would wait for itself.
 */
const ALONE = ['src/cli.js', 'src/cli/main.js', 'src/engine/simd/revectorizer-trial.js', 'src/all.js'];

/** Other modules are joined by folder, lowest first: imports between folders go one way. */
const FOLDERS = [
  ['specs', /^src\/domain\/(?:recipes|specs)\//],
  ['architectures', /^src\/domain\/architectures\//],
  ['statistics', /^src\/domain\/statistics\//],
  ['files', /^src\/storage\/(?:files|format)\//],
  ['read', /^src\/(?:api\/checkpoint\.|storage\/(?:read\/|remote\/(?:address|open-source)))/],
  ['remote', /^src\/storage\/remote\//],
  ['write', /^src\/storage\/(?:companions|lock|write|ranges)\//],
  ['verify', /^src\/storage\/verify\//],
  ['inspect', /^src\/storage\/inspect\//],
  ['report', /^src\/report\//],
  ['arguments', /^src\/(?:text|cli\/(?:arguments|output))\//],
  ['commands', /./],
];

/** All that a module imports, directly or not, and itself. */
function reach(importsOf, path, reached = new Set()) {
  if (reached.has(path)) return reached;
  reached.add(path);
  for (const imported of importsOf(path)) reach(importsOf, imported, reached);
  return reached;
}

/** @returns a function that tells a module's file by its place in the build */
function joinModules(files, importsOf) {
  const names = new Map();
  for (const [chunk, roots] of files) {
    for (const path of roots.flatMap((root) => [...reach(importsOf, root)])) {
      if (!names.has(path)) names.set(path, chunk);
    }
  }
  return (path) => names.get(path) ?? FOLDERS.find(([, pattern]) => pattern.test(path))[0];
}

const listFiles = (folder) =>
  readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'));

/**
 * An import of node:crypto reads all of its getters, one of which loads all that browsers have of it: 9 ms, where a name's hash takes
 * 3. The sources of the domain import it, since they know no process.
 */
const withoutGetters = {
  name: 'without-getters',
  renderChunk: (code) =>
    code.replace(
      /^import \{([^}]*)\} from "node:crypto";$/gm,
      (_, names) => `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule("node:crypto");`,
    ),
};

const WITH_PACKAGES = {
  platform: 'node',
  // Packages and Node's own modules.
  external: /^[^./]/,
};

const pathIn = (root, id) => id.slice(root.length + 1).replaceAll('\\', '/');

/** How rolldown joins modules: by lists of REACHED's kind, then by folder. */
function groupsOf(root, files, prefix) {
  let chunkOf;
  const nameIf = (chunk) => (id, context) => {
    const importsOf = (path) =>
      (context.getModuleInfo(join(root, path))?.importedIds ?? [])
        .filter((to) => to.startsWith(root))
        .map((to) => pathIn(root, to));
    chunkOf ??= joinModules(files, importsOf);
    // A few lines are rolldown's own.
    if (!id.startsWith(root)) return null;
    const path = pathIn(root, id);
    return !ALONE.includes(path) && chunkOf(path) === chunk ? prefix + chunk : null;
  };
  const chunks = [...files, ...FOLDERS].map(([chunk]) => chunk);
  return chunks.map((chunk, i) => ({ debugName: chunk, name: nameIf(chunk), priority: chunks.length - i }));
}

/** @param folder  a whole build of single modules; overwritten */
export async function bundle(folder) {
  const root = resolve(folder);
  await bundleForThreads(root);
  const paths = new Set(['src/index.js', ...listFiles(root).filter((path) => path.endsWith('.js'))]);
  const build = await rolldown({
    // Names of modules in comments are relative to it.
    cwd: root,
    // The library comes first: modules stand in a file in the order in which it runs them, and it refuses an older Node first of all.
    input: Object.fromEntries([...paths].map((path) => [path.slice(0, -'.js'.length), join(root, path)])),
    ...WITH_PACKAGES,
    checks: { circularDependency: true, ineffectiveDynamicImport: false },
  });
  await build.write({
    dir: root,
    entryFileNames: '[name].js',
    chunkFileNames: `${CHUNKS}/[name].js`,
    codeSplitting: { groups: groupsOf(root, REACHED, PREFIX) },
    comments: false,
    plugins: [withoutGetters],
  });
  await build.close();
}

/**
 * Threads have files of their own, in CommonJS: to start the loader of ES modules takes a tenth of a thread's start. What they load on
 * demand lies in the folder of the thread's module, under the paths of the library's modules.
 */
async function bundleForThreads(root) {
  const build = await rolldown({
    cwd: root,
    input: { [THREAD]: join(root, `${THREAD}.js`) },
    ...WITH_PACKAGES,
    checks: { circularDependency: true },
    plugins: [emitModulesOnDemand(root)],
  });
  await build.write({
    dir: root,
    format: 'cjs',
    strict: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: `${CHUNKS}/[name].cjs`,
    codeSplitting: { groups: groupsOf(root, REACHED_BY_THREADS, THREAD_PREFIX) },
    comments: false,
  });
  await build.close();
}

/** Modules that no import names (on-demand.ts). */
function emitModulesOnDemand(root) {
  const emitted = new Set();
  return {
    name: 'emit-modules-on-demand',
    transform(code) {
      for (const [, path] of code.matchAll(/new OnDemand\('([^']+)\.js'\)/g)) {
        if (emitted.has(path)) continue;
        emitted.add(path);
        this.emitFile({ type: 'chunk', id: join(root, `${path}.js`), fileName: `workers/${path}.cjs` });
      }
    },
  };
}

/** For a build of single modules: its threads run those. */
export function writeThreadOfModules(folder) {
  writeFileSync(join(folder, `${THREAD}.cjs`), `module.exports = require('./fill.js').default;\n`);
}
