/** Slices of torch's draws: each has the elements of the whole tensor, and takes only what decides them. */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Engine, openCheckpoint, type GeneratorName } from 'jumpfill';
import { expectSameBytes } from '../support/bytes.js';
import { failureOf } from '../support/failure.js';
import { makeFolder } from '../support/folder.js';
import { casesOf } from '../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  seed: -7,
  generator: 'torch',
  default: { init: { kind: 'normal' } },
  tensors: [
    { name: 'few', shape: [7], dtype: 'float16' },
    { name: 'floats', shape: [300_011] },
    { name: 'doubles', shape: [1037], dtype: 'float64' },
    { name: 'halves', shape: [70_001], dtype: 'bfloat16', init: { kind: 'truncated_normal' } },
    { name: 'last', shape: [9], dtype: 'bfloat16' },
  ],
};

test('any range of a tensor has the bytes of the file', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  const checkpoint = await openCheckpoint(out);
  const anyRange = fc.tuple(fc.constantFrom(...checkpoint.names), fc.nat(), fc.nat());
  const law = fc.asyncProperty(anyRange, async ([name, from, count]) => {
    const { elementCount } = checkpoint.entry(name);
    const start = from % elementCount;
    const end = start + (count % (elementCount - start + 1));
    const { data } = await engine.drawSlice(SPEC, { name, start, end });
    expectSameBytes(data, (await checkpoint.read(name, start, end)).data);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 60, all: 1000 }) });
});

test('the tensors before it decide a draw, those after it do not; with a first word neither do', async () => {
  const wrong = { name: 'wrong', shape: 'x' };
  const { tensors, ...rest } = SPEC;
  const slice = async (listed: readonly object[], name = 'doubles'): Promise<Uint8Array> => {
    const { data } = await engine.drawSlice({ ...rest, tensors: listed }, { name });
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  };
  const drawn = await slice(tensors);
  expect(await slice([...tensors, wrong])).toEqual(drawn);
  expect(await failureOf(slice([wrong, ...tensors]))).toMatchObject({ code: 'BAD_SPEC' });
  // 4 words a pair of the few, a word for each float, and 16 for those that are drawn again.
  const placed = { ...tensors[2], first_word: 16 + 300_011 + 16 };
  expect(await slice([wrong, ...tensors.slice(0, 2), placed, tensors[3] ?? {}])).toEqual(drawn);
  const after = await slice(tensors, 'halves');
  expect(await slice([wrong, placed, tensors[3] ?? {}], 'halves')).toEqual(after);
});

test('the option goes before the generator of the spec', async () => {
  const tensors = [{ name: 'w', shape: [4], init: { kind: 'normal' } }];
  const draw = async (spec: object, generator?: GeneratorName): Promise<number[]> =>
    Array.from(
      (await engine.drawSlice({ seed: 42, tensors, ...spec }, { name: 'w', generator })).data,
      Number,
    );
  // torch.manual_seed(42); torch.empty(4).normal_()
  const torch = [0.33669036626815796, 0.12880940735340118, 0.23446236550807953, 0.23033303022384644];
  expect(await draw({}, 'torch')).toEqual(torch);
  expect(await draw({ generator: 'torch' })).toEqual(torch);
  expect(await draw({ generator: 'torch' }, 'xoroshiro128+')).toEqual(await draw({}));
});
