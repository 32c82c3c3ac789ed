/** Every report goes through JSON as `--json` prints it, and is the same report otherwise. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine, mergeCheckpoint } from 'jumpfill';
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

const reports = new Map<string, object>();
beforeAll(async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  reports.set('writeCheckpoint', await engine.writeCheckpoint(SPEC, { out }));
  reports.set('planCheckpoint', await engine.planCheckpoint(SPEC, { out: join(folder, 'p.safetensors') }));
  reports.set('verifyCheckpoint', await engine.verifyCheckpoint(out, { sample: 0.5, sampleSeed: SEED }));
  reports.set('inspectCheckpoint', await engine.inspectCheckpoint(out));
  const sharded = { out: join(folder, 's.safetensors'), shardSize: 256 };
  for (const part of [1, 2]) await engine.writeCheckpoint(SPEC, { ...sharded, part: { part, parts: 2 } });
  reports.set('mergeCheckpoint', await mergeCheckpoint({ out: sharded.out }));
});

/** What differs between a report and its JSON, by path. */
function* changes(value: unknown, written: unknown, path: string): Generator<[string, unknown, unknown]> {
  if (typeof value === 'object' && value !== null && typeof written === 'object' && written !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) yield* changes(inner, Reflect.get(written, key), `${path}.${key}`);
    }
  } else if (value !== written) yield [path, value, written];
}

test.each(['writeCheckpoint', 'planCheckpoint', 'verifyCheckpoint', 'inspectCheckpoint', 'mergeCheckpoint'])(
  'JSON of the report of %s differs in bigints, as decimal digits, and infinities, as "inf"',
  (method) => {
    const report = reports.get(method) ?? expect.fail('no report');
    const written: unknown = JSON.parse(JSON.stringify(report));
    const present = Object.entries(report).filter(([, value]) => value !== undefined);
    expect(Object.keys(written as object)).toEqual(present.map(([key]) => key));
    for (const [path, value, text] of changes(report, written, '')) {
      expect([path, text]).toEqual([path, typeof value === 'bigint' ? String(value) : 'inf']);
    }
  },
);

test('a seed stays a bigint in the report, and its copies and keys have nothing more', () => {
  const report = reports.get('writeCheckpoint') as { seed: bigint };
  expect(report.seed).toBe(SEED);
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({ seed: '18446744073709551615' });
  expect(Object.keys(report)).not.toContain('toJSON');
  expect(structuredClone(report)).toEqual({ ...report });
});

test('the command line prints the same', () => {
  const folder = makeFolder();
  const [spec, out] = [join(folder, 'spec.json'), join(folder, 'm.safetensors')];
  writeFileSync(spec, JSON.stringify(SPEC));
  const parameters = ['dist/src/cli.js', 'init', spec, '--out', out, '--seed', String(SEED), '--json'];
  const { stdout } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  const own = JSON.parse(JSON.stringify(reports.get('writeCheckpoint'))) as Record<string, unknown>;
  const printed = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(printed)).toEqual(Object.keys(own));
  const { seed, tensors } = printed;
  expect({ seed, tensors }).toEqual({ seed: own['seed'], tensors: own['tensors'] });
});
