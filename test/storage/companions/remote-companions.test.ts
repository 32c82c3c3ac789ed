/** Companion files of a model on the Hub and on a plain server are those of its folder, and a hostile one gives no others. */
import { copyFileSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readCompanions } from '#built/storage/companions/read-companions.js';
import { runCli } from '../../support/cli.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { onlyWhere, sayStatus } from '../../support/hub-faults.js';
import { sendJson, startHub, type Fault, type Hub } from '../../support/hub-server.js';
import { COMPANION_NAMES, COMPANIONS, makeModelFolder, OTHERS, RULES } from '../../support/model-folder.js';
import { fileOf, openFrom, saveFiles } from '../../support/remote.js';

async function read(hub: Hub, text: string): Promise<object> {
  const { files } = await readCompanions(await openFrom(hub, text));
  return Object.fromEntries(files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]));
}

test('of the Hub they are those of the folder, at one commit, and nothing else is asked for', async () => {
  await using hub = await startHub({ models: { 'o/tiny': makeModelFolder() } });
  expect(await read(hub, 'hf:o/tiny')).toEqual(COMPANIONS);
  const commit = hub.commitOf('o/tiny');
  const resolved = hub.served.filter(({ path }) => path.startsWith('/o/tiny/resolve/'));
  expect(resolved.map(({ path }) => path).sort()).toEqual(
    COMPANION_NAMES.map((name) => `/o/tiny/resolve/${commit}/${name}`).sort(),
  );
  for (const { path } of hub.served) for (const name of Object.keys(OTHERS)) expect(path).not.toContain(name);
});

test('a server that fails is not said to have sent too much', async () => {
  const fault = onlyWhere(({ path }) => path.endsWith('/config.json'), sayStatus(500));
  await using hub = await startHub({ models: { 'o/tiny': makeModelFolder() }, fault });
  const source = await openFrom(hub, 'hf:o/tiny');
  await expect(source.readBeside('config.json', 100)).rejects.toMatchObject({ code: 'IO_FAILED' });
  await expect(source.readBeside('tokenizer.json', 1)).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

test('of a subfolder they are those of the subfolder', async () => {
  const folder = makeModelFolder();
  const part = { 'config.json': '{"sub": 1}', 'model.safetensors': fileOf(['a']) };
  saveFiles(Object.fromEntries(Object.entries(part).map(([name, file]) => [`unet/${name}`, file])), folder);
  await using hub = await startHub({ models: { 'o/tiny': folder } });
  expect(await read(hub, 'hf:o/tiny:unet')).toEqual({ 'config.json': '{"sub": 1}' });
  mkdirSync(join(folder, 'bare'));
  writeFileSync(join(folder, 'bare', 'model.safetensors'), fileOf(['a']));
  await expect(read(hub, 'hf:o/tiny:bare')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
});

test('a plain server, which lists nothing, is asked for each name', async () => {
  await using hub = await startHub({ files: makeModelFolder() });
  expect(await read(hub, `${hub.url}/files/model.safetensors`)).toEqual(COMPANIONS);
});

test("offline they come from the Hub's cache, whose links are copied as files", async () => {
  const cache = makeFolder();
  const model = join(cache, 'models--o--tiny');
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const from = makeModelFolder();
  for (const folder of ['refs', 'blobs', `snapshots/${commit}`])
    mkdirSync(join(model, folder), { recursive: true });
  writeFileSync(join(model, 'refs', 'main'), commit);
  for (const [i, name] of ['model.safetensors', ...COMPANION_NAMES].entries()) {
    copyFileSync(join(from, name), join(model, 'blobs', `${i}`));
    symlinkSync(`../../blobs/${i}`, join(model, 'snapshots', commit, name));
  }
  const folder = makeFolder();
  const spec = join(makeFolder(), 'spec.json');
  writeFileSync(spec, JSON.stringify(RULES));
  const command = ['--like', 'hf:o/tiny', '--with-config', '--out', join(folder, 'model.safetensors')];
  const environment = { HF_HUB_OFFLINE: '1', HF_HUB_CACHE: cache, HF_HOME: '/nonexistent' };
  const { code, stderr } = await runCli(['init', spec, ...command], environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const [name, text] of Object.entries(COMPANIONS)) {
    expect(lstatSync(join(folder, name)).isFile()).toBe(true);
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  }
});

test('the command line writes them from the Hub beside weights that are drawn', async () => {
  await using hub = await startHub({ models: { 'o/tiny': makeModelFolder() } });
  const folder = makeFolder();
  const spec = join(makeFolder(), 'spec.json');
  writeFileSync(spec, JSON.stringify(RULES));
  const out = join(folder, 'model.safetensors');
  const command = ['init', spec, '--like', 'hf:o/tiny', '--with-config', '--out', out];
  const { code, stderr, stdout } = await runCli(command, hub.environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('6 companion files');
  expect(listFolder(folder)).toEqual([...COMPANION_NAMES, 'model.safetensors'].sort());
  for (const [name, text] of Object.entries(COMPANIONS)) {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  }
});

describe('a hostile Hub that', () => {
  /** Answers requests for one file. */
  const instead =
    (name: string, answer: (response: ServerResponse) => void): Fault =>
    ({ path }, response) => {
      if (!path.endsWith(`/${name}`)) return false;
      answer(response);
      return true;
    };

  test('sends a file without end is read to its limit and no further', async () => {
    const piece = Buffer.alloc(2 ** 16, 0x20);
    let sent = 0;
    const fault = instead('generation_config.json', (response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
      };
      response.writeHead(200).on('drain', write);
      write();
    });
    await using hub = await startHub({ models: { 'o/tiny': makeModelFolder() }, fault });
    await expect(read(hub, 'hf:o/tiny')).rejects.toMatchObject({ code: 'TOO_LARGE' });
    // The limit, and what lies in the system's buffers.
    expect(sent).toBeLessThan(2 ** 24);
  });

  test('says that a file has a terabyte is refused before it is read', async () => {
    const fault = instead('tokenizer.json', (response) => {
      response.writeHead(200, { 'Content-Length': 1e12 });
      response.flushHeaders();
    });
    await using hub = await startHub({ models: { 'o/tiny': makeModelFolder() }, fault });
    await expect(read(hub, 'hf:o/tiny')).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  test('lists a file and does not have it is refused', async () => {
    const fault = instead('tokenizer.json', (response) => {
      sendJson(response, 404, {});
    });
    await using hub = await startHub({ models: { 'o/tiny': makeModelFolder() }, fault });
    await expect(read(hub, 'hf:o/tiny')).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('tokenizer.json is listed') as string,
    });
  });

  test('lists names that lead elsewhere gets nothing written but the names of the table', async () => {
    const names = [
      '../config.json',
      '/etc/config.json',
      '..\\tokenizer.json',
      'tokenizer.json/../x',
      'a/config.json',
    ];
    const listed = [...names, 'evil.py', '.bashrc', 'config.json', 'model.safetensors', 'x'.repeat(300)];
    const fault: Fault = ({ path }, response) => {
      if (!path.startsWith('/api/models/')) return false;
      const siblings = listed.map((rfilename) => ({ rfilename }));
      sendJson(response, 200, { id: 'o/tiny', sha: hub.commitOf('o/tiny'), siblings });
      return true;
    };
    const hub: Hub = await startHub({ models: { 'o/tiny': makeModelFolder() }, fault });
    await read(hub, 'hf:o/tiny').then(
      (files) => {
        expect(Object.keys(files)).toEqual(['config.json']);
      },
      (error: unknown) => {
        expect(error).toMatchObject({ code: expect.stringMatching(/BAD_CHECKPOINT|IO_FAILED/) as string });
      },
    );
    await hub.close();
    for (const { path } of hub.served) expect(path).not.toMatch(/evil|bashrc|etc/);
  });
});
