/** What npm packs, installs and runs: the package from its clone, and the clone itself. */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { publint } from 'publint';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeFolder } from './support/folder.js';

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** The files of the clone that matter to npm. */
const CLONED = [
  'package.json',
  'tsconfig.json',
  'build.mjs',
  'bundle.mjs',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'src',
  'workers',
  'dist',
];

let clone: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  clone = makeFolder();
  for (const name of CLONED) cpSync(name, join(clone, name), { recursive: true, preserveTimestamps: true });
  for (const path of ['bench/models', 'bench/README.md', 'test/golden'])
    cpSync(path, join(clone, path), { recursive: true });
  symlinkSync(resolve('node_modules'), join(clone, 'node_modules'), 'junction');
  // A cache of its own: npx remembers what it has linked. No network.
  // The settings of an npm around this test must not reach the npm under test.
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  environment = {
    ...Object.fromEntries(outer),
    npm_config_cache: join(makeFolder(), 'cache'),
    npm_config_offline: 'true',
  };
});

function run(command: string, parameters: readonly string[]): string {
  const options: ExecFileSyncOptions = { cwd: clone, env: environment, shell: process.platform === 'win32' };
  return execFileSync(command, parameters, { ...options, encoding: 'utf8', stdio: 'pipe' });
}

function readTarball(path: string): ArrayBuffer {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Which files there are, as they were made. */
const snapshot = (folder: string): object =>
  listFiles(folder).map((path) => {
    const { ino, mtimeMs, size } = statSync(join(folder, path));
    return { path, ino, mtimeMs, size };
  });

const hashes = (folder: string): object =>
  Object.fromEntries(
    listFiles(folder).map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** The scripts that npm runs, or warns of, when a package is installed. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];

describe('the tarball', () => {
  test('has a complete build, models, pages and no script that an install would run or warn about', () => {
    const before = snapshot(join(clone, 'dist'));
    const [packed] = JSON.parse(run('npm', ['pack', '--json'])) as { filename: string }[];
    run('tar', ['-xzf', packed?.filename ?? '']);
    const root = join(clone, 'package');
    const { scripts, bin, version } = readManifest(root);
    expect(Object.keys(scripts).filter((name) => INSTALL_SCRIPTS.includes(name))).toEqual([]);
    expect(existsSync(join(root, 'binding.gyp'))).toBe(false);
    expect(run(process.execPath, [join(root, bin['jumpfill'] ?? ''), '--version'])).toBe(`${version}\n`);
    expect(hashes(join(root, 'dist'))).toEqual(hashes('dist'));
    expect(new Set(readdirSync(root))).toEqual(
      new Set([
        ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md'],
        ...['dist', 'bench', 'src', 'workers', 'test'],
      ]),
    );
    expect(listFiles(join(root, 'src')).filter((path) => !path.startsWith('domain/'))).toContain(
      'cli/README.md',
    );
    expect(readdirSync(join(root, 'bench/models'))).toContain('gpt2.json');
    expect(snapshot(join(clone, 'dist'))).toEqual(before);
  });
});

test('the tarball satisfies publint and Are The Types Wrong for an ESM package', async () => {
  const [packed] = JSON.parse(run('npm', ['pack', '--json'])) as { filename: string }[];
  const tarball = join(clone, packed?.filename ?? '');
  const { messages } = await publint({ pack: { tarball: readTarball(tarball) }, strict: true });
  expect(messages).toEqual([]);
  const parameters = ['attw', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii'];
  // It exits with an error if there is a problem.
  expect(run('npx', parameters)).toContain('node16 (from ESM): 🟢 (ESM)');
});

describe('in the clone', () => {
  test('npx runs the existing build, and leaves it as it is', () => {
    const before = snapshot(join(clone, 'dist'));
    const { version } = readManifest(clone);
    for (let time = 0; time < 2; time++) expect(run('npx', ['jumpfill', '--version'])).toBe(`${version}\n`);
    expect(snapshot(join(clone, 'dist'))).toEqual(before);
  });

  test('the script after an install leaves a complete build alone, even one that is older than the sources', () => {
    const before = snapshot(join(clone, 'dist'));
    writeFileSync(join(clone, 'src/newer.ts'), '');
    rmSync(join(clone, 'src/newer.ts'));
    writeFileSync(join(clone, 'src/index.ts'), readFileSync(join(clone, 'src/index.ts')));
    run('npm', ['run', 'postprepare']);
    expect(snapshot(join(clone, 'dist'))).toEqual(before);
  });

  test('it builds if there is no build or a file of it is missing, and leaves nothing else behind', () => {
    const whole = hashes('dist');
    rmSync(join(clone, 'dist'), { recursive: true });
    run('npm', ['run', 'postprepare']);
    expect(hashes(join(clone, 'dist'))).toEqual(whole);
    for (const file of ['simd/narrowing.wasm', 'fill.cjs']) rmSync(join(clone, 'dist/workers', file));
    writeFileSync(join(clone, 'dist/src/of-an-older-build.js'), '');
    run('npm', ['run', 'postprepare']);
    expect(hashes(join(clone, 'dist'))).toEqual(whole);
    expect(listFiles(join(clone, 'build'))).toEqual([]);
  });

  test('npm start and npm pack rebuild a build that is older than its sources', () => {
    const { scripts } = readManifest(clone);
    expect([scripts['prestart'], scripts['prepack']]).toEqual(Array(2).fill('node build.mjs --if-stale'));
    writeFileSync(join(clone, 'src/newer.ts'), 'export const NEWER = 1;\n');
    run('npm', ['run', 'prestart']);
    expect(existsSync(join(clone, 'dist/src/newer.js'))).toBe(true);
  });

  test('a build that fails leaves the old one in place', () => {
    const before = snapshot(join(clone, 'dist'));
    writeFileSync(join(clone, 'src/wrong.ts'), 'export const wrong: number = "text";\n');
    expect(() => run('npm', ['run', 'build', '--silent'])).toThrow();
    expect(snapshot(join(clone, 'dist'))).toEqual(before);
    expect(listFiles(join(clone, 'build'))).toEqual([]);
  });
});
