/** What has a name already, when a run resumes: only a file that this run would write, whole and itself, is kept. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { holdsBytes } from '#built/storage/write/atomic-file.js';
import { listFolder, makeFolder, makeQuickFolder } from '../../support/folder.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());

const SPEC = {
  seed: 1,
  tensors: ['a', 'b'].map((name) => ({ name, shape: [12_000], init: { kind: 'normal' } })),
};
const shardSize = '60KB';

async function writeShards(): Promise<{ out: string; shard: string; index: string }> {
  const out = join(makeQuickFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out, shardSize });
  const shard = join(dirname(out), 'm-00002-of-00002.safetensors');
  return { out, shard, index: `${out}.index.json` };
}

const resume = async (out: string): Promise<number> =>
  (await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true })).keptElements;

/** A link to a file with the same bytes. */
function link(path: string): void {
  const elsewhere = join(makeFolder(), 'elsewhere');
  copyFileSync(path, elsewhere);
  rmSync(path);
  symlinkSync(elsewhere, path);
}

const flip = (path: string, from: string, to: string): void => {
  const text = readFileSync(path, 'latin1');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to), 'latin1');
};

type Change = (path: string) => void;

describe('a run that resumes over finished files', () => {
  test('keeps them all, and draws nothing', async () => {
    const { out } = await writeShards();
    expect(await resume(out)).toBe(24_000);
  });

  test.each<[string, Change]>([
    [
      'is cut',
      (path) => {
        truncateSync(path, readFileSync(path).length - 4);
      },
    ],
    [
      'is longer',
      (path) => {
        appendFileSync(path, 'more');
      },
    ],
    [
      'has a header with another seed',
      (path) => {
        flip(path, '\\"seed\\":\\"1\\"', '\\"seed\\":\\"2\\"');
      },
    ],
    ['is a link to the right file', link],
  ])('refuses a shard that %s, and leaves all as it is', async (_, change) => {
    const { out, shard } = await writeShards();
    change(shard);
    const before = readFileSync(shard);
    await expect(resume(out)).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
      message: expect.stringContaining(shard) as string,
    });
    expect(readFileSync(shard).equals(before)).toBe(true);
    expect(listFolder(dirname(out))).toHaveLength(3);
  });

  test.each<[string, Change]>([
    [
      'names another file for a tensor',
      (path) => {
        flip(path, 'm-00002-of', 'm-00001-of');
      },
    ],
    ['is a link to the right file', link],
  ])('refuses an index that %s', async (_, change) => {
    const { out, index } = await writeShards();
    change(index);
    await expect(resume(out)).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
      message: expect.stringContaining(index) as string,
    });
    expect(listFolder(dirname(out))).toHaveLength(3);
  });

  test('writes an index that is missing, and nothing else', async () => {
    const { out, index } = await writeShards();
    const bytes = readFileSync(index);
    rmSync(index);
    expect(await resume(out)).toBe(24_000);
    expect(existsSync(index) && readFileSync(index).equals(bytes)).toBe(true);
  });
});

test('a path holds certain bytes if a regular file there has them, not if a link leads to them or only the size is right', async () => {
  const path = join(makeFolder(), 'f');
  const bytes = Buffer.from('all of it');
  writeFileSync(path, bytes);
  expect(await holdsBytes(path, bytes)).toBe(true);
  expect(await holdsBytes(path, Buffer.from('all of IT'))).toBe(false);
  expect(await holdsBytes(path, Buffer.from('all of it!'))).toBe(false);
  link(path);
  expect(await holdsBytes(path, bytes)).toBe(false);
});
