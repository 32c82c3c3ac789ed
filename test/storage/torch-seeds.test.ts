/** A cached normal belongs to the seed that drew it; a seed that another replaces is not used. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { failureOf } from '../support/failure.js';
import { listFolder, makeFolder } from '../support/folder.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const NORMAL = { kind: 'normal' };
const SPEC = {
  seed: 42,
  generator: 'torch',
  shard_size: 28,
  tensors: [
    { name: 'x', shape: [7], init: NORMAL },
    { name: 'y', shape: [7], init: NORMAL },
  ],
};

/** The second of two shards: its tensor begins with the normal that is left over from the first. */
async function secondShard(): Promise<string> {
  const folder = makeFolder();
  await engine.writeCheckpoint(SPEC, { out: join(folder, 'm.safetensors') });
  return join(folder, 'm-00002-of-00002.safetensors');
}

const REFUSED =
  'Tensor "y": cached_normal belongs to seed 42, and the seed is 7. Leave it out with its first_word, or use the spec of the whole checkpoint.';

describe('with another seed than that of a cached normal', () => {
  test('nothing is written, planned, streamed or drawn', async () => {
    const spec = (await openCheckpoint(await secondShard())).spec();
    const folder = makeFolder();
    const calls = [
      () => engine.writeCheckpoint(spec, { out: join(folder, 'm.safetensors'), seed: 7 }),
      () => engine.planCheckpoint(spec, { seed: 7n }),
      () => engine.drawSlice(spec, { name: 'y', seed: 7 }),
      () => engine.streamCheckpoint(spec, { seed: 7 }).next(),
    ];
    for (const call of calls)
      expect(await failureOf(call())).toMatchObject({ code: 'BAD_SPEC', message: REFUSED });
    expect(listFolder(folder)).toEqual([]);
  });

  test('nothing is compared, by the metadata or by a spec', async () => {
    const path = await secondShard();
    const spec = (await openCheckpoint(path)).spec();
    const rules = { default: { init: NORMAL } };
    for (const options of [
      { seed: 7 },
      { spec, seed: 7 },
      { spec: rules, seed: 7 },
      { spec: { ...rules, seed: 7 } },
    ])
      expect(await failureOf(engine.verifyCheckpoint(path, options))).toMatchObject({
        code: 'BAD_SPEC',
        message: REFUSED,
      });
    for (const options of [{ seed: 42 }, { spec }, { spec: rules }])
      expect(await engine.verifyCheckpoint(path, options)).toMatchObject({ equal: true });
  });

  test('the whole checkpoint draws: its spec needs none', async () => {
    const folder = makeFolder();
    await engine.writeCheckpoint(SPEC, { out: join(folder, 'm.safetensors') });
    const whole = (await openCheckpoint(join(folder, 'm.safetensors.index.json'))).spec();
    expect(await engine.drawSlice(whole, { name: 'y', seed: 7 })).toEqual(
      await engine.drawSlice(SPEC, { name: 'y', seed: 7 }),
    );
  });
});

test("a spec's seed that another replaces need only be one that some generator takes", async () => {
  const spec = { ...SPEC, seed: -1, shard_size: undefined };
  const choice = { seed: 42, generator: 'xoroshiro128+' } as const;
  expect(await engine.planCheckpoint(spec, choice)).toMatchObject({ seed: '42', generator: 'xoroshiro128+' });
  expect((await engine.drawSlice(spec, { name: 'x', ...choice })).length).toBe(7);
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  await engine.writeCheckpoint(spec, { out, ...choice });
  expect(await engine.verifyCheckpoint(out, { spec, ...choice })).toMatchObject({ equal: true });
  for (const seed of [2n ** 64n, 0.5, 'one'])
    expect(await failureOf(engine.planCheckpoint({ ...spec, seed }, choice))).toMatchObject({
      code: 'BAD_SEED',
    });
  const { generator } = choice;
  expect(await failureOf(engine.planCheckpoint(spec, { generator }))).toMatchObject({ code: 'BAD_SEED' });
});
