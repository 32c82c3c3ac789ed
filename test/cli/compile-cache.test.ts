/** V8's compile cache: the command line's own, and never switched on for a program that imports the library. */
import nodeModule from 'node:module';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLI } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';
import { evaluate, runProgram } from '../support/program.js';

/** Folders that a run leaves where temporary files go. */
function leftBy(
  run: (environment: Readonly<Record<string, string>>) => { readonly code: number | null },
): string[] {
  const folder = makeFolder();
  const environment = { TMPDIR: folder, TMP: folder, TEMP: folder, NODE_COMPILE_CACHE: '' };
  expect(run(environment).code).toBe(0);
  return readdirSync(folder);
}

const hasCache = 'enableCompileCache' in nodeModule;

test.runIf(hasCache)('the command line keeps compiled code for its next run', () => {
  expect(leftBy((environment) => runProgram([CLI, '--version'], undefined, environment))).toEqual([
    'node-compile-cache',
  ]);
});

test('the library keeps none', () => {
  const program =
    "import { fill, normal, SharedTensor } from 'jumpfill'; await fill(SharedTensor.empty([9]), normal());";
  expect(leftBy((environment) => evaluate(program, undefined, environment))).toEqual([]);
});
