import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveModel, type Model } from '../../../src/domain/specs/spec.js';
import { formatSpec } from '../../../src/storage/read/format-spec.js';
import { describeAsSpec, type DescribedModel } from '../../../src/storage/read/recipe-spec.js';
import { parseSpec } from '../../../src/storage/read/spec-file.js';

const describeModel = ({ tensors, ...model }: Model): DescribedModel => ({
  ...model,
  tensors: tensors.map(({ recipe, ...tensor }) => ({ ...tensor, init: recipe.init })),
});

/** Writes the spec as text and reads it back. */
const rewrite = (model: DescribedModel): Model =>
  resolveModel(parseSpec(formatSpec(describeAsSpec(model)), 'spec'));

/** All that decides the bytes. */
const essence = ({ seed, shardBytes, tensors }: Model): unknown => ({
  seed,
  shardBytes,
  tensors: tensors.map(({ name, shape, dtype, recipe }) => ({ name, shape, dtype, init: recipe.init })),
});

const anyPart = fc.constantFrom(
  'h',
  'ln',
  'ln_1',
  'norm',
  '0',
  '12',
  'weight',
  'bias',
  '*',
  '?',
  're:',
  '😀',
  'c_proj',
);
const anyName = fc.array(anyPart, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'));
const anyInit = fc.constantFrom<object>(
  { kind: 'zeros' },
  { kind: 'ones' },
  { kind: 'constant', value: -0 },
  { kind: 'constant', value: 0.1 },
  { kind: 'normal', std: 0.02 },
  { kind: 'normal', mean: -0, std: 1 },
  { kind: 'truncated_normal', low: '-inf', high: 3 },
  { kind: 'uniform', low: -1e-7, high: 1 },
  { kind: 'wage', bits: 3 },
  { kind: 'wage', bits: 2, factor: 1, codes: true },
  { kind: 'he_normal', layout: 'torch' },
);
const anyTensor = fc.record(
  {
    name: anyName,
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 3 }),
    dtype: fc.constantFrom('float32', 'bfloat16'),
    init: anyInit,
  },
  { requiredKeys: ['name', 'shape', 'init'] },
);
const isCodes = (init: object): boolean => 'codes' in init;
const anySpec = fc.record(
  {
    seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    shard_size: fc.oneof(fc.integer({ min: 1 }), fc.constantFrom('5GB', '3GiB', '1.5MB')),
    tensors: fc
      .uniqueArray(anyTensor, { selector: ({ name }) => name, maxLength: 30 })
      .map((tensors) =>
        tensors.map(({ dtype, ...tensor }) =>
          isCodes(tensor.init) || !dtype ? tensor : { ...tensor, dtype },
        ),
      ),
  },
  { requiredKeys: ['tensors'] },
);

test('the spec of a model resolves to the same model', () => {
  const law = fc.property(anySpec, (spec) => {
    const model = resolveModel(spec);
    const again = rewrite(describeModel(model));
    expect(essence(again)).toEqual(essence(model));
    expect(again.warnings).toEqual([]);
  });
  fc.assert(law, { numRuns: 1000 });
});

test('the spec of a model whose tensors were renamed lists the old names, and gives the new ones to the same model', () => {
  const anyRenamed = fc
    .tuple(
      fc.uniqueArray(anyName, { minLength: 1, maxLength: 8 }),
      fc.array(fc.constantFrom('', 'model.', '$1', 're:', 'x*'), { minLength: 8, maxLength: 8 }),
      fc.array(fc.constantFrom(...['keep', 'zeros', 'ones'].map((kind) => ({ kind }))), {
        minLength: 8,
        maxLength: 8,
      }),
    )
    .map(([names, beginnings, inits]): DescribedModel => {
      const tensors = names.map((name, i) => ({
        name: `${beginnings[i]}${name}`,
        ...(beginnings[i] !== '' && { listedName: name }),
        shape: [2],
        dtype: 'float32' as const,
        init: (inits[i] ?? { kind: 'ones' }) as DescribedModel['tensors'][number]['init'],
      }));
      return { generator: 'torch', seed: 1n, shardBytes: undefined, tensors };
    })
    .filter(({ tensors }) => new Set(tensors.map(({ name }) => name)).size === tensors.length);
  const law = fc.property(anyRenamed, (model) => {
    const again = rewrite(model);
    const of = ({ name, listedName }: { name: string; listedName?: string | undefined }): unknown => [
      name,
      listedName,
    ];
    expect(again.tensors.map((tensor) => [of(tensor), tensor.recipe.init.kind])).toEqual(
      model.tensors.map((tensor) => [of(tensor), tensor.init.kind]),
    );
    expect(again.warnings).toEqual([]);
  });
  fc.assert(law, { numRuns: 1000 });
});

test('hundreds of names that begin in another way are renamed by one rule', () => {
  const tensors = Array.from({ length: 300 }, (_, i) => ({
    ...{ name: `model.layers.${i}.weight`, listedName: `layers.${i}.weight`, shape: [1] },
    ...{ dtype: 'float32' as const, init: { kind: 'keep' } as const },
  }));
  const head = { name: 'head', shape: [1], dtype: 'float16', init: { kind: 'zeros' } } as const;
  const spec = describeAsSpec({
    generator: 'torch',
    seed: undefined,
    shardBytes: undefined,
    tensors: [...tensors, head],
  });
  expect({ ...spec, tensors: spec.tensors.slice(-2) }).toEqual({
    generator: 'torch',
    default: { init: { kind: 'keep' } },
    rules: [{ match: 'layers.*', rename: 'model.layers.$1' }],
    tensors: [
      { name: 'layers.299.weight', shape: [1] },
      { name: 'head', shape: [1], dtype: 'float16', init: { kind: 'zeros' } },
    ],
  });
});

/** A transformer as transformers' GPT-2 is initialised, each tensor with all its words. */
function makeTransformer(layers: number): Model {
  const normal = (std: number): object => ({ kind: 'normal', mean: 0, std });
  const block = (i: number): [string, number[], object][] => [
    [`h.${i}.ln_1.weight`, [8], { kind: 'ones' }],
    [`h.${i}.ln_1.bias`, [8], { kind: 'zeros' }],
    [`h.${i}.attn.c_attn.weight`, [8, 24], normal(0.02)],
    [`h.${i}.attn.c_attn.bias`, [24], { kind: 'zeros' }],
    [`h.${i}.attn.c_proj.weight`, [8, 8], normal(0.004)],
  ];
  const blocks = Array.from({ length: layers }, (_, i) => block(i)).flat();
  const all: [string, number[], object][] = [['wte.weight', [99, 8], normal(0.02)], ...blocks];
  all.push(['ln_f.weight', [8], { kind: 'ones' }]);
  return resolveModel({
    seed: 7,
    shard_size: 5e9,
    tensors: all.map(([name, shape, init]) => ({ name, shape, init })),
  });
}

describe('a spec', () => {
  test('states by rules what tensors have in common, and leaves out defaults', () => {
    const spec = describeAsSpec(describeModel(makeTransformer(12)));
    expect({ ...spec, tensors: spec.tensors.slice(0, 2) }).toEqual({
      seed: 7,
      shard_size: '5GB',
      default: { dtype: 'float32', init: { kind: 'normal', std: 0.02 } },
      rules: [
        { match: '*.bias', init: { kind: 'zeros' } },
        { match: '*.ln_*.weight', init: { kind: 'ones' } },
        { match: '*.c_proj.weight', init: { kind: 'normal', std: 0.004 } },
      ],
      tensors: [
        { name: 'wte.weight', shape: [99, 8] },
        { name: 'h.0.ln_1.weight', shape: [8] },
      ],
    });
    // `*.ln_*.weight` needs a dot before it.
    expect(spec.tensors.at(-1)).toEqual({ name: 'ln_f.weight', shape: [8], init: { kind: 'ones' } });
    expect(spec.tensors.filter(({ init }) => init !== undefined)).toHaveLength(1);
  });

  test('has no rule that would be longer than what it replaces', () => {
    const tensors = ['1.running_variance', '2.running_variance'].map((name) => ({
      name,
      shape: [1],
      dtype: 'float16',
      init: { kind: 'zeros' },
    }));
    const big = { name: 'w', shape: [9], init: { kind: 'zeros' } };
    const { rules, tensors: written } = describeAsSpec(
      describeModel(resolveModel({ tensors: [...tensors, big] })),
    );
    expect(rules).toBeUndefined();
    expect(written[0]).toEqual({ name: '1.running_variance', shape: [1], dtype: 'float16' });
  });

  test('is printed with a tensor a line', () => {
    const spec = {
      default: { init: { kind: 'zeros' } },
      tensors: [
        { name: 'a', shape: [1, 2] },
        { name: 'b', shape: [] },
      ],
    };
    expect(formatSpec({ seed: 1, ...spec })).toBe(`{
  "seed": 1,
  "default": { "init": { "kind": "zeros" } },
  "tensors": [
    { "name": "a", "shape": [1, 2] },
    { "name": "b", "shape": [] }
  ]
}
`);
    expect(formatSpec({ tensors: [] })).toBe('{\n  "tensors": []\n}\n');
  });

  test('of ten thousand tensors with unsystematic names is made quickly', () => {
    const scramble = (i: number): string => ((i * 2654435761) % 2 ** 32).toString(36);
    const tensors = Array.from({ length: 10_000 }, (_, i) => {
      const init = { kind: 'constant', value: i % 3 } as const;
      return { name: scramble(i), shape: [i], dtype: 'float32', init } as const;
    });
    const model: DescribedModel = { generator: 'torch', seed: 1n, shardBytes: undefined, tensors };
    expect(rewrite(model).tensors.map(({ recipe }) => recipe.init)).toEqual(tensors.map(({ init }) => init));
  });
});
