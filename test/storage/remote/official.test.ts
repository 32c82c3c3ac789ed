/** The Hub's official client and we read the same names, shapes and dtypes from the same server. */
import { parseSafetensorsMetadata } from '@huggingface/hub';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STORED_BITS } from '#built/domain/tensors/stored-dtypes.js';
import { startHub } from '../../support/hub-server.js';
import { openFrom, saveFiles } from '../../support/remote.js';
import { frame, headerOf, indexOf, type Entry } from '../../support/stored-files.js';
import { casesOf } from '../../support/thorough.js';

const DTYPES = ['F32', 'BF16', 'F16', 'I64', 'U8', 'BOOL', 'F8_E4M3'] as const;

const anyTensor = fc.record({
  dtype: fc.constantFrom(...DTYPES),
  shape: fc.array(fc.nat(5), { maxLength: 4 }),
});

/** Names that JSON.parse keeps in order, as the official client needs it. */
const anyFile = fc.dictionary(fc.stringMatching(/^[a-z][\w.é/-]{0,60}$/), anyTensor, {
  minKeys: 1,
  maxKeys: 12,
  noNullPrototype: true,
});

type AnyFile = Readonly<
  Record<string, { readonly dtype: (typeof DTYPES)[number]; readonly shape: readonly number[] }>
>;

function bytesOf(tensors: AnyFile, metadataBytes: number): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape }]): [string, Entry] => {
    const begin = end;
    end += (shape.reduce((product, size) => product * size, 1) * STORED_BITS[dtype]) / 8;
    return [name, [dtype, shape, begin, end]];
  });
  return frame(headerOf(Object.fromEntries(entries), { note: 'x'.repeat(metadataBytes) }), end);
}

const law = fc.asyncProperty(
  fc.array(anyFile, { minLength: 1, maxLength: 4 }),
  fc.constantFrom(0, 65_000, 200_000),
  async (drawn, metadataBytes) => {
    // A name of several files would be a broken index.
    const files = drawn.map((file, i) =>
      Object.fromEntries(Object.entries(file).map(([name, tensor]) => [`f${i}.${name}`, tensor])),
    );
    const nameOf = (i: number): string =>
      files.length === 1 ? 'model.safetensors' : `part-${i}.safetensors`;
    const index = indexOf(Object.fromEntries(files.map((file, i) => [nameOf(i), Object.keys(file)])));
    const folder = saveFiles({
      ...Object.fromEntries(files.map((file, i) => [nameOf(i), bytesOf(file, metadataBytes)])),
      ...(files.length > 1 && { 'model.safetensors.index.json': index }),
    });
    await using hub = await startHub({ models: { 'o/n': folder } });
    const ours = await (await openFrom(hub, 'hf:o/n')).openFiles();
    const path = files.length === 1 ? nameOf(0) : 'model.safetensors.index.json';
    const parsed = await parseSafetensorsMetadata({ repo: 'o/n', hubUrl: hub.url, revision: 'main', path });
    const headers = parsed.sharded ? Object.values(parsed.headers) : [parsed.header];
    const theirs = headers
      .flatMap((header) => Object.entries(header))
      .filter(([name]) => name !== '__metadata__');
    expect(
      Array.from(ours.tensors.values(), ({ name, storedDtype, shape }) => [name, storedDtype, shape]).sort(),
    ).toEqual(theirs.map(([name, { dtype, shape }]) => [name, dtype, shape]).sort());
  },
);

test('whatever the tensors are called, whatever their header costs', async () => {
  await fc.assert(law, { numRuns: casesOf({ few: 10, all: 200 }) });
});
