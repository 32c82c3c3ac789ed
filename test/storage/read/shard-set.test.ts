/** Shards of different checkpoints are never read as one. */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, openCheckpoint } from 'jumpfill';
import { makeFolder } from '../../support/folder.js';
import { indexOf, saveFile } from '../../support/stored-files.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());

const specOf = (std: number, seed = 7): object => ({
  seed,
  default: { init: { kind: 'normal', std } },
  tensors: ['a', 'b', 'c'].map((name) => ({ name, shape: [10, 10] })),
});

const shardOf = (folder: string, shard: number): string =>
  join(folder, `m-0000${shard}-of-00003.safetensors`);

async function writeCheckpoint(spec: object = specOf(0.02), shardSize = 400): Promise<string> {
  const folder = makeFolder();
  await engine.writeCheckpoint(spec, { out: join(folder, 'm.safetensors'), shardSize });
  return folder;
}

async function refusalOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => 'it was read',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JumpfillError);
  expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
  return (error as JumpfillError).message;
}

/** Changes a file's metadata, without changing their length. */
function changeMetadata(path: string, from: RegExp, to: string): void {
  const bytes = readFileSync(path);
  const text = bytes.toString('latin1').replace(from, (whole) => to.padEnd(whole.length));
  writeFileSync(path, Buffer.from(text, 'latin1'));
}

describe('verifying refuses', () => {
  test('shards that a part of another spec with the same seed has overwritten', async () => {
    const folder = await writeCheckpoint();
    const out = join(folder, 'm.safetensors');
    const part = { part: 1, parts: 2 };
    // Such a part removes the index: put it back.
    const index = readFileSync(`${out}.index.json`);
    await engine.writeCheckpoint(specOf(0.5), { out, shardSize: 400, part, force: true });
    expect(existsSync(`${out}.index.json`)).toBe(false);
    writeFileSync(`${out}.index.json`, index);
    const refusal = await refusalOf(engine.verifyCheckpoint(folder));
    expect(refusal).toContain(
      `${shardOf(folder, 2)} and ${shardOf(folder, 1)} belong to different checkpoints: the checkpoint's digest is`,
    );
    // With a spec to compare with, it is a difference, and the report says why.
    const report = await engine.verifyCheckpoint(folder, { spec: specOf(0.02) });
    expect(report).toMatchObject({
      equal: false,
      metadataFault: expect.stringContaining('digest') as string,
    });
    expect(report.differences.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  test('a shard of another seed, and a file that records no shard', async () => {
    const [folder, other] = [await writeCheckpoint(), await writeCheckpoint(specOf(0.02, 8))];
    copyFileSync(shardOf(other, 3), shardOf(folder, 3));
    expect(await refusalOf(engine.verifyCheckpoint(folder))).toMatch(/seed/);
    const tensors = [{ name: 'c', shape: [10, 10], init: { kind: 'normal', std: 0.02 } }];
    await engine.writeCheckpoint({ seed: 7, tensors }, { out: shardOf(folder, 3), force: true });
    expect(await refusalOf(engine.verifyCheckpoint(folder))).toContain(
      `${shardOf(folder, 1)} records which checkpoint it is a shard of, ${shardOf(folder, 3)} does not`,
    );
  });

  test('an index that leaves out shards, or names one twice', async () => {
    const folder = await writeCheckpoint();
    const index = saveFile(
      indexOf({ 'm-00001-of-00003.safetensors': ['a'], 'm-00003-of-00003.safetensors': ['c'] }),
      'some.safetensors.index.json',
      folder,
    );
    expect(await refusalOf(engine.verifyCheckpoint(index))).toContain(`${index} has 2 of its 3 shards`);
    const wide = await writeCheckpoint(specOf(0.02), 800);
    const first = 'm-00001-of-00002.safetensors';
    copyFileSync(join(wide, first), join(wide, 'twin.safetensors'));
    const twice = indexOf({ [first]: ['a'], 'twin.safetensors': ['b'] });
    const twins = saveFile(twice, 'some.safetensors.index.json', wide);
    expect(await refusalOf(engine.verifyCheckpoint(twins))).toMatch(
      /twin.safetensors both record that they are shard 1 of 2/,
    );
  });

  test('shards whose metadata were all changed the same way', async () => {
    const folder = await writeCheckpoint();
    for (const shard of [1, 2, 3])
      changeMetadata(shardOf(folder, shard), /\\"std\\":0\.02(?=})/, '\\"std\\":0.5');
    expect(await refusalOf(engine.verifyCheckpoint(folder))).toMatch(
      /do not add up to the checkpoint that they record/,
    );
    for (const shard of [1, 2, 3]) changeMetadata(shardOf(folder, shard), /"normal\\"/, '"mormal\\"');
    expect(await refusalOf(engine.verifyCheckpoint(folder))).toMatch(
      /m-00001-of-00003.safetensors: the recipe in the metadata/,
    );
  });
});

test('a complete set is equal by its index, and each shard by itself, under any name', async () => {
  const folder = await writeCheckpoint();
  expect(await engine.verifyCheckpoint(folder)).toMatchObject({ equal: true });
  const second = join(folder, 'renamed.safetensors');
  renameSync(shardOf(folder, 2), second);
  expect(await engine.verifyCheckpoint(second)).toMatchObject({ equal: true, checkedElements: 100 });
  const names = { 'renamed.safetensors': ['b'], 'm-00003-of-00003.safetensors': ['c'] };
  const index = saveFile(
    indexOf({ ...names, 'm-00001-of-00003.safetensors': ['a'] }),
    'some.safetensors.index.json',
    folder,
  );
  expect(await engine.verifyCheckpoint(index)).toMatchObject({ equal: true, checkedElements: 300 });
  expect((await openCheckpoint(index)).spec().seed).toBe('7');
});
