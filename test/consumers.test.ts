/** Projects that use the library compile with all declarations checked, with any choice of library types. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeFolder } from './support/folder.js';
import { casesOf } from './support/thorough.js';

const WASM = `
import { SharedTensor } from 'jumpfill';
export const tensor = SharedTensor.wrap(new WebAssembly.Memory({ shared: true, initial: 1, maximum: 1 }), [4]);
`;

let folder: string;

/** The package as it is installed, with the types of Node and none of the packages that it depends on. */
beforeEach(() => {
  folder = makeFolder();
  const installed = join(folder, 'node_modules', 'jumpfill');
  mkdirSync(installed, { recursive: true });
  cpSync('package.json', join(installed, 'package.json'));
  cpSync('dist', join(installed, 'dist'), { recursive: true });
  symlinkSync(resolve('node_modules/@types'), join(folder, 'node_modules', '@types'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'main.ts'), readFileSync('test/support/consumer.ts'));
  writeFileSync(join(folder, 'wasm.ts'), WASM);
});

/** The compiler's complaints. */
function compile(files: readonly string[], lib: readonly string[], resolution: string): string {
  const modules =
    resolution === 'nodenext'
      ? ['--module', 'nodenext']
      : ['--module', 'esnext', '--moduleResolution', resolution];
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
  const { stdout } = spawnSync(
    process.execPath,
    [
      resolve('node_modules/@typescript/native/bin/tsc'),
      ...['--noEmit', '--target', 'es2022', '--types', 'node'],
      ...modules,
      ...strict,
      ...['--lib', lib.join(',')],
      ...files,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  return stdout;
}

const PROJECTS = [
  [['main.ts'], ['es2023'], 'nodenext'],
  [['main.ts', 'wasm.ts'], ['es2023', 'dom'], 'nodenext'],
  [['main.ts', 'wasm.ts'], ['esnext', 'webworker'], 'bundler'],
] as const;

test.each(casesOf({ few: PROJECTS.slice(0, 1), all: PROJECTS }))(
  '%j with the library types %j, resolved as by %s',
  (files, lib, resolution) => {
    expect(compile(files, lib, resolution)).toBe('');
  },
);

test('and a mistake would be found', () => {
  writeFileSync(join(folder, 'mistake.ts'), "import { fill } from 'jumpfill';\nvoid fill(1);\n");
  expect(compile(['mistake.ts'], ['es2023'], 'nodenext')).toContain('mistake.ts(2,6): error TS');
});
