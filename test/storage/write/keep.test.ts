/** Kept tensors: their bytes are those of the checkpoint that a model is like, whatever becomes of the run that copies them. */
import { createHash } from 'node:crypto';
import { readFileSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, openCheckpoint, type WriteCheckpointOptions } from 'jumpfill';
import { expectSameBytes } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import {
  randomBytesOf,
  saveSource,
  ANY_STORED_DTYPE,
  type RandomTensor,
} from '../../support/random-source.js';
import { expectSameFiles } from '../../support/same-files.js';
import { readSafetensors } from '../../support/safetensors.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

const HEAD: RandomTensor = { name: 'lm_head.weight', dtype: 'BF16', shape: [300, 2000] };
const MODEL: readonly RandomTensor[] = [
  { name: 'embed.weight', dtype: 'F32', shape: [1000, 700] },
  { name: 'norm.weight', dtype: 'F64', shape: [5] },
  HEAD,
  { name: 'layers.0.weight', dtype: 'F16', shape: [1000, 1000] },
  { name: 'none', dtype: 'F32', shape: [0, 3] },
];
/** Keeps all but the head. */
const SPEC = {
  seed: 7,
  default: { init: { kind: 'keep' } },
  rules: [{ match: 'lm_head.*', init: { kind: 'normal', std: 0.02 } }],
};
const KEPT = MODEL.filter((tensor) => tensor !== HEAD);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const nameIn = (folder: string): string => join(folder, 'm.safetensors');

async function write(
  like: string,
  options: Partial<WriteCheckpointOptions> = {},
  spec: unknown = SPEC,
): Promise<string> {
  const out = options.out ?? nameIn(makeFolder());
  await engine.writeCheckpoint(spec, { like, ...options, out });
  return out;
}

/** The bytes of every tensor in the files of a folder. */
function tensorsIn(folder: string): ReadonlyMap<string, Uint8Array> {
  const files = listFolder(folder).filter((name) => name.endsWith('.safetensors'));
  return new Map(
    files.flatMap((name) =>
      readSafetensors(join(folder, name)).tensors.map((tensor) => [tensor.name, tensor.data]),
    ),
  );
}

function expectKept(folder: string, tensors = KEPT, salt = ''): void {
  const written = tensorsIn(folder);
  for (const tensor of tensors)
    expectSameBytes(written.get(tensor.name) ?? new Uint8Array(1), randomBytesOf(tensor, salt), tensor.name);
}

describe('kept bytes', () => {
  test.each([1, 3])(
    'are those of a source of %i files, in one file and in shards; the rest is drawn',
    async (files) => {
      const like = saveSource(MODEL, files);
      const drawn = await write(like, {}, { ...SPEC, default: { init: { kind: 'zeros' } } });
      for (const shardSize of [undefined, '2MB']) {
        const folder = dirname(await write(like, { shardSize }));
        expectKept(folder);
        const head = tensorsIn(folder).get(HEAD.name);
        expectSameBytes(
          head ?? new Uint8Array(),
          tensorsIn(dirname(drawn)).get(HEAD.name) ?? new Uint8Array(),
          'head',
        );
      }
    },
  );

  test('may be of any dtype', async () => {
    const tensors = ANY_STORED_DTYPE.map((dtype) => ({ name: dtype, dtype, shape: [40, 8] }));
    expect(tensors).toHaveLength(22);
    const out = await write(saveSource(tensors), {}, SPEC);
    expectKept(dirname(out), tensors);
    for (const { name, dtype } of readSafetensors(out).tensors) expect(dtype).toBe(name);
  });

  test('are recorded with their file, the hash of its header, and that of either end of the tensor', async () => {
    const like = saveSource(MODEL);
    const { metadata } = readSafetensors(await write(like));
    const { tensors } = JSON.parse(metadata['jumpfill'] ?? '') as { tensors: Record<string, object> };
    const file = readFileSync(like);
    const header = sha256(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))));
    for (const tensor of KEPT) {
      const bytes = randomBytesOf(tensor);
      const ends =
        bytes.length > 8192 ? Buffer.concat([bytes.subarray(0, 4096), bytes.subarray(-4096)]) : bytes;
      expect(tensors[tensor.name]).toEqual({
        init: { kind: 'keep' },
        kept: { of: 'source.safetensors', header, sample: sha256(ends).slice(0, 32) },
      });
    }
    expect(tensors[HEAD.name]).not.toHaveProperty('kept');
  });

  test('and the header say nothing of the machine: another folder, another time, the same file', async () => {
    const [here, there] = [saveSource(MODEL, 2), saveSource(MODEL, 2)];
    for (const name of listFolder(dirname(there))) utimesSync(join(dirname(there), name), 1, 1);
    expectSameFiles(dirname(await write(here)), dirname(await write(there)));
  });

  test('of a tensor are those of whatever is tied to it', async () => {
    const like = saveSource(MODEL);
    const spec = {
      seed: 1,
      default: { init: { kind: 'keep' } },
      tensors: [
        { name: 'embed.weight', shape: [1000, 700] },
        { name: 'tied.weight', shape: [1000, 700], same_as: 'embed.weight' },
      ],
    };
    const out = await write(like, { shardSize: '3MB' }, spec);
    const written = tensorsIn(dirname(out));
    const embedding = MODEL[0] ?? HEAD;
    for (const name of ['embed.weight', 'tied.weight'])
      expectSameBytes(written.get(name) ?? new Uint8Array(), randomBytesOf(embedding), name);
    expect(await engine.verifyCheckpoint(dirname(out), { like })).toMatchObject({
      equal: true,
      unchecked: [],
    });
    expect((await engine.verifyCheckpoint(dirname(out))).unchecked).toEqual(['embed.weight', 'tied.weight']);
    const again = await write(like, {}, (await openCheckpoint(dirname(out))).spec());
    expectSameFiles(dirname(again), dirname(out));
  });

  test('are streamed as they are written', async () => {
    const like = saveSource(MODEL, 2);
    const pieces: Uint8Array[] = [];
    for await (const piece of engine.streamCheckpoint(SPEC, { like })) pieces.push(piece);
    expectSameBytes(Buffer.concat(pieces), readFileSync(await write(like)), 'stream');
  });
});
