/** workers/engines/s3.mjs: processes upload the shards of a checkpoint to an S3 server on loopback, and one of them is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { expectSameBytes } from '../support/bytes.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { INSTALLED } from './support/install.js';
import { needPackage, skipWithout } from './support/needs.js';
import { BUCKET, S3Server } from './support/s3.js';

skipWithout(needPackage('@aws-sdk/client-s3'), needPackage('@aws-sdk/lib-storage'), needPackage('s3rver'));

const PARTS = 3;
const SHARD_SIZE = '16MB';
const TARGET = `s3://${BUCKET}/tiny`;
/** Four shards of 16 MB, which take two parts of an upload each. */
const SPEC = {
  seed: 42,
  default: { dtype: 'float32', init: { kind: 'normal', std: 0.02 } },
  tensors: Array.from({ length: 4 }, (_, i) => ({ name: `${i}.weight`, shape: [2000, 2000] })),
};

/** One object of seven parts of an upload, of which four are sent at once. */
const LARGE = { ...SPEC, tensors: [{ name: 'large', shape: [7 * 2 ** 21] }] };

/** Differs from another seed only after the first mebibyte of its header. */
const wideSpec = (std: number): object => ({
  seed: 1,
  tensors: Array.from({ length: 12_000 }, (_, i) => ({
    name: `layers.${String(i).padStart(5, '0')}.a.rather.long.name.of.a.weight`,
    shape: [1],
    init: { kind: 'normal', std: i === 11_999 ? std : 1 },
  })),
});

let server: S3Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

interface Started {
  readonly process: ChildProcess;
  /** Resolves once the output has a text. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<Ended>;
}

function start(s3: S3Server, which: string, spec: object = SPEC, target = TARGET): Started {
  const path = join(makeFolder(), 'spec.json');
  writeFileSync(path, JSON.stringify(spec));
  return run(s3, [path, target, which], spec === LARGE ? '1GB' : SHARD_SIZE);
}

function run(s3: S3Server, parameters: readonly string[], shardSize = SHARD_SIZE): Started {
  const child = spawn(process.execPath, [join(INSTALLED, 's3.mjs'), ...parameters], {
    env: { ...process.env, ...s3.environment, SHARD_SIZE: shardSize },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const printed = async (text: string): Promise<void> => {
    while (!output.includes(text)) await once(child.stderr, 'data');
  };
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { process: child, printed, ended };
}

const upload = async (s3: S3Server, which: string, spec?: object, target?: string): Promise<Ended> =>
  await start(s3, which, spec, target).ended;

/** Every object is the file of its name that one undisturbed process writes. */
async function expectCheckpoint(s3: S3Server): Promise<void> {
  const folder = makeFolder();
  await using engine = new Engine();
  await engine.writeCheckpoint(SPEC, { out: join(folder, 'model.safetensors'), shardSize: SHARD_SIZE });
  const names = listFolder(folder);
  expect(names).toHaveLength(5);
  for (const name of names) {
    const stored = await s3.read(`tiny/${name}`);
    expectSameBytes(stored ?? Buffer.alloc(0), readFileSync(join(folder, name)), name);
  }
}

test('a process that is killed within an upload leaves no object; done again, all objects have the bytes of the files', async () => {
  const s3 = (server = await S3Server.start());
  const held = s3.hold('PUT', /model-00002-of-00004\.safetensors\?partNumber=2/);
  const started = Array.from({ length: PARTS }, (_, i) => start(s3, `${i + 1}/${PARTS}`));
  await held;
  started[1]?.process.kill('SIGKILL');
  const [first, second, third] = await Promise.all(started.map(({ ended }) => ended));
  expect([first?.code, second?.code, third?.code], first?.output).toEqual([0, null, 0]);
  expect(await s3.read('tiny/model-00002-of-00004.safetensors')).toBe(undefined);

  const early = await upload(s3, 'index');
  expect(early.code).toBe(1);
  expect(early.output).toContain('model-00002-of-00004.safetensors');
  expect(await s3.read('tiny/model.safetensors.index.json')).toBe(undefined);

  // The queue gives all of them again, as after a restart: what is there is not uploaded twice.
  const before = s3.requests.length;
  const again = await Promise.all(Array.from({ length: PARTS }, (_, i) => upload(s3, `${i + 1}/${PARTS}`)));
  expect(again.map(({ code }) => code)).toEqual([0, 0, 0]);
  const sent = s3.requests.slice(before).filter((line) => line.startsWith('PUT'));
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.filter((line) => !line.includes('model-00002-of-00004'))).toEqual([]);
  expect(await upload(s3, 'index')).toMatchObject({ code: 0 });
  await expectCheckpoint(s3);
});

test('objects of another seed are replaced, and no index describes them', async () => {
  const s3 = (server = await S3Server.start());
  for (let part = 1; part <= PARTS; part++)
    expect(await upload(s3, `${part}/${PARTS}`, { ...SPEC, seed: 41 })).toMatchObject({ code: 0 });
  expect(await upload(s3, 'index')).toMatchObject({ code: 1 });
  for (let part = 1; part <= PARTS; part++)
    expect(await upload(s3, `${part}/${PARTS}`)).toMatchObject({ code: 0 });
  expect(await upload(s3, 'index')).toMatchObject({ code: 0 });
  await expectCheckpoint(s3);
});

test('before a shard of another seed is replaced, the index goes that describes it', async () => {
  const s3 = (server = await S3Server.start());
  for (const which of ['1/1', 'index'])
    expect(await upload(s3, which, { ...SPEC, seed: 41 })).toMatchObject({ code: 0 });
  expect(await s3.read('tiny/model.safetensors.index.json')).toBeDefined();
  const held = s3.hold('POST', /model-00001-of-00004\.safetensors\?uploads/);
  const { process: child, ended } = start(s3, '1/2');
  await held;
  expect(await s3.read('tiny/model.safetensors.index.json')).toBe(undefined);
  child.kill('SIGKILL');
  await ended;
  for (const which of ['1/2', '2/2', 'index']) expect(await upload(s3, which)).toMatchObject({ code: 0 });
  await expectCheckpoint(s3);
});

test('two specs whose headers differ only after a mebibyte are not taken for each other', async () => {
  const s3 = (server = await S3Server.start());
  for (const std of [1, 2]) {
    expect(await upload(s3, '1/1', wideSpec(std))).toMatchObject({
      code: 0,
      output: expect.stringContaining('"stored"') as string,
    });
  }
  expect(await upload(s3, '1/1', wideSpec(2))).toMatchObject({
    output: expect.stringContaining('was there') as string,
  });
});

test('SIGTERM ends an upload and removes its parts, with 143', async () => {
  const s3 = (server = await S3Server.start());
  const held = s3.hold('PUT', /partNumber/, 4);
  const { process: child, printed, ended } = start(s3, '1/1', LARGE);
  await held;
  child.kill('SIGTERM');
  await printed('SIGTERM');
  s3.release();
  expect(await ended).toMatchObject({ code: 143 });
  expect(s3.requests.filter((line) => line.startsWith('DELETE'))).toEqual([
    expect.stringMatching(/model\.safetensors\?.*uploadId=/),
  ]);
  expect(await s3.read('tiny/model.safetensors')).toBe(undefined);
});

test('a folder is written as it is given: with spaces, deep, with a slash at its end, or none', async () => {
  const s3 = (server = await S3Server.start());
  const small = { seed: 1, tensors: [{ name: 'w', shape: [4], init: { kind: 'ones' } }] };
  for (const target of [`s3://${BUCKET}`, `s3://${BUCKET}/a/b c/`])
    expect(await upload(s3, '1/1', small, target)).toMatchObject({ code: 0 });
  expect(await s3.read('model.safetensors')).toBeDefined();
  expect(await s3.read('a/b%20c/model.safetensors')).toBeDefined();
});

test('what is refused ends with 2, says how to call it, and repeats no credentials', async () => {
  const s3 = (server = await S3Server.start());
  for (const parameters of [
    [],
    ['spec.json', 's3://models/tiny'],
    ['spec.json', 'https://models/tiny', '1/2'],
    ['spec.json', 's3://key:SECRET@models/tiny', '1/2'],
    ['nowhere.json', 's3://models/tiny', '1/2'],
  ]) {
    const ended = await run(s3, parameters).ended;
    expect(ended).toMatchObject({
      code: 2,
      output: expect.stringMatching(/^(usage: node s3\.mjs|nowhere\.json: ENOENT)/) as string,
    });
    expect(ended.output).not.toContain('SECRET');
  }
  expect(s3.requests).toEqual([]);
});

test('a mistake in the spec ends with 2, and nothing is sent', async () => {
  const s3 = (server = await S3Server.start());
  const ended = await upload(s3, '1/2', { tensors: [{ name: 'w', shape: [-1] }] });
  expect(ended).toMatchObject({ code: 2, output: expect.stringContaining('ValueError') as string });
  expect(s3.requests).toEqual([]);
});
