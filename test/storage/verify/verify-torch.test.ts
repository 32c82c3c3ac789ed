/** Checkpoints of torch's generator that another program has touched, and specs that they are compared with. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { failureOf } from '../../support/failure.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';
import { frame, headerOf, indexOf, saveFile, type Entry } from '../../support/stored-files.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

/** Two dtypes, so that files hold another order than the spec; normals that are left over for the next tensor. */
const SPEC = {
  seed: -5,
  generator: 'torch',
  default: { init: { kind: 'normal', std: 0.5 } },
  rules: [{ match: 'c', init: { kind: 'zeros' } }],
  tensors: [
    { name: 'a', shape: [3], dtype: 'bfloat16' },
    { name: 'b', shape: [40, 50] },
    { name: 'c', shape: [7] },
    { name: 'd', shape: [5], dtype: 'float64' },
    { name: 'e', shape: [1], dtype: 'float32' },
    { name: 'f', shape: [2000], dtype: 'bfloat16' },
  ],
};
const { tensors: LISTED, ...RULES } = SPEC;

async function write(spec: object = SPEC, shardSize?: number): Promise<string> {
  const folder = makeFolder();
  await engine.writeCheckpoint(spec, { out: join(folder, 'm.safetensors'), shardSize });
  return folder;
}

/** Saves some of a file's tensors again, in this order, with its metadata or without. */
function saveAgain(folder: string, names: readonly string[], keepsMetadata = true): string {
  const { tensors, metadata } = readSafetensors(join(folder, 'm.safetensors'));
  const entries: Record<string, Entry> = {};
  let end = 0;
  const data = names.map((name) => {
    const tensor = tensors.find((candidate) => candidate.name === name) ?? expect.fail(name);
    entries[name] = [tensor.dtype, tensor.shape, end, (end += tensor.data.length)];
    return tensor.data;
  });
  const header = headerOf(entries, keepsMetadata ? metadata : undefined);
  return saveFile(frame(header, Buffer.concat(data)));
}

/** By name. */
const dataOf = (folder: string): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries(
    readSafetensors(join(folder, 'm.safetensors')).tensors.map(({ name, data }) => [name, data]),
  );

const NAMES = LISTED.map(({ name }) => name);

describe('a file that another program saved again', () => {
  test('in another order is equal, and its spec writes the same tensors', async () => {
    const folder = await write();
    const path = saveAgain(folder, [...NAMES].reverse());
    expect(await engine.verifyCheckpoint(path)).toMatchObject({ equal: true });
    const again = await write((await openCheckpoint(path)).spec());
    expect(dataOf(again)).toEqual(dataOf(folder));
  });

  test.each(NAMES)(
    'without %s is equal, but for what is missing, and its spec writes the others',
    async (lost) => {
      const folder = await write();
      const path = saveAgain(
        folder,
        NAMES.filter((name) => name !== lost),
      );
      const report = await engine.verifyCheckpoint(path);
      expect(report).toMatchObject({ differences: [], metadataDifferences: [], missing: [lost] });
      const again = await write((await openCheckpoint(path)).spec());
      expect({ ...dataOf(again), [lost]: dataOf(folder)[lost] }).toEqual(dataOf(folder));
    },
  );

  test('without metadata is equal to its spec, and to rules alone in the order of its header', async () => {
    const path = saveAgain(await write(), NAMES, false);
    expect(await engine.verifyCheckpoint(path, { spec: SPEC })).toMatchObject({ equal: true });
    const rules = { ...RULES, default: { init: SPEC.default.init } };
    expect(await engine.verifyCheckpoint(path, { spec: rules })).toMatchObject({ equal: true });
    const other = saveAgain(await write(), [...NAMES].reverse(), false);
    expect(await engine.verifyCheckpoint(other, { spec: rules })).toMatchObject({ equal: false });
  });
});

describe('a spec', () => {
  test('of rules alone takes the order from the metadata, also for one shard', async () => {
    const folder = await write(SPEC, 100);
    expect(await engine.verifyCheckpoint(folder, { spec: RULES })).toMatchObject({ equal: true });
    const shards = listFolder(folder).filter((name) => name.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(2);
    for (const name of shards)
      expect(await engine.verifyCheckpoint(join(folder, name), { spec: RULES })).toMatchObject({
        equal: true,
      });
  });

  test('decides by its own order: what the metadata record otherwise is reported', async () => {
    const folder = await write();
    const spec = { ...SPEC, tensors: [...LISTED.slice(0, 4), ...LISTED.slice(4).reverse()] };
    const { equal, differences, metadataDifferences } = await engine.verifyCheckpoint(folder, { spec });
    expect(equal).toBe(false);
    expect(differences.map(({ name }) => name)).toEqual(['e', 'f']);
    expect(metadataDifferences.map(({ name, figure }) => [name, figure])).toEqual([
      ['e', 'firstWord'],
      ['f', 'firstWord'],
    ]);
  });

  test('without a generator has the one of the metadata; one that it names goes before that', async () => {
    const folder = await write();
    const unnamed = { ...SPEC, seed: undefined, generator: undefined };
    expect(await engine.verifyCheckpoint(folder, { spec: unnamed })).toMatchObject({
      equal: true,
      generator: 'torch',
    });
    const named = { ...unnamed, generator: 'xoroshiro128+' };
    const report = await engine.verifyCheckpoint(folder, { spec: named });
    const difference = { figure: 'generator', stored: 'torch', expected: 'xoroshiro128+' };
    expect(report.metadataDifferences).toEqual([difference]);
    expect(report).toMatchObject({ equal: false, generator: 'xoroshiro128+' });
    expect(report.differences).toHaveLength(5);
    expect(await engine.verifyCheckpoint(folder, { spec: named, generator: 'torch' })).toMatchObject({
      equal: true,
    });
    expect(await failureOf(engine.verifyCheckpoint(folder, { generator: 'torch' }))).toMatchObject({
      code: 'BAD_OPTION',
    });
    expect(await engine.inspectCheckpoint(folder, { spec: unnamed })).toMatchObject({
      recipe: { from: 'spec', generator: 'torch' },
    });
  });
});

test('files of the same seed and different generators are not one checkpoint', async () => {
  const folder = makeFolder();
  const files: Record<string, string[]> = {};
  for (const generator of ['torch', 'xoroshiro128+'] as const) {
    const tensors = [{ name: generator, shape: [4], init: { kind: 'normal' } }];
    await engine.writeCheckpoint(
      { seed: 1, generator, tensors },
      { out: join(folder, `${generator}.safetensors`) },
    );
    files[`${generator}.safetensors`] = [generator];
  }
  saveFile(indexOf(files), 'm.safetensors.index.json', folder);
  const { message } = await failureOf(engine.verifyCheckpoint(join(folder, 'm.safetensors.index.json')));
  expect(message).toMatch(/torch\.safetensors was made with generator torch, .* with xoroshiro128\+/);
});

test('merging refuses shards of different generators', async () => {
  const spec = {
    seed: 1,
    default: { init: { kind: 'normal' } },
    tensors: LISTED.map(({ name }) => ({ name, shape: [64] })),
  };
  const [torch, other] = [makeFolder(), makeFolder()];
  for (const [folder, generator] of [
    [torch, 'torch'],
    [other, 'xoroshiro128+'],
  ] as const)
    await engine.writeCheckpoint(spec, { out: join(folder, 'm.safetensors'), shardSize: 1000, generator });
  const shard = 'm-00001-of-00002.safetensors';
  copyFileSync(join(other, shard), join(torch, shard));
  const error = await failureOf(engine.mergeCheckpoint({ out: join(torch, 'm.safetensors'), force: true }));
  expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
  expect(error.message).toContain('the generator is torch in one and xoroshiro128+ in the other');
});

test('merging refuses shards whose files are alike and whose tensors were drawn in another order', async () => {
  const tensors = [
    { name: 'a', shape: [4], dtype: 'float32' },
    { name: 'b', shape: [4], dtype: 'float64' },
    { name: 'c', shape: [4], dtype: 'float64' },
  ];
  const spec = { ...SPEC, rules: [], tensors };
  // Widest first: a file has b before a, whichever was drawn first.
  const [a, b, c] = tensors;
  const [folder, other] = [makeFolder(), makeFolder()];
  await engine.writeCheckpoint(spec, { out: join(folder, 'm.safetensors'), shardSize: 48 });
  await engine.writeCheckpoint(
    { ...spec, tensors: [b, a, c] },
    { out: join(other, 'm.safetensors'), shardSize: 48 },
  );
  const shard = 'm-00001-of-00002.safetensors';
  const namesIn = (path: string): string[] =>
    readSafetensors(join(path, shard)).tensors.map(({ name }) => name);
  expect([namesIn(folder), namesIn(other)]).toEqual([
    ['b', 'a'],
    ['b', 'a'],
  ]);
  copyFileSync(join(other, shard), join(folder, shard));
  const error = await failureOf(engine.mergeCheckpoint({ out: join(folder, 'm.safetensors'), force: true }));
  expect(error.message).toContain("the checkpoint's digest is");
});
