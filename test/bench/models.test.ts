/** The specs of bench/models are the models whose names they bear. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planShards } from '../../src/domain/partition/shards.js';
import { resolveModel, type Model } from '../../src/domain/specs/spec.js';
import { DTYPES } from '../../src/domain/tensors/dtypes.js';
import { readSpecFile } from '../../src/storage/read/spec-file.js';
import { formatSpec } from '../../src/storage/read/format-spec.js';
import { describeAsSpec } from '../../src/storage/read/recipe-spec.js';
import { listFolder, makeFolder } from '../support/folder.js';

const FOLDER = 'bench/models';

const readModel = async (name: string): Promise<Model> =>
  resolveModel(await readSpecFile(join(FOLDER, `${name}.json`)));

const countShards = ({ tensors, shardBytes }: Model): number => {
  const byteLengths = tensors.map(({ elementCount, dtype }) => elementCount * DTYPES[dtype].byteWidth);
  return planShards(byteLengths, shardBytes).length;
};

// Parameters: of the published models; VGG-7's as its authors' training log has it. Shards: of Meta-Llama-3-8B and
// Meta-Llama-3-70B on the Hugging Face hub.
const MODELS = [
  { name: 'gpt2', tensors: 148, parameters: 124_439_808, shards: 1 },
  { name: 'llama-3-8b', tensors: 291, parameters: 8_030_261_248, shards: 4 },
  { name: 'llama-3-70b', tensors: 723, parameters: 70_553_706_496, shards: 30 },
  { name: 'vgg7-wage', tensors: 8, parameters: 12_973_440, shards: 1 },
];

test.each(MODELS)('$name has $parameters parameters', async ({ name, tensors, parameters, shards }) => {
  const model = await readModel(name);
  expect(model.tensors).toHaveLength(tensors);
  expect(model.tensors.reduce((sum, { elementCount }) => sum + elementCount, 0)).toBe(parameters);
  expect(countShards(model)).toBe(shards);
  expect(model.warnings).toEqual([]);
});

test.each(MODELS)(
  '$name, described as a spec from its tensors alone, takes about as much text',
  async ({ name }) => {
    const { tensors, ...model } = await readModel(name);
    const described = tensors.map(({ recipe, ...tensor }) => ({ ...tensor, init: recipe.init }));
    const text = formatSpec(describeAsSpec({ ...model, tensors: described }));
    expect(text.length).toBeLessThan(1.2 * readFileSync(join(FOLDER, `${name}.json`), 'utf8').length);
    const again = resolveModel(JSON.parse(text));
    expect(again.tensors.map(({ recipe }) => recipe.init)).toEqual(described.map(({ init }) => init));
  },
);

test('the files are what make.mjs writes', () => {
  const folder = makeFolder();
  execFileSync(process.execPath, [join(FOLDER, 'make.mjs'), folder]);
  const files = listFolder(folder);
  expect(files).toEqual(['gpt2.json', 'llama-3-70b.json', 'llama-3-8b.json']);
  for (const file of files)
    expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(FOLDER, file), 'utf8'));
});

describe("initialisers are those of Hugging Face's transformers:", () => {
  test("GPT-2's projections onto the residual stream are narrower by the root of twice the layers", async () => {
    const { tensors } = await readModel('gpt2');
    const inits = tensors.map(({ name, recipe }) => [name, recipe.init] as const);
    const of = (end: string): readonly unknown[] =>
      inits.filter(([name]) => name.endsWith(end)).map(([, init]) => init);
    const normal = (std: number): unknown => ({ kind: 'normal', mean: 0, std });
    expect(of('c_proj.weight')).toEqual(Array(24).fill(normal(0.02 / Math.sqrt(24))));
    expect(of('.bias')).toEqual(Array(73).fill({ kind: 'zeros' }));
    expect([...of('ln_1.weight'), ...of('ln_2.weight'), ...of('ln_f.weight')]).toEqual(
      Array(25).fill({ kind: 'ones' }),
    );
    expect([...of('c_attn.weight'), ...of('c_fc.weight'), ...of('wte.weight'), ...of('wpe.weight')]).toEqual(
      Array(26).fill(normal(0.02)),
    );
  });

  test("Llama's norms are ones, all else normal, in bfloat16", async () => {
    const { tensors } = await readModel('llama-3-8b');
    for (const { name, dtype, recipe } of tensors) {
      expect(dtype).toBe('bfloat16');
      expect(recipe.init, name).toEqual(
        name.includes('norm') ? { kind: 'ones' } : { kind: 'normal', mean: 0, std: 0.02 },
      );
    }
  });
});

test("VGG-7's are WAGE's uniform of the fan-in, at 2 bits and factor 1", async () => {
  const { tensors } = await readModel('vgg7-wage');
  for (const { name, dtype, recipe } of tensors) {
    expect(dtype).toBe('float32');
    const init = { kind: 'wage', bits: 2, factor: 1, mode: 'fan_in', codes: false };
    expect(recipe.init, name).toEqual(init);
  }
});

test('no page claims that GPT-2 and Llama are initialised as their authors did it', () => {
  for (const file of ['README.md', 'bench/models/make.mjs'])
    expect(readFileSync(file, 'utf8'), file).not.toMatch(/as their authors do/);
});
