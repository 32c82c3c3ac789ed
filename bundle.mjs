/**
 * Joins the compiled modules into a few files: to find, read and link a module costs a process 0.5 ms, whatever is in it. They are
 * CommonJS: what is loaded on demand then comes by a plain require(), which loaders, test runners and bundlers all understand, and which
 * costs a thread's start less. Each module's own ES module stays and passes on what its part of a file exports, so tests and benches
 * import single modules and share their state with the library.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
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
  // What threads do, the calling thread does, too.
  ['fill', ['src/engine/jobs/shift.js', 'src/storage/open-work.js']],
  ...COMPARED,
  ['engine', ['src/api/engine-parts.js']],
  ...ON_DEMAND,
];

/** The same of a thread. */
const REACHED_BY_THREADS = [['run', [`${THREAD}.js`]], ...COMPARED, ...ON_DEMAND];

/** Programs, each in a file of its own. An older Node must be able to parse the first one, which names the versions that jumpfill needs. */
const ALONE = ['src/cli.js', 'src/cli/main.js', 'src/engine/simd/revectorizer-trial.js'];

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

/** What rolldown's CommonJS must not ask Node's require() or `import.meta` for: in somebody else's bundle there may be neither. */
const withoutRequireOfNode = {
  name: 'without-require-of-node',
  transform: (code) =>
    code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', `(typeof __filename === 'string' ? ${FILE_URL} : undefined)`)
      : null,
  renderChunk: (code) =>
    code.replace(/\brequire\(("node:[^"]+")\)/g, (_, name) => `process.getBuiltinModule(${name})`),
};
const FILE_URL = `process.getBuiltinModule('node:url').pathToFileURL(__filename).href`;

/**
 * Exports as plain properties: rolldown writes a getter for each, in case that its variable changes, and V8 parses two hundred functions.
 * Here each is a constant, and chunks do not import one another in circles.
 */
const exportPlainly = {
  name: 'export-plainly',
  renderChunk: (code) => code.replace(GETTER, 'exports.$1 = $2;'),
};
const GETTER =
  /^Object\.defineProperty\(exports, "([\w$]+)", \{\s+enumerable: true,\s+get: function \(\) \{\s+return ([\w$]+);\s+\}\s+\}\);$/gm;

/**
 * What is loaded on demand (on-demand.ts) is named by a require() that every loader and bundler understands.
 * @param folder  where those modules lie in the build
 */
const loadOnDemand = (folder) => ({
  name: 'load-on-demand',
  transform: (code) => code.replace(DEMANDED, "new OnDemand('$1.js', () => __load('$1.cjs'))"),
  renderChunk: (code, { fileName }) =>
    code.replace(/\b__load\("([^"]+)"\)/g, (_, path) => {
      const place = posix.relative(posix.dirname(fileName), posix.join(folder, path));
      return `require("${place.startsWith('.') ? place : `./${place}`}")`;
    }),
});
const DEMANDED = /\bnew OnDemand\('([^']+)\.js'\)/g;

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

/** @returns the files that were written */
async function writeCommonJs(root, { input, files, prefix, plugins }) {
  const build = await rolldown({
    // Names of modules in comments are relative to it.
    cwd: root,
    input,
    platform: 'node',
    // Packages and Node's own modules.
    external: /^[^./]/,
    checks: { circularDependency: true, ineffectiveDynamicImport: false },
    plugins: [withoutRequireOfNode, exportPlainly, ...plugins],
  });
  const { output } = await build.write({
    dir: root,
    format: 'cjs',
    strict: true,
    // An import then has all exports as the default one, whoever loads it.
    esModule: false,
    minifyInternalExports: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: `${CHUNKS}/[name].cjs`,
    codeSplitting: { groups: groupsOf(root, files, prefix) },
    comments: false,
  });
  await build.close();
  return output;
}

/** @param folder  a whole build of single modules; overwritten */
export async function bundle(folder) {
  const root = resolve(folder);
  await bundleForThreads(root);
  const all = listFiles(root).filter((path) => path.endsWith('.js') && path !== `${THREAD}.js`);
  const paths = new Set(['src/index.js', ...all]);
  const output = await writeCommonJs(root, {
    // The library comes first: modules stand in a file in the order in which it runs them, and it refuses an older Node first of all.
    input: Object.fromEntries([...paths].map((path) => [path.slice(0, -'.js'.length), join(root, path)])),
    files: REACHED,
    prefix: PREFIX,
    plugins: [loadOnDemand('')],
  });
  for (const { isEntry, fileName, exports } of output) if (isEntry) writeModule(root, fileName, exports);
  writeModule(root, `${THREAD}.cjs`, ['default']);
}

/**
 * The ES module of a CommonJS one, beside it: not of the joined file that has what it passes on, since Node 20 would read that twice, for
 * the names of its exports.
 */
function writeModule(root, fileName, exports) {
  const path = join(root, fileName.replace(/\.cjs$/, '.js'));
  const [begin] = /^(?:#!.*\n)?/.exec(readFileSync(path, 'utf8'));
  const from = `'./${posix.basename(fileName)}';\n`;
  const names = exports.filter((name) => name !== 'default');
  const lines = [
    exports.length === 0 ? `import ${from}export {};\n` : `import all from ${from}`,
    names.length === 0 ? '' : `export const { ${names.join(', ')} } = all;\n`,
    exports.includes('default') ? 'export default all.default;\n' : '',
  ];
  writeFileSync(path, begin + lines.join(''));
}

/**
 * Threads have files of their own, with what they begin with in one. What they load on demand lies in the folder of the thread's module,
 * under the paths of the library's modules.
 */
async function bundleForThreads(root) {
  await writeCommonJs(root, {
    input: { [THREAD]: join(root, `${THREAD}.js`) },
    files: REACHED_BY_THREADS,
    prefix: THREAD_PREFIX,
    plugins: [emitModulesOnDemand(root), loadOnDemand('workers')],
  });
}

/** Modules that no import names (on-demand.ts). */
function emitModulesOnDemand(root) {
  const emitted = new Set();
  return {
    name: 'emit-modules-on-demand',
    transform(code) {
      for (const [, path] of code.matchAll(DEMANDED)) {
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
