/** Hugging Face's own JavaScript reader opens what is written here. It reads over HTTP: `fetch` serves the file instead. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSafetensorsMetadata } from '@huggingface/hub';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { makeFolder } from '../../support/folder.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

/** Answers range requests with the bytes of a file. */
function serveFile(path: string): typeof fetch {
  return async (_, init) => {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const range = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '');
      const first = Number(range?.[1] ?? 0);
      const last = Math.min(range?.[2] ? Number(range[2]) : size - 1, size - 1);
      const bytes = new Uint8Array(last - first + 1);
      await file.read(bytes, 0, bytes.length, first);
      const headers = {
        etag: '"x"',
        'content-range': `bytes ${first}-${last}/${size}`,
        'content-length': `${bytes.length}`,
      };
      return new Response(bytes, { status: 206, headers });
    } finally {
      await file.close();
    }
  };
}

test('@huggingface/hub reads names, shapes, dtypes, offsets and metadata', async () => {
  const out = join(makeFolder(), 'model.safetensors');
  const tensors = [
    { name: 'a.weight', shape: [64, 3, 3, 3], init: { kind: 'wage', bits: 2, factor: 1 } },
    { name: 'größe', shape: [100_001], init: { kind: 'truncated_normal', std: 0.02 } },
    { name: 'scalar', shape: [], init: { kind: 'ones' } },
  ];
  await engine.writeCheckpoint({ seed: 3, tensors }, { out });
  const repo = { type: 'model', name: 'some/model' } as const;
  const parsed = await parseSafetensorsMetadata({ repo, path: 'model.safetensors', fetch: serveFile(out) });
  if (parsed.sharded) throw new Error('one file was read as many');
  const { __metadata__: metadata, ...entries } = parsed.header;
  expect(entries).toEqual({
    'a.weight': { dtype: 'F32', shape: [64, 3, 3, 3], data_offsets: [0, 6912] },
    größe: { dtype: 'F32', shape: [100_001], data_offsets: [6912, 406_916] },
    scalar: { dtype: 'F32', shape: [], data_offsets: [406_916, 406_920] },
  });
  expect(metadata).toMatchObject({ format: 'pt', jumpfill: expect.stringContaining('"seed":"3"') as string });
});
