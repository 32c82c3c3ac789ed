/** The fuzzer finds nothing in the real readers, and finds the bugs that are planted in others. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { casesOf } from '../support/thorough.js';

const fuzz = async (...parameters: string[]): Promise<{ code: number | string; stdout: string }> =>
  await new Promise((resolve) => {
    execFile(process.execPath, ['test/fuzz/main.mjs', ...parameters], (error, stdout) => {
      resolve({ code: error?.code ?? 0, stdout });
    });
  });

const CASES = casesOf({ few: 1200, all: 3600 });

test(`${CASES} broken headers, indices, recipes, specs, journals and answers of the Hub are read as JSON.parse reads them, or refused`, async () => {
  const { code, stdout } = await fuzz('--seed', '20261123', '--cases', String(CASES));
  // Some inputs of every target are still read: otherwise only the first check would be tested.
  const targets = ['header', 'index', 'recipe', 'spec', 'journal', 'hub'].map(
    (target) => `${target}: ${CASES / 6} \\(\\d{2,} read\\)`,
  );
  expect(stdout).toMatch(new RegExp(`^seed 20261123\n${CASES} cases: ${targets.join(', ')}\n$`));
  expect(code).toBe(0);
});

test.each(['gullible-reader', 'forgetful-reader'])('it notices a %s, and saves the case', async (reader) => {
  const { code, stdout } = await fuzz(
    '--seed',
    '1',
    '--cases',
    '8000',
    '--readers',
    `test/faults/${reader}.mjs`,
  );
  expect(code).toBe(1);
  const [, path = ''] =
    /^header, case \d+ of seed 1, saved as (build\/fuzz\/header-\d+):$/m.exec(stdout) ?? [];
  expect(readFileSync(path).length).toBeGreaterThan(0);
  rmSync(path);
});
