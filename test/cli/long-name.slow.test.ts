/** One name of 200,000 characters beside 3,000 others: every output cuts it, and no command runs out of memory. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnCli, writeSpec, type CliRun } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';
import { frame, headerOf, saveFile, type Entry } from '../support/stored-files.js';

const LONG = 'N'.repeat(200_000);
const NAMES = [LONG, ...Array.from({ length: 3000 }, (_, i) => `t${i}`)];

/** A heap limit: a fifth of what it took when the whole name went into the table. */
const run = async (...parameters: readonly string[]): Promise<CliRun> =>
  await spawnCli(parameters, { NODE_OPTIONS: '--max-old-space-size=256' });

const saveCheckpoint = (): string => {
  const told = Object.fromEntries(NAMES.map((name) => [name, { init: { kind: 'zeros' } }]));
  const jumpfill = JSON.stringify({ version: '0.4.0', byte_contract: 1, seed: '42', tensors: told });
  const entries = NAMES.map((name, i): [string, Entry] => [name, ['F32', [1], 4 * i, 4 * i + 4]]);
  const json = headerOf(Object.fromEntries(entries), { jumpfill });
  return saveFile(frame(json, 4 * NAMES.length));
};

const saveSpec = (): string => {
  const tensors = NAMES.map((name) => ({ name, shape: [1] }));
  return writeSpec(makeFolder(), { seed: 1, default: { init: { kind: 'zeros' } }, tensors });
};

function expectCut({ code, stdout, stderr }: CliRun, expected: number): void {
  expect(stderr).not.toMatch(/ at .*\.js:\d/);
  expect(code, stderr).toBe(expected);
  expect(`${stdout}${stderr}`).not.toMatch(/N{301}/);
  expect(`${stdout}${stderr}`).toMatch(/N{50}/);
  expect(stdout.length).toBeLessThan(3e6);
}

test('inspect has a table, and a page', async () => {
  const html = join(makeFolder(), 'page.html');
  expectCut(await run('inspect', saveCheckpoint(), '--html', html), 0);
  expect(readFileSync(html, 'utf8')).not.toMatch(/N{301}/);
});

test('plan has a table', async () => {
  expectCut(await run('plan', saveSpec()), 0);
});

test('init prints a table, and does not fail after its file is complete', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  expectCut(await run('init', saveSpec(), '--out', out), 0);
  expect(existsSync(out)).toBe(true);
});

test('verify reports what differs', async () => {
  const ones = { seed: 1, rules: [{ match: '*', init: { kind: 'ones' } }] };
  expectCut(await run('verify', saveCheckpoint(), '--spec', writeSpec(makeFolder(), ones)), 1);
});

test('JSON has the whole name', async () => {
  for (const parameters of [
    ['inspect', saveCheckpoint(), '--json'],
    ['plan', saveSpec(), '--json'],
  ] as const) {
    const { code, stdout } = await run(...parameters);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tensors: expect.arrayContaining([expect.objectContaining({ name: LONG })]) as unknown,
    });
  }
});
