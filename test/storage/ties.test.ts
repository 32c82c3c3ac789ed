/** Tied tensors and streams by another name: the same bytes in one file, in shards, in parts, and after each way back to a spec. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { resolveModel } from '../../src/domain/specs/spec.js';
import { describeAsSpec } from '../../src/storage/read/recipe-spec.js';
import { makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const GENERATORS = ['xoroshiro128+', 'torch'] as const;

const anyModel = fc.record({
  generator: fc.constantFrom(...GENERATORS),
  dtype: fc.constantFrom('float32', 'bfloat16', 'float64'),
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 }),
  ties: fc.array(fc.record({ target: fc.nat(), at: fc.nat() }), { minLength: 1, maxLength: 3 }),
});

type AnyModel = typeof anyModel extends fc.Arbitrary<infer Model> ? Model : never;

/** A spec with ties before and after their targets. */
function specOf({ generator, dtype, sizes, ties }: AnyModel): { tensors: Tensor[] } {
  const tensors: Tensor[] = sizes.map((size, i) => ({ name: `t${i}`, shape: [size, 7] }));
  for (const [i, { target, at }] of ties.entries()) {
    const n = target % sizes.length;
    const tied = { name: `tie${i}`, shape: [sizes[n] ?? 0, 7], same_as: `t${n}` };
    tensors.splice(at % (tensors.length + 1), 0, tied);
  }
  return { seed: 5, generator, default: { dtype, init: { kind: 'normal', std: 0.5 } }, tensors } as never;
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly same_as?: string;
}

async function expectTied(path: string, tensors: readonly Tensor[]): Promise<void> {
  const checkpoint = await engine.openCheckpoint(path);
  for (const { name, same_as: target } of tensors)
    if (target !== undefined)
      expect((await checkpoint.tensor(name)).data).toEqual((await checkpoint.tensor(target)).data);
}

test('tied tensors have the bytes of their targets in files, parts, slices, recipes and files made from these', async () => {
  const law = fc.asyncProperty(anyModel, async (model) => {
    const spec = specOf(model);
    const out = join(makeFolder(), 'm.safetensors');
    await engine.writeCheckpoint(spec, { out });
    await expectTied(out, spec.tensors);
    expect(await engine.verifyCheckpoint(out)).toMatchObject({ equal: true });
    const whole = await engine.openCheckpoint(out);
    const untied = { ...spec, tensors: spec.tensors.filter((tensor) => tensor.same_as === undefined) };
    for (const { name } of spec.tensors) {
      const { data } = await whole.tensor(name);
      expect((await engine.drawSlice(spec, { name, start: 1 })).data).toEqual(data.slice(1));
      const isDrawn = untied.tensors.some((tensor) => tensor.name === name);
      if (isDrawn) expect((await engine.drawSlice(untied, { name })).data).toEqual(data);
    }
    const shards = join(makeFolder(), 's.safetensors');
    const options = { out: shards, shardSize: 800 };
    for (const part of [1, 2]) await engine.writeCheckpoint(spec, { ...options, part: { part, parts: 2 } });
    const { files } = await engine.planCheckpoint(spec, options);
    if (files.length > 1) {
      await engine.mergeCheckpoint({ out: shards });
      const index = shards.replace('.safetensors', '.safetensors.index.json');
      await expectTied(index, spec.tensors);
      expect(await engine.verifyCheckpoint(index)).toMatchObject({ equal: true });
      // A shard by itself has what it needs, wherever the target lies.
      for (const { path } of files) {
        const alone = join(makeFolder(), 'alone.safetensors');
        cpSync(path, alone);
        expect(await engine.verifyCheckpoint(alone)).toMatchObject({ equal: true });
      }
    }
    const again = join(makeFolder(), 'again.safetensors');
    await engine.writeCheckpoint(whole.spec(), { out: again });
    const resolved = resolveModel(whole.spec());
    const described = describeAsSpec({
      ...resolved,
      tensors: resolved.tensors.map((tensor) => ({ ...tensor, init: tensor.recipe.init })),
    });
    for (const other of [spec, described])
      expect(await engine.verifyCheckpoint(again, { spec: other })).toMatchObject({ equal: true });
    expect(described.tensors.filter((tensor) => tensor.same_as !== undefined).length).toBe(model.ties.length);
  });
  await fc.assert(law, { numRuns: 8, seed: 13 });
});

describe('a stream by another name', () => {
  const init = { kind: 'normal' };
  const spec = {
    seed: 5,
    tensors: [
      { name: 'new', shape: [70], init, stream: 'old' },
      { name: 'tied', shape: [70], same_as: 'new' },
    ],
  };

  test('gives the bytes of that name, is recorded, and holds for what is tied', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const report = await engine.writeCheckpoint(spec, { out });
    expect(report.tensors).toMatchObject([{ stream: 'old' }, { stream: 'old', sameAs: 'new' }]);
    const old = { seed: 5, tensors: [{ name: 'old', shape: [70], init }] };
    const { data } = await engine.drawSlice(old, { name: 'old' });
    const checkpoint = await engine.openCheckpoint(out);
    for (const name of ['new', 'tied']) {
      expect((await checkpoint.tensor(name)).data).toEqual(data);
      expect((await engine.drawSlice(spec, { name })).data).toEqual(data);
    }
    expect(checkpoint.spec().tensors).toMatchObject([{ stream: 'old' }, { same_as: 'new' }]);
    expect(await engine.verifyCheckpoint(out)).toMatchObject({ equal: true });
  });

  test("is refused with torch's generator", () => {
    expect(() => resolveModel({ ...spec, generator: 'torch' })).toThrow(/tensors\[0\]\.stream: with torch/);
  });
});

const w = { name: 'w', shape: [2, 3], init: { kind: 'zeros' } };

test.each<[readonly object[], RegExp]>([
  [[w, { name: 'v', shape: [2, 3], same_as: 'v' }], /tensors\[1\]\.same_as is "v", the tensor itself/],
  [[w, { name: 'v', shape: [2, 3], same_as: 'u' }], /same_as is "u"\. Name a tensor of the spec/],
  [
    [w, { name: 'v', shape: [2, 3], same_as: 'w', init: w.init }],
    /tensors\[1\]\.init: the tensor is the same/,
  ],
  [
    [w, { name: 'v', shape: [2, 3], same_as: 'w', stream: 'x' }],
    /tensors\[1\]\.stream: the tensor is the same/,
  ],
  [[w, { name: 'v', shape: [2, 3], same_as: 'w', first_word: 0 }], /first_word: the tensor is the same/],
  [[w, { name: 'v', shape: [3, 2], same_as: 'w' }], /tensors\[1\]\.shape is \[3,2\], and "w" has \[2,3\]/],
  [
    [w, { name: 'v', shape: [2, 3], dtype: 'float16', same_as: 'w' }],
    /dtype is "float16", and "w" has "float32"/,
  ],
  [
    [w, { name: 'v', shape: [2, 3], same_as: 'w' }, { name: 'u', shape: [2, 3], same_as: 'v' }],
    /tensors\[2\]\.same_as is "v"\. Name a tensor of the spec that is not tied itself/,
  ],
  [[w, { name: 'v', shape: [2, 3], same_as: 7 }], /same_as is 7\. Write the name of another tensor/],
])('a tie that cannot be is refused: %j', (tensors, reason) => {
  expect(() => resolveModel({ tensors })).toThrow(reason);
});

test('versions before 0.8 refuse the metadata of a tensor that draws by another name: it has no init', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const tensors = [
    w,
    { name: 'tied', shape: [2, 3], same_as: 'w' },
    { name: 'new', shape: [2, 3], init: w.init, stream: 'old' },
  ];
  await engine.writeCheckpoint({ tensors }, { out });
  const recorded = JSON.parse(readSafetensors(out).metadata['jumpfill'] ?? '') as {
    readonly tensors: Readonly<Record<string, object>>;
  };
  const keysOf = (name: string): string[] => Object.keys(recorded.tensors[name] ?? {});
  expect(keysOf('w')).toEqual(['init']);
  expect(keysOf('tied')).toEqual(['drawn_as', 'same_as']);
  expect(keysOf('new')).toEqual(['drawn_as', 'stream']);
});

test.each(GENERATORS)(
  'a checkpoint like one with ties has them, with %s, and verifies by rules alone',
  async (generator) => {
    const init = { kind: 'normal' };
    const tensors = [
      { name: 'head', shape: [7, 3], same_as: 'embed' },
      { name: 'embed', shape: [7, 3] },
      { name: 'other', shape: [7, 3] },
    ];
    const [first, second] = [join(makeFolder(), 'm.safetensors'), join(makeFolder(), 'm.safetensors')];
    await engine.writeCheckpoint({ generator, default: { init }, tensors }, { out: first });
    const rules = { seed: 9, generator, default: { init: { kind: 'uniform', low: 0, high: 1 } } };
    await engine.writeCheckpoint(rules, { out: second, like: first });
    await expectTied(second, tensors);
    expect(await engine.verifyCheckpoint(second, { spec: rules })).toMatchObject({ equal: true });
  },
);
