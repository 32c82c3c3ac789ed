/** A report is JSON: JSON.parse(JSON.stringify(report)) is the same report, and `--json` prints it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine, type CheckpointPlan, type VerifyReport, type WriteReport } from 'jumpfill';
import { runCli, writeSpec } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';

const SEED = 2n ** 64n - 1n;
const engine = new Engine({ threads: 1, seed: SEED });
afterAll(() => engine.close());

const SPEC = {
  tensors: [
    { name: 'w', shape: [8, 8], init: { kind: 'truncated_normal', low: 1, high: 'inf' } },
    { name: 'b', shape: [8], init: { kind: 'zeros' } },
  ],
};

/** Overwrites the first elements of the file's last tensor with values that JSON has no number for. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeFloatLE(NaN, bytes.length - 32);
  writeFileSync(path, bytes);
}

const reports = new Map<string, object>();
beforeAll(async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  reports.set('writeCheckpoint', await engine.writeCheckpoint(SPEC, { out }));
  reports.set('planCheckpoint', await engine.planCheckpoint(SPEC, { out: join(folder, 'p.safetensors') }));
  reports.set('verifyCheckpoint', await engine.verifyCheckpoint(out, { sample: 0.5, sampleSeed: SEED }));
  reports.set('inspectCheckpoint', await engine.inspectCheckpoint(out));
  damage(out);
  reports.set('verifyCheckpoint of a NaN', await engine.verifyCheckpoint(out));
  const sharded = { out: join(folder, 's.safetensors'), shardSize: 256 };
  for (const part of [1, 2]) await engine.writeCheckpoint(SPEC, { ...sharded, part: { part, parts: 2 } });
  reports.set('mergeCheckpoint', await engine.mergeCheckpoint({ out: sharded.out }));
});

const reportOf = (title: string): object => reports.get(title) ?? expect.fail('no report');

const TITLES = [
  'writeCheckpoint',
  'planCheckpoint',
  'verifyCheckpoint',
  'verifyCheckpoint of a NaN',
  'inspectCheckpoint',
  'mergeCheckpoint',
];

test.each(TITLES)('the report of %s is the same after a trip through JSON', (title) => {
  const report = reportOf(title);
  const present = Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined));
  expect(JSON.parse(JSON.stringify(report))).toStrictEqual(present);
});

test('seeds are decimal digits, infinite bounds are as in a spec, and a NaN is null beside its bits', () => {
  const { seed, tensors } = reportOf('writeCheckpoint') as WriteReport;
  expect(seed).toBe('18446744073709551615');
  expect(tensors[0]?.init).toEqual({ kind: 'truncated_normal', mean: 0, std: 1, low: 1, high: 'inf' });
  expect((reportOf('planCheckpoint') as CheckpointPlan).tensors[0]?.init).toEqual(tensors[0]?.init);
  expect((reportOf('verifyCheckpoint') as VerifyReport).sampleSeed).toBe('18446744073709551615');
  const { differences } = reportOf('verifyCheckpoint of a NaN') as VerifyReport;
  expect(differences).toMatchObject([{ first: { found: { value: null, bits: '0x7fc00000' } } }]);
});

test('the command line prints the same', async () => {
  const folder = makeFolder();
  const [spec, out] = [writeSpec(folder, SPEC), join(folder, 'm.safetensors')];
  const { stdout } = await runCli(['init', spec, '--out', out, '--seed', String(SEED), '--json']);
  const printed = JSON.parse(stdout) as WriteReport;
  const own = reportOf('writeCheckpoint') as WriteReport;
  expect(Object.keys(printed)).toEqual(Object.keys(own));
  expect([printed.seed, printed.tensors]).toEqual([own.seed, own.tensors]);
});
