/** The Hub of these tests is one that the official client can use. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSafetensorsMetadata } from '@huggingface/hub';
import { expect, test } from 'vitest';
import { makeFolder } from '../../support/folder.js';
import { startHub } from '../../support/hub-server.js';
import { frame, headerOf, indexOf, saveFile } from '../../support/stored-files.js';

const FILE = frame(headerOf({ a: ['F32', [2, 3], 0, 24] }), 24);

test("the official client reads our Hub's files, from the content server, and its token stays with the Hub", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'sub'));
  saveFile(FILE, 'model.safetensors', folder);
  saveFile(indexOf({ 'b.safetensors': ['a'] }), 'sub/model.safetensors.index.json', folder);
  saveFile(FILE, 'sub/b.safetensors', folder);
  await using hub = await startHub({
    models: { 'org/tiny': { main: folder, 'refs/pr/1': folder } },
    token: 'hf_t',
  });
  for (const path of ['model.safetensors', 'sub/model.safetensors.index.json']) {
    for (const revision of ['refs/pr/1', hub.commitOf('org/tiny')]) {
      const parsed = await parseSafetensorsMetadata({
        ...{ repo: 'org/tiny', hubUrl: hub.url, accessToken: 'hf_t', path, revision },
      });
      const [header] = parsed.sharded ? Object.values(parsed.headers) : [parsed.header];
      expect(header).toMatchObject({ a: { dtype: 'F32', shape: [2, 3] } });
    }
  }
  expect(hub.served.some(({ host }) => host === 'content')).toBe(true);
});

test('a request beyond a file, for a file that is missing, and without the token, is refused', async () => {
  const folder = makeFolder();
  saveFile(FILE, 'model.safetensors', folder);
  await using hub = await startHub({ models: { tiny: folder }, files: folder, token: 'hf_t' });
  const statusOf = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${hub.url}${path}`, { headers })).status;
  expect(await statusOf('/files/model.safetensors', { range: 'bytes=0-7' })).toBe(206);
  expect(await statusOf('/files/model.safetensors', { range: 'bytes=1000000-1000007' })).toBe(416);
  expect(await statusOf('/files/other')).toBe(404);
  expect(await statusOf('/tiny/resolve/main/model.safetensors')).toBe(401);
  expect(await statusOf('/tiny/resolve/main/model.safetensors', { authorization: 'Bearer hf_t' })).toBe(200);
});

test('a token on the content server fails the test', async () => {
  const hub = await startHub({});
  await fetch(hub.contentUrl, { headers: { authorization: 'Bearer hf_t' } });
  await expect(hub.close()).rejects.toThrow('was sent a token 1 times');
});
