/** Rows, sparse and other kinds that depend on the whole shape, in checkpoints that are planned, written in parts, or resumed after a kill. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine, SharedTensor, type Dtype, type InitInput } from 'jumpfill';
import { at } from '../../src/base/at.js';
import { expectSameBytes } from '../support/bytes.js';
import { runCli } from '../support/cli.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { DONE, filesOf, init, leaveUnfinished, makeRun } from '../support/killed-runs.js';
import { readSafetensors } from '../support/safetensors.js';
import { slowTest } from '../support/thorough.js';

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: InitInput;
}

const TENSORS: readonly Case[] = [
  {
    name: 'embed',
    shape: [300, 701],
    dtype: 'float32',
    init: { kind: 'normal', std: 0.02, zero_rows: [0, 299] },
  },
  {
    name: 'qkv',
    shape: [600, 500],
    dtype: 'bfloat16',
    init: {
      kind: 'uniform',
      low: -1,
      high: 1,
      rows: [
        { from: 100, to: 300, init: { kind: 'sparse', sparsity: 0.3 } },
        { from: 300, to: 500, init: { kind: 'orthogonal' } },
        { from: 599, to: 600, init: { kind: 'ones' } },
      ],
    },
  },
  { name: 'sparse', shape: [500, 301], dtype: 'float32', init: { kind: 'sparse', sparsity: 0.07 } },
  { name: 'eye', shape: [400, 403], dtype: 'float32', init: { kind: 'eye', gain: 3 } },
  { name: 'dirac', shape: [64, 32, 7, 9], dtype: 'float16', init: { kind: 'dirac', groups: 2 } },
  { name: 'count', shape: [300, 301], dtype: 'int64', init: { kind: 'arange', zero_rows: [7] } },
  { name: 'delta', shape: [4, 3, 60, 131], dtype: 'float32', init: { kind: 'delta_orthogonal' } },
];
const SPEC = { seed: 5, shard_size: '500KB', tensors: TENSORS };

const engine = new Engine({ threads: 2, seed: 5n });
afterAll(() => engine.close());

/** The files of a run in one piece. */
let whole: Map<string, string>;
beforeAll(async () => {
  const folder = makeRun(SPEC);
  expect(await init(folder)).toEqual(DONE);
  whole = filesOf(folder);
});

/** Each tensor of a checkpoint of shards is what a fill draws. */
async function expectDrawn(folder: string): Promise<void> {
  const shards = listFolder(folder).filter((name) => name.endsWith('.safetensors'));
  const stored = shards.flatMap((name) => readSafetensors(join(folder, name)).tensors);
  expect(stored).toHaveLength(TENSORS.length);
  for (const { name, shape, dtype, init } of TENSORS) {
    const { data } = await engine.fill(SharedTensor.empty<Dtype>(shape, { name, dtype }), init);
    expectSameBytes(stored.find((tensor) => tensor.name === name)?.data ?? new Uint8Array(), data, name);
  }
}

test('parts that are merged are the checkpoint of one run, file by file', async () => {
  const parts = makeRun(SPEC);
  for (const part of ['2/2', '1/2']) expect(await init(parts, '--part', part)).toEqual(DONE);
  expect([...filesOf(parts).keys()]).not.toContain('m.safetensors.index.json');
  const merged = await runCli(['merge', join(parts, 'out', 'm.safetensors')]);
  expect(merged).toMatchObject({ code: 0 });
  expect(filesOf(parts)).toEqual(whole);
  expect(whole.size).toBeGreaterThan(5);
  await expectDrawn(join(parts, 'out'));
});

slowTest('a killed run that is resumed leaves the checkpoint of an unbroken one', async () => {
  const { folder } = await leaveUnfinished(SPEC);
  expect(await init(folder, '--resume')).toEqual(DONE);
  expect(filesOf(folder)).toEqual(whole);
});

test('a plan shows rows as they were given, and plans the bytes that are written', async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  const plan = await engine.planCheckpoint(SPEC, { out });
  const byName = new Map(plan.tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, init: given } of TENSORS) expect(byName.get(name)?.init, name).toMatchObject(given);
  const { byteLength } = await engine.writeCheckpoint(SPEC, { out });
  expect(plan.byteLength).toBe(byteLength);
  await expectDrawn(folder);
  const spec = join(makeRun(SPEC), 'spec.json');
  const { code, stdout } = await runCli(['plan', spec, '--out', join(makeFolder(), 'm.safetensors')]);
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  for (const { name } of TENSORS) expect(lines.filter((line) => line.startsWith(name))).toHaveLength(1);
  expect(
    at(
      lines.filter((line) => line.startsWith('embed')),
      0,
    ),
  ).toMatch(/zero_rows/);
});
