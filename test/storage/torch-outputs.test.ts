/** A spec of torch's generator: memory, stream, file, shards, parts and slices have the same bytes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, type AnyTensor } from 'jumpfill';
import { at } from '../../src/base/at.js';
import { expectSameBytes, sha256 } from '../support/bytes.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';
import {
  playOneByOne,
  TORCH_DTYPES,
  torchCalls,
  torchSpec,
  type TorchDtype,
} from '../support/torch-calls.js';
import { casesOf } from '../support/thorough.js';

const LENGTH = casesOf({ few: 2 ** 18 + 100, all: 5 * 2 ** 18 + 624 });
const engine = new Engine({ threads: 2 });
const others = casesOf({ few: [3], all: [1, 3, 7] }).map((threads) => new Engine({ threads }));
afterAll(() => Promise.all([engine, ...others].map((each) => each.close())));

describe.each(casesOf<TorchDtype>({ few: ['float64', 'bfloat16'], all: TORCH_DTYPES }))('%s', (dtype) => {
  const calls = torchCalls(dtype, LENGTH);
  const spec = torchSpec(calls);
  const hashesInMemory = playOneByOne(engine, calls);

  /** Hashes of the tensors of all safetensors files of a folder, in the spec's order. */
  function hashesIn(folder: string): readonly string[] {
    const files = listFolder(folder).filter((file) => file.endsWith('.safetensors'));
    const tensors = files.flatMap((file) => readSafetensors(join(folder, file)).tensors);
    const stored = new Map(tensors.map(({ name, data }) => [name, sha256(data)]));
    return calls.map(({ name }) => stored.get(name) ?? `${name} is missing`);
  }

  const expected = async (): Promise<readonly string[]> => (await hashesInMemory).slice(0, -1);

  test('a file holds what one fill after the other draws, on any number of threads', async () => {
    for (const each of others) {
      const folder = makeFolder();
      await each.writeCheckpoint(spec, { out: join(folder, 'm.safetensors') });
      expect(hashesIn(folder)).toEqual(await expected());
    }
  });

  test('so does a stream', async () => {
    const folder = makeFolder();
    await writeFile(join(folder, 'm.safetensors'), engine.streamCheckpoint(spec));
    expect(hashesIn(folder)).toEqual(await expected());
  });

  test('so do shards, written whole or as parts in any order', async () => {
    for (const parts of [1, 3]) {
      const folder = makeFolder();
      const out = join(folder, 'm.safetensors');
      for (let part = parts; part >= 1; part--)
        await engine.writeCheckpoint(spec, { out, shardSize: '1MiB', part: { part, parts } });
      expect(hashesIn(folder)).toEqual(await expected());
    }
  });

  test('a slice has the bytes of the same piece of the whole, wherever it begins', async () => {
    const whole = new Map<string, AnyTensor>();
    for (const { name } of calls) whole.set(name, await engine.drawSlice(spec, { name }));
    expect([...whole.values()].map(({ data }) => sha256(data))).toEqual(await expected());
    const anySlice = fc.record({
      call: fc.constantFrom(...calls),
      from: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)),
      length: fc.integer({ min: 0, max: 700 }),
    });
    const property = fc.asyncProperty(anySlice, async ({ call: { name }, from, length }) => {
      const { data } = at(
        [...whole.values()],
        calls.findIndex((call) => call.name === name),
      );
      const start = Math.floor(from * Math.max(0, data.length - length));
      const end = Math.min(data.length, start + length);
      const slice = await engine.drawSlice(spec, { name, start, end });
      expectSameBytes(slice.data, data.subarray(start, end), `${name} from ${start} to ${end}`);
    });
    await fc.assert(property, { numRuns: casesOf({ few: 30, all: 300 }) });
  });
});
