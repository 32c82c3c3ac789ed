/** Kept tensors under other names, tied ones and left-out ones: what was written can be written again, and compared, by what it records. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { expectSameBytes } from '../../support/bytes.js';
import { makeFolder } from '../../support/folder.js';
import { randomBytesOf, saveSource, type RandomTensor } from '../../support/random-source.js';
import { readSafetensors } from '../../support/safetensors.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

const MODEL: readonly RandomTensor[] = [
  { name: 'embed.weight', dtype: 'F32', shape: [10, 7] },
  { name: 'layers.0.weight', dtype: 'BF16', shape: [8, 6] },
  { name: 'layers.1.weight', dtype: 'BF16', shape: [8, 6] },
  { name: 'layers.0.codes', dtype: 'F4', shape: [32] },
  { name: 'lm_head.weight', dtype: 'F16', shape: [20, 5] },
];

const init = { kind: 'normal', std: 0.02 };

/** Swaps two names, puts others under `model.`, leaves one out and draws one. */
const SPEC = {
  seed: 7,
  default: { init: { kind: 'keep' } },
  rules: [
    { match: '*.codes', skip: true },
    { match: 'lm_head.weight', rename: 'layers.0.weight', init },
    { match: '*', rename: 'model.$1', init: { kind: 'keep' } },
  ],
};

interface Case {
  readonly spec: object;
  /** What is written, and what it was kept as. */
  readonly kept: Readonly<Record<string, string>>;
}

const CASES: Readonly<Record<string, Case>> = {
  'the names of others': {
    spec: SPEC,
    kept: {
      'model.embed.weight': 'embed.weight',
      'model.layers.0.weight': 'layers.0.weight',
      'model.layers.1.weight': 'layers.1.weight',
    },
  },
  'a drawn tensor under the name of a kept one': {
    spec: {
      ...SPEC,
      rules: [
        { match: 'new', rename: 'embed.weight', init },
        { match: 'embed.weight', rename: 'a$$b*' },
      ],
      tensors: [
        { name: 'new', shape: [3, 4], dtype: 'float16' },
        { name: 'embed.weight', shape: [10, 7] },
        { name: 'lm_head.weight', shape: [20, 5] },
        { name: 'twin', shape: [10, 7], same_as: 'embed.weight' },
        { name: 'half', shape: [20, 5], same_as: 'lm_head.weight' },
      ],
    },
    kept: {
      'a$b*': 'embed.weight',
      'lm_head.weight': 'lm_head.weight',
      twin: 'embed.weight',
      half: 'lm_head.weight',
    },
  },
  "torch's sequence": {
    spec: { ...SPEC, generator: 'torch' },
    kept: { 'model.embed.weight': 'embed.weight' },
  },
};

describe.each(Object.entries(CASES))('%s', (_, { spec, kept }) => {
  const source = { like: '' };
  beforeEach(() => {
    source.like = saveSource(MODEL, 2);
  });
  const write = async (from: unknown, options = {}): Promise<string> => {
    const out = join(makeFolder(), 'm.safetensors');
    await engine.writeCheckpoint(from, { out, like: source.like, ...options });
    return out;
  };

  test('have the bytes of the source', async () => {
    const { tensors } = readSafetensors(await write(spec));
    for (const [name, nameThere] of Object.entries(kept)) {
      const stored = MODEL.find((tensor) => tensor.name === nameThere) ?? expect.fail(nameThere);
      expectSameBytes(
        tensors.find((tensor) => tensor.name === name)?.data ?? new Uint8Array(),
        randomBytesOf(stored),
        name,
      );
    }
  });

  test('are verified, by the metadata and by the spec', async () => {
    const { like } = source;
    const out = await write(spec);
    for (const options of [{}, { like }, { like, spec }])
      expect((await engine.verifyCheckpoint(out, options)).equal).toBe(true);
  });

  test('are written again by the spec that the checkpoint gives, and by the one that is printed', async () => {
    const out = await write(spec);
    const own = (await openCheckpoint(out)).spec();
    expectSameBytes(readFileSync(await write(JSON.parse(JSON.stringify(own)))), readFileSync(out));
    const printed = join(makeFolder(), 'spec.json');
    writeFileSync(printed, execFileSync(process.execPath, ['dist/src/cli.js', 'recipe', out]));
    expectSameBytes(readFileSync(await write(JSON.parse(readFileSync(printed, 'utf8')))), readFileSync(out));
  });

  test('are the same in shards', async () => {
    const whole = new Map(readSafetensors(await write(spec)).tensors.map(({ name, data }) => [name, data]));
    const out = await write(spec, { shardSize: 200 });
    const index = `${out}.index.json`;
    const sharded = await openCheckpoint(index);
    expect(sharded.names.toSorted()).toEqual([...whole.keys()].toSorted());
    const again = await write(JSON.parse(JSON.stringify(sharded.spec())));
    expect(readFileSync(`${again}.index.json`)).toEqual(readFileSync(index));
    expect((await engine.verifyCheckpoint(index, { like: source.like })).equal).toBe(true);
  });
});

test('of two that are tied to a tensor of another shard, one is kept and the other tied to it where only their shard is read', async () => {
  const like = saveSource(MODEL);
  const out = join(makeFolder(), 'm.safetensors');
  const tied = ['twin', 'third'].map((name) => ({ name, shape: [10, 7], same_as: 'embed.weight' }));
  const listed = [
    { name: 'embed.weight', shape: [10, 7] },
    { name: 'lm_head.weight', shape: [20, 5] },
  ];
  const spec = { seed: 1, default: { init: { kind: 'keep' } }, tensors: [...listed, ...tied] };
  await engine.writeCheckpoint(spec, { out, like, shardSize: 560 });
  const shard = await openCheckpoint(out.replace('.safetensors', '-00002-of-00002.safetensors'));
  expect(shard.names).toEqual(['twin', 'third']);
  const own = shard.spec();
  expect(own).toMatchObject({
    rules: [{ match: 'embed.weight', rename: 'twin' }],
    tensors: [{ name: 'embed.weight' }, { name: 'third', same_as: 'embed.weight' }],
  });
  const alone = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(JSON.parse(JSON.stringify(own)) as object, { out: alone, like });
  const embed = MODEL[0] ?? expect.fail();
  for (const { data } of readSafetensors(alone).tensors) expectSameBytes(data, randomBytesOf(embed));
});

test("a list decides the order in which torch draws: of the checkpoint's nothing is said", async () => {
  const like = saveSource(MODEL);
  const tensors = [
    { name: 'new', shape: [4], init },
    { name: 'embed.weight', shape: [10, 7], init: { kind: 'keep' } },
  ];
  const order = 'does not say in which order';
  const listed = await engine.planCheckpoint({ generator: 'torch', seed: 1, tensors }, { like });
  expect(listed.warnings.filter((warning) => warning.includes(order))).toEqual([]);
  const ruled = await engine.planCheckpoint(
    { generator: 'torch', seed: 1, default: { init } },
    { like: saveSource(MODEL.slice(0, 3)) },
  );
  expect(ruled.warnings.filter((warning) => warning.includes(order))).toHaveLength(1);
});

test('a spec of rules that rename is compared by the names of the checkpoint that it is like, also if it keeps none', async () => {
  const like = saveSource(MODEL);
  const out = join(makeFolder(), 'm.safetensors');
  const spec = {
    seed: 7,
    rules: [
      { match: '*.codes', skip: true },
      { match: '*', rename: 'model.$1', init },
    ],
  };
  await engine.writeCheckpoint(spec, { out, like });
  expect(await engine.verifyCheckpoint(out, { spec, like })).toMatchObject({ equal: true, unchecked: [] });
  expect((await engine.verifyCheckpoint(out)).equal).toBe(true);
});

test('rules that rename are no spec of what they wrote, unless the names before are given', async () => {
  const like = saveSource(MODEL);
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out, like });
  await expect(engine.verifyCheckpoint(out, { spec: SPEC })).rejects.toThrow(
    'rules[1].rename: the spec lists no tensors',
  );
  await expect(engine.inspectCheckpoint(out, { spec: SPEC })).rejects.toThrow(
    'rules[1].rename: the spec lists no tensors',
  );
});

test('tensors that the source calls the same are kept as one while they are, and refused once they were trained apart', async () => {
  const like = join(makeFolder(), 'tied.safetensors');
  const tensors = [
    { name: 'embed', shape: [16], init },
    { name: 'head', shape: [16], same_as: 'embed' },
  ];
  await engine.writeCheckpoint({ seed: 1, tensors }, { out: like });
  const rules = { seed: 1, default: { init: { kind: 'keep' } } };
  const write = async (spec: object): Promise<readonly Uint8Array[]> => {
    const out = join(makeFolder(), 'm.safetensors');
    await engine.writeCheckpoint(spec, { out, like });
    expect((await engine.verifyCheckpoint(out, { like })).equal).toBe(true);
    return readSafetensors(out).tensors.map(({ data }) => data);
  };
  const [embed, head] = await write(rules);
  expect(head).toEqual(embed);
  const bytes = readFileSync(like);
  writeFileSync(like, bytes.fill(7, bytes.length - 4));
  await expect(write(rules)).rejects.toThrow(
    /"head" is the same as "embed" by the metadata of .*, and has other bytes/,
  );
  const [, apart] = await write({ ...rules, tensors: tensors.map(({ name, shape }) => ({ name, shape })) });
  expect([...(apart ?? [])].slice(-4)).toEqual([7, 7, 7, 7]);
});
