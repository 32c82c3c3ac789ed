/** The Hub's cache on this disk: what huggingface_hub laid there is read without the network, and from it tensors can be kept. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Environment } from '#built/storage/remote/settings.js';
import { makeFolder } from '../../support/folder.js';
import { hangUp, onlyWhere, sayStatus } from '../../support/hub-faults.js';
import { startHub } from '../../support/hub-server.js';
import { fileOf, openFrom, saveFiles, saveSharded } from '../../support/remote.js';

const [COMMIT, OTHER] = ['a'.repeat(40), 'b'.repeat(40)];

/** A cache as huggingface_hub lays it: files are links to blobs. */
function cacheModel(
  cache: string,
  model: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  { commit = COMMIT, ref = 'main' } = {},
): string {
  const folder = join(cache, `models--${model.replaceAll('/', '--')}`);
  mkdirSync(join(folder, 'blobs'), { recursive: true });
  if (ref !== '') saveFiles({ [`refs/${ref}`]: commit }, folder);
  for (const [path, bytes] of Object.entries(files)) {
    const blob = join(folder, 'blobs', `${commit.slice(0, 4)}-${path.replaceAll('/', '_')}`);
    writeFileSync(blob, bytes);
    const link = join(folder, 'snapshots', commit, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(blob, link);
  }
  return folder;
}

const offline = (cache: string, more: Environment = {}): { environment: Environment } => ({
  environment: { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1', HF_ENDPOINT: 'http://127.0.0.1:1', ...more },
});

/** What opening it gives: names of tensors, or the error's message. */
const openIn = async (environment: Environment, like: string): Promise<readonly string[]> => {
  const source = await openFrom({ environment: environment as Readonly<Record<string, string>> }, like);
  return [...(await source.openFiles()).tensors.keys()];
};

describe('offline', () => {
  test('a snapshot is a checkpoint on this disk, named by its commit', async () => {
    const cache = makeFolder();
    cacheModel(cache, 'o/n', { ...saveSharded(2), ...saveSharded(1, 'unet/') });
    const { environment } = offline(cache);
    for (const like of ['hf:o/n', 'hf:o/n@main', `hf:o/n@${COMMIT}`]) {
      const source = await openFrom({ environment: environment as Record<string, string> }, like);
      expect(source.label).toBe(`hf:o/n@${COMMIT}`);
      expect(source.localPath).toBe(join(cache, 'models--o--n/snapshots', COMMIT));
      expect((await source.openFiles()).files).toHaveLength(2);
      expect(Buffer.from((await source.readBeside('config.json', 99)) ?? []).toString()).toContain('test');
    }
    expect(await openIn(environment, 'hf:o/n:unet')).toHaveLength(2);
    expect(await openIn(environment, 'hf:o/n:unet/model-1-of-1.safetensors')).toHaveLength(2);
  });

  test('revisions with slashes, and models without an owner', async () => {
    const cache = makeFolder();
    cacheModel(cache, 'gpt2', { 'model.safetensors': fileOf(['a']) }, { ref: 'refs/pr/3' });
    expect(await openIn(offline(cache).environment, 'hf:gpt2@refs/pr/3')).toEqual(['a']);
    await expect(openIn(offline(cache).environment, 'hf:gpt2')).rejects.toThrow(
      "hf:gpt2 is not in the Hub's cache",
    );
  });

  test.each([
    ['HF_HUB_CACHE', ''],
    ['HUGGINGFACE_HUB_CACHE', ''],
    ['HF_HOME', 'hub'],
    ['XDG_CACHE_HOME', 'huggingface/hub'],
  ])('the cache lies where %s says', async (variable, below) => {
    const folder = makeFolder();
    cacheModel(join(folder, below), 'o/n', { 'model.safetensors': fileOf(['a']) });
    expect(await openIn({ [variable]: folder, HF_HUB_OFFLINE: 'true' }, 'hf:o/n')).toEqual(['a']);
  });

  test('the cache lies where ~ and variables of a path lead', async () => {
    const folder = makeFolder();
    cacheModel(join(folder, 'x'), 'o/n', { 'model.safetensors': fileOf(['a']) });
    for (const path of ['$BASE/x', '${BASE}/x', `~/${relative(homedir(), folder)}/x`])
      expect(await openIn({ HF_HUB_CACHE: path, BASE: folder, HF_HUB_OFFLINE: '1' }, 'hf:o/n')).toEqual([
        'a',
      ]);
    await expect(openIn({ HF_HUB_CACHE: '$NONE/x', HF_HUB_OFFLINE: '1' }, 'hf:o/n')).rejects.toThrow(
      '$NONE/x',
    );
  });

  test('it may also be said by TRANSFORMERS_OFFLINE', async () => {
    const cache = makeFolder();
    cacheModel(cache, 'o/n', { 'model.safetensors': fileOf(['a']) });
    const environment = { HF_HUB_CACHE: cache, TRANSFORMERS_OFFLINE: '1', HF_ENDPOINT: 'http://127.0.0.1:1' };
    const { warnings } = await (await openFrom({ environment }, 'hf:o/n')).openFiles();
    expect(warnings).toEqual([]);
  });

  test('what the cache has only a part of is not read instead of a Hub that does not answer', async () => {
    const cache = makeFolder();
    const { 'model-2-of-2.safetensors': missing, ...files } = saveSharded(2);
    expect(missing).toBeDefined();
    cacheModel(cache, 'o/n', files);
    const environment = { HF_HUB_CACHE: cache, HF_ENDPOINT: 'http://127.0.0.1:1' };
    await expect(openFrom({ environment }, 'hf:o/n')).rejects.toMatchObject({ code: 'IO_FAILED' });
  });

  test('a shard whose index was not downloaded is no model', async () => {
    const cache = makeFolder();
    cacheModel(cache, 'o/n', { 'model-00001-of-00002.safetensors': fileOf(['a']) });
    const { environment } = offline(cache);
    await expect(openIn(environment, 'hf:o/n')).rejects.toThrow(
      'holds shards and no index: "model-00001-of-00002.safetensors". Get the rest: unset HF_HUB_OFFLINE',
    );
    expect(await openIn(environment, 'hf:o/n:model-00001-of-00002.safetensors')).toEqual(['a']);
    await expect(openIn({}, join(cache, 'models--o--n'))).rejects.toThrow('or name one file');
  });

  test('what is missing is named: a shard that was not downloaded, a blob that is gone, all weights', async () => {
    const cache = makeFolder();
    const folder = cacheModel(cache, 'o/n', saveSharded(3));
    rmSync(join(folder, 'snapshots', COMMIT, 'model-2-of-3.safetensors'));
    rmSync(join(folder, 'blobs', 'aaaa-model-3-of-3.safetensors'));
    await expect(openIn(offline(cache).environment, 'hf:o/n')).rejects.toThrow(
      `lacks 2 of its files: "model-2-of-3.safetensors", "model-3-of-3.safetensors" in ${folder}`,
    );
    cacheModel(cache, 'o/config', { 'config.json': '{}' });
    await expect(openIn(offline(cache).environment, 'hf:o/config@main')).rejects.toThrow(
      'no safetensors file and no index, but "config.json". Get the rest: unset HF_HUB_OFFLINE, and run hf download o/config --revision main',
    );
    cacheModel(cache, 'o/gone', { 'model.safetensors': '' });
    rmSync(join(cache, 'models--o--gone/blobs'), { recursive: true });
    await expect(openIn(offline(cache).environment, 'hf:o/gone')).rejects.toThrow('"model.safetensors"');
  });

  test('a ref leads nowhere but to a snapshot', async () => {
    const cache = makeFolder();
    for (const ref of ['../../..', `${COMMIT}/..`, '/etc', 'b'.repeat(39), '']) {
      cacheModel(cache, 'o/n', {}, { commit: ref });
      await expect(openIn(offline(cache).environment, 'hf:o/n')).rejects.toThrow("is not in the Hub's cache");
    }
  });
});

describe('online', () => {
  const model = { 'model.safetensors': fileOf(['cached']) };
  const newer = { 'model.safetensors': fileOf(['newer', 'tensors']) };

  test('a branch is asked for, a commit that the cache has is not', async () => {
    const cache = makeFolder();
    cacheModel(cache, 'o/n', model);
    await using hub = await startHub({ models: { 'o/n': saveFiles(newer) } });
    const environment = { ...hub.environment, HF_HUB_CACHE: cache };
    expect(await openIn(environment, 'hf:o/n')).toEqual(['newer', 'tensors']);
    const before = hub.served.length;
    expect(await openIn(environment, `hf:o/n@${COMMIT}`)).toEqual(['cached']);
    expect(hub.served.length).toBe(before);
  });

  test('a branch whose commit the cache has is read there, what it lacks beside the weights from the Hub', async () => {
    const cache = makeFolder();
    const files = { ...saveSharded(2), 'tokenizer.json': '{}' };
    await using hub = await startHub({ models: { 'o/n': saveFiles(files) } });
    const commit = hub.commitOf('o/n');
    // As a loader leaves it that asked for the commit: no ref, no tokenizer.
    cacheModel(cache, 'o/n', saveSharded(2), { commit, ref: '' });
    const source = await openFrom({ environment: { ...hub.environment, HF_HUB_CACHE: cache } }, 'hf:o/n');
    expect(source.label).toBe(`hf:o/n@${commit}`);
    expect(source.localPath).toBe(join(cache, 'models--o--n/snapshots', commit));
    const before = hub.served.length;
    expect((await source.openFiles()).files).toHaveLength(2);
    expect(await source.readBeside('config.json', 99)).toBeDefined();
    expect(hub.served.length).toBe(before);
    expect(await source.listBeside()).toContain('tokenizer.json');
    expect(Buffer.from((await source.readBeside('tokenizer.json', 99)) ?? []).toString()).toBe('{}');
    expect(await source.readBeside('vocab.json', 99)).toBeUndefined();
  });

  test('a commit that the cache has in part is asked for', async () => {
    const cache = makeFolder();
    await using hub = await startHub({ models: { 'o/n': saveFiles(saveSharded(2)) } });
    const commit = hub.commitOf('o/n');
    const folder = cacheModel(cache, 'o/n', saveSharded(2), { commit, ref: '' });
    rmSync(join(folder, 'snapshots', commit, 'model-1-of-2.safetensors'));
    for (const like of ['hf:o/n', `hf:o/n@${commit}`])
      expect(await openIn({ ...hub.environment, HF_HUB_CACHE: cache }, like)).toHaveLength(4);
    expect(hub.served.length).toBeGreaterThan(0);
  });

  test.each([
    ['cannot be reached', hangUp],
    ['is out of order', sayStatus(503)],
  ])('a Hub that %s is replaced by the cache, with a warning', async (_, fault) => {
    const cache = makeFolder();
    cacheModel(cache, 'o/n', model);
    await using hub = await startHub({ fault });
    const environment = { ...hub.environment, HF_HUB_CACHE: cache };
    const source = await openFrom({ environment }, 'hf:o/n');
    const { warnings, tensors } = await source.openFiles();
    expect([...tensors.keys()]).toEqual(['cached']);
    expect(warnings).toEqual([expect.stringContaining(`The Hub's cache was read: hf:o/n@${COMMIT}.`)]);
    expect(source.localPath).toContain(cache);
    await expect(openIn(environment, 'hf:o/other')).rejects.toMatchObject({ code: 'IO_FAILED' });
  });

  test('a Hub that says no is believed', async () => {
    const cache = makeFolder();
    cacheModel(cache, 'o/n', model);
    await using hub = await startHub({ fault: onlyWhere(() => true, sayStatus(404)) });
    await expect(openIn({ ...hub.environment, HF_HUB_CACHE: cache }, 'hf:o/n')).rejects.toThrow(
      'does not exist',
    );
  });
});

describe("a model's folder in a cache", () => {
  test('stands for the snapshot of main, else for the only one', async () => {
    const cache = makeFolder();
    const folder = cacheModel(cache, 'o/n', { 'model.safetensors': fileOf(['a']) });
    expect(await openIn({}, folder)).toEqual(['a']);
    cacheModel(cache, 'o/n', { 'model.safetensors': fileOf(['b']) }, { commit: OTHER, ref: 'v2' });
    expect(await openIn({}, `${folder}/`)).toEqual(['a']);
    rmSync(join(folder, 'refs/main'));
    await expect(openIn({}, folder)).rejects.toThrow('has no ref "main", and several snapshots');
    rmSync(join(folder, 'snapshots', COMMIT), { recursive: true });
    expect(await openIn({}, folder)).toEqual(['b']);
  });

  test('of another kind is a folder like any other', async () => {
    const folder = join(makeFolder(), 'models--x');
    saveFiles({ 'model.safetensors': fileOf(['a']) }, mkdir(folder));
    expect(await openIn({}, folder)).toEqual(['a']);
  });
});

function mkdir(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}
