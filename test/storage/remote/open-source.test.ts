/** Checkpoints on a Hub and on plain servers are opened like those on a disk. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planCheckpoint } from 'jumpfill';
import { messageOf } from '#built/base/errors.js';
import { openCheckpointFiles, type CheckpointFiles } from '#built/storage/read/checkpoint-files.js';
import { makeFolder } from '../../support/folder.js';
import { firstTimes, hangUp, sayStatus, truncate } from '../../support/hub-faults.js';
import { startHub, type Hub } from '../../support/hub-server.js';
import { fileOf, openFrom, saveFiles, saveSharded } from '../../support/remote.js';

/** Names, shapes, dtypes and positions. */
const describeFiles = ({ tensors, metadata }: CheckpointFiles): unknown => ({
  metadata,
  tensors: Array.from(tensors.values(), (tensor) => ({ ...tensor, path: '' })),
});

async function expectAsOnDisk(hub: Hub, text: string, folder: string, name = ''): Promise<CheckpointFiles> {
  const source = await openFrom(hub, text);
  const files = await source.openFiles();
  expect(describeFiles(files)).toEqual(describeFiles(await openCheckpointFiles(join(folder, name))));
  expect(source.localPath).toBeUndefined();
  return files;
}

describe('of the Hub', () => {
  test('a model of one file costs two requests at the Hub and one at the content server', async () => {
    const folder = saveFiles({ 'model.safetensors': fileOf(['a', 'b']) });
    await using hub = await startHub({ models: { gpt2: folder } });
    const files = await expectAsOnDisk(hub, 'hf:gpt2', folder);
    expect(files.path).toBe(`hf:gpt2@${hub.commitOf('gpt2')}`);
    expect(files.files.map(({ path }) => path)).toEqual([`${files.path}:model.safetensors`]);
    expect(hub.served.map(({ host }) => host)).toEqual(['hub', 'hub', 'content']);
  });

  test('a longer header costs one more, from the content server', async () => {
    const folder = saveFiles({ 'model.safetensors': fileOf(['a', 'b'], 300_000) });
    await using hub = await startHub({ models: { gpt2: folder } });
    await expectAsOnDisk(hub, 'hf:gpt2', folder);
    const ranges = hub.served.filter(({ host }) => host === 'content').map(({ range }) => range);
    expect(ranges).toEqual(['bytes=0-65535', expect.stringMatching(/^bytes=65536-300\d{3}$/)]);
  });

  test('shards, their index, a subfolder, a revision with slashes, a name without an owner that moved', async () => {
    const folder = saveFiles({ ...saveSharded(9), ...saveSharded(2, 'unet/'), 'unet/deep/other.json': '{}' });
    await using hub = await startHub({
      models: { 'openai-community/gpt2': { 'refs/pr/3': folder } },
      renamed: { gpt2: 'openai-community/gpt2' },
    });
    const { indexPath, files } = await expectAsOnDisk(hub, 'hf:gpt2@refs/pr/3', folder);
    expect(indexPath).toMatch(/^hf:gpt2@[0-9a-f]{40}:model\.safetensors\.index\.json$/);
    expect(files).toHaveLength(9);
    await expectAsOnDisk(hub, 'hf:openai-community/gpt2@refs/pr/3:unet', folder, 'unet');
    await expectAsOnDisk(
      hub,
      'hf:gpt2@refs/pr/3:unet/model-2-of-2.safetensors',
      folder,
      'unet/model-2-of-2.safetensors',
    );
  });

  test('everything is read at the commit that the Hub named first', async () => {
    const [old, pushed] = [saveFiles(saveSharded(3)), saveFiles(saveSharded(3, '', 5))];
    const revisions: Record<string, string> = { main: old };
    const models = { m: revisions };
    await using hub = await startHub({ models });
    const source = await openFrom(hub, 'hf:m');
    revisions['old'] = old;
    revisions['main'] = pushed;
    expect(describeFiles(await source.openFiles())).toEqual(describeFiles(await openCheckpointFiles(old)));
    expect(new TextDecoder().decode(await source.readBeside('config.json', 100))).toContain('test');
    expect(hub.served.filter(({ path }) => path.includes('/main/'))).toEqual([]);
  });

  test('the same folder is ambiguous, empty or no checkpoint as on a disk', async () => {
    const models = {
      two: saveFiles({ 'a.safetensors': fileOf(['a']), 'b.safetensors': fileOf(['b']) }),
      none: saveFiles({ 'config.json': '{}', 'unet/x.json': '{}' }),
      empty: makeFolder(),
    };
    await using hub = await startHub({ models });
    for (const [name, folder] of Object.entries(models)) {
      const said = await openCheckpointFiles(folder).then(() => '', messageOf);
      const source = await openFrom(hub, `hf:${name}`);
      const error = source.openFiles();
      await expect(error).rejects.toThrow(said.replace(/^.* holds/, 'holds'));
    }
    await expect(openFrom(hub, 'hf:none:vae')).rejects.toThrow('the model has no folder "vae"');
  });

  test('shards that the model lacks are named', async () => {
    const folder = saveFiles(saveSharded(3));
    rmSync(join(folder, 'model-2-of-3.safetensors'));
    await using hub = await startHub({ models: { m: folder } });
    const source = await openFrom(hub, 'hf:m');
    await expect(source.openFiles()).rejects.toThrow(
      'names 3 files, and 1 is missing: "model-2-of-3.safetensors"',
    );
  });

  test('files beside it are listed and read; a missing one costs no request', async () => {
    const folder = saveFiles({ ...saveSharded(1), 'sub/other.json': '{}' });
    await using hub = await startHub({ models: { m: folder } });
    const source = await openFrom(hub, 'hf:m');
    expect(await source.listBeside()).toEqual(
      expect.arrayContaining(['config.json', 'model.safetensors.index.json']),
    );
    expect(await source.listBeside()).not.toContain('sub');
    expect(Buffer.from((await source.readBeside('config.json', 21)) ?? []).toString()).toBe(
      '{"model_type":"test"}',
    );
    await expect(source.readBeside('config.json', 20)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const before = hub.served.length;
    expect(await source.readBeside('missing.json', 20)).toBeUndefined();
    expect(hub.served.length).toBe(before);
  });
});

describe('of a server without a list', () => {
  test('a file, an index and its shards, with the query of the address, which no label has', async () => {
    const files = saveFiles({ ...saveSharded(3, 'a b/'), 'single.safetensors': fileOf(['a']) });
    await using hub = await startHub({ files });
    const opened = await expectAsOnDisk(
      hub,
      `${hub.url}/files/a%20b/model.safetensors.index.json?key=s3cret`,
      join(files, 'a b'),
    );
    expect(JSON.stringify(opened)).not.toContain('s3cret');
    expect(hub.served.map(({ query }) => query)).toEqual(hub.served.map(() => '?key=s3cret'));
    await expectAsOnDisk(hub, `${hub.url}/files/single.safetensors`, files, 'single.safetensors');
    const source = await openFrom(hub, `${hub.url}/files/a%20b/model.safetensors.index.json`);
    expect(await source.listBeside()).toBeUndefined();
    expect(await source.readBeside('config.json', 100)).toBeDefined();
    expect(await source.readBeside('missing.json', 100)).toBeUndefined();
  });

  test('a file shorter than the first request is read whole from a server that ignores ranges', async () => {
    const files = saveFiles({ 'm.safetensors': fileOf(['a']) });
    await using hub = await startHub({
      files,
      fault: (_, response) => {
        response.end(fileOf(['a']));
        return true;
      },
    });
    await expectAsOnDisk(hub, `${hub.url}/files/m.safetensors`, files, 'm.safetensors');
  });

  test('http is for this machine and the endpoint', async () => {
    await expect(openFrom({ environment: {} }, 'http://example.com/m.safetensors')).rejects.toThrow(
      'would be read without encryption. Write https://',
    );
  });

  test('an empty file is no checkpoint', async () => {
    await using hub = await startHub({ files: saveFiles({ 'm.safetensors': '' }) });
    const source = await openFrom(hub, `${hub.url}/files/m.safetensors`);
    await expect(source.openFiles()).rejects.toThrow(
      "It has 0 bytes, but the header's length alone takes 8.",
    );
  });
});

describe('a failure that passes', () => {
  test.each([
    ['429 and a pause of no time', sayStatus(429, { 'Retry-After': '0' })],
    ['429 until a date that is past', sayStatus(429, { 'Retry-After': 'Thu, 01 Jan 1970 00:00:00 GMT' })],
    ['503', sayStatus(503)],
    ['a connection that ends', hangUp],
    ['an answer that ends', truncate],
  ])('is not noticed: %s', async (_, fault) => {
    const folder = saveFiles(saveSharded(3, '', 70_000));
    await using hub = await startHub({ models: { m: folder }, fault: firstTimes(2, fault) });
    await expectAsOnDisk(hub, 'hf:m', folder);
  });
});

test('what is no callback is refused before a request', async () => {
  await using hub = await startHub({});
  const like = `${hub.url}/files/m.safetensors`;
  const wrong = { like, onHeaders: 7 as unknown as () => void };
  await expect(planCheckpoint({}, wrong)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  expect(hub.served).toEqual([]);
});

test('headers are counted as they come', async () => {
  const folder = saveFiles(saveSharded(5));
  await using hub = await startHub({ models: { m: folder } });
  for (const like of ['hf:m', folder]) {
    const counts: number[][] = [];
    const onHeaders = ({ doneFiles, totalFiles }: { doneFiles: number; totalFiles: number }): void => {
      counts.push([doneFiles, totalFiles]);
    };
    await (await openFrom(hub, like, { onHeaders })).openFiles();
    expect(counts).toEqual([0, 1, 2, 3, 4, 5].map((done) => [done, 5]));
  }
});
