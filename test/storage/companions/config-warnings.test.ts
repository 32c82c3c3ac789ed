/** When a copied config.json does not describe what is written: a warning, and only then. */
import { describe, expect, test } from 'vitest';
import { warnOfConfigs, type WrittenTensor } from '../../../src/storage/companions/config-warnings.js';
import type { ModelConfig } from '../../../src/storage/companions/config-json.js';

const NAME = 'model.safetensors';
const tensor = (name: string, more: Partial<WrittenTensor> = {}): WrittenTensor => ({
  name,
  dtype: 'bfloat16',
  shape: [10, 10],
  elementCount: 100,
  ...more,
});
const warnOf = (
  config: ModelConfig,
  tensors: readonly WrittenTensor[],
  source: readonly WrittenTensor[],
  outName: string,
): readonly string[] => warnOfConfigs(new Map([['config.json', config]]), tensors, byName(source), outName);

const byName = (tensors: readonly WrittenTensor[]): ReadonlyMap<string, WrittenTensor> =>
  new Map(tensors.map((one) => [one.name, one]));

/** Of a checkpoint with the same tensors. */
const warnOfConfig = (
  config: ModelConfig,
  tensors: readonly WrittenTensor[],
  outName: string,
): readonly string[] => warnOf(config, tensors, tensors, outName);

const weight = tensor('model.embed_tokens.weight');
const head = tensor('lm_head.weight');

describe('the dtype', () => {
  test.each([
    ['dtype', 'float32', 1],
    ['torch_dtype', 'float32', 1],
    ['torch_dtype', 'torch.float16', 1],
    ['dtype', 'bfloat16', 0],
    ['torch_dtype', 'torch.bfloat16', 0],
    ['dtype', 'auto', 0],
    ['dtype', null, 0],
    ['dtype', 7, 0],
  ])('%s %j beside bfloat16 causes %i warnings', (key, value, count) => {
    expect(warnOfConfig({ [key]: value }, [weight], NAME)).toHaveLength(count);
  });

  test('is that of most elements: float32 norms beside a bfloat16 weight are no contradiction', () => {
    const norms = ['a', 'b'].map((name) => tensor(name, { dtype: 'float32', elementCount: 40 }));
    const codes = tensor('packed', { dtype: 'int32', elementCount: 1000 });
    expect(warnOfConfig({ dtype: 'bfloat16' }, [weight, ...norms, codes], NAME)).toEqual([]);
    const [warning] = warnOfConfig({ dtype: 'bfloat16' }, [tensor('w', { dtype: 'float32' }), codes], NAME);
    expect(warning).toContain('config.json says dtype "bfloat16", and most floats are written as float32');
  });
});

describe('ties', () => {
  test('a head that is drawn on its own contradicts tie_word_embeddings', () => {
    const [warning, ...more] = warnOfConfig({ tie_word_embeddings: true }, [weight, head], NAME);
    expect(warning).toContain('"lm_head.weight" has values of its own');
    expect(more).toEqual([]);
  });

  test('a head that is tied, that is absent, or that may differ does not', () => {
    const tied = { ...head, sameAs: weight.name };
    expect(warnOfConfig({ tie_word_embeddings: true }, [weight, tied], NAME)).toEqual([]);
    expect(warnOfConfig({ tie_word_embeddings: true }, [weight], NAME)).toEqual([]);
    expect(warnOfConfig({ tie_word_embeddings: false }, [weight, head], NAME)).toEqual([]);
    expect(warnOfConfig({}, [weight, head], NAME)).toEqual([]);
  });
});

test('a head that is left out contradicts a config.json that says that it is not tied', () => {
  const config = { tie_word_embeddings: false };
  expect(warnOf(config, [weight], [weight, head], NAME)).toEqual([
    expect.stringContaining('"lm_head.weight" is left out'),
  ]);
  expect(warnOf({}, [weight], [weight, head], NAME)).toEqual([]);
  expect(warnOf(config, [weight, head], [weight, head], NAME)).toEqual([]);
});

test('code that config.json names is not copied, with a word', () => {
  const map = { AutoModel: 'modeling_tiny.TinyModel' };
  expect(warnOfConfig({ auto_map: map }, [weight], NAME)).toEqual([
    expect.stringContaining('modeling_tiny.TinyModel'),
  ]);
});

test('so may a tokenizer name code', () => {
  const configs = new Map([
    ['config.json', {}],
    ['tokenizer_config.json', { auto_map: { AutoTokenizer: ['tokenization_tiny.Tokenizer', null] } }],
  ]);
  expect(warnOfConfigs(configs, [weight], byName([weight]), NAME)).toEqual([
    expect.stringMatching(/^tokenizer_config\.json names code .*tokenization_tiny/),
  ]);
});

test('an output that from_pretrained does not look for is warned of, with the name that it does', () => {
  expect(warnOfConfig({}, [weight], 'weights.safetensors')).toEqual([
    expect.stringMatching(/transformers looks for model\.safetensors .*"weights\.safetensors"/),
  ]);
  expect(warnOfConfig({ _diffusers_version: '1' }, [], 'diffusion_pytorch_model.safetensors')).toEqual([]);
  expect(warnOfConfig({ _diffusers_version: '1' }, [], NAME)).toHaveLength(1);
});

describe('tensors that config.json does not describe', () => {
  const names = ['a', 'b', 'c'].map((name) => tensor(name));

  test('are told in one warning, with counts and two examples of each', () => {
    const renamed = names.map((one) => ({ ...one, name: `body.${one.name}` }));
    const wide = { ...weight, shape: [20, 5] };
    expect(warnOf({}, [wide, ...renamed], [weight, ...names], NAME)).toEqual([
      'config.json is that of a checkpoint with other tensors: 3 are written under names that it does not have ("body.a", "body.b" and 1 more), 1 is written with another shape ("model.embed_tokens.weight": [20,5], there [10,10]), 3 are left out ("a", "b" and 1 more). Loaders miss tensors, or refuse them: change config.json in the copy, or the rules.',
    ]);
  });

  test.each([
    ['a name that is not there', [weight, ...names], [weight], '3 are written under names'],
    ['a shape', [{ ...weight, shape: [100] }], [weight], '1 is written with another shape'],
    ['one left out', [weight], [weight, tensor('a')], '1 is left out ("a")'],
  ])('%s is enough', (_, written, source, found) => {
    expect(warnOf({}, written, source, NAME)).toEqual([expect.stringContaining(found)]);
  });

  test('tied heads may be written or left out', () => {
    const tied = { ...head, sameAs: weight.name };
    expect(warnOf({ tie_word_embeddings: true }, [weight, tied], [weight], NAME)).toEqual([]);
    expect(warnOf({ tie_word_embeddings: true }, [weight], [weight, head], NAME)).toEqual([]);
  });
});
