import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, ValueError, type JumpfillError } from 'jumpfill';
import { resolveModel } from '#built/domain/specs/spec.js';
import { openCheckpointFiles } from '#built/storage/read/checkpoint-files.js';
import { readCheckpointRecipe, type CheckpointRecipe } from '#built/storage/read/checkpoint-recipe.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, indexOf, saveFile, writeShards } from '../../support/stored-files.js';
import { slowTest } from '../../support/thorough.js';

const engine = new Engine({ threads: 1, seed: 1n });
afterAll(() => engine.close());

const recipeOf = async (path: string): Promise<CheckpointRecipe> =>
  readCheckpointRecipe(await openCheckpointFiles(path));

async function refusalOf(path: string, code = 'BAD_CHECKPOINT'): Promise<string> {
  const error: unknown = await recipeOf(path).then(
    () => 'it was read',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ValueError);
  expect(error).toMatchObject({ code });
  expect((error as JumpfillError).message).toContain(path);
  return (error as JumpfillError).message;
}

const SPEC = {
  seed: 2n ** 64n - 1n,
  tensors: [
    { name: 'w', shape: [20, 30], dtype: 'float32', init: { kind: 'wage', bits: 2, factor: 1 } },
    { name: '__proto_', shape: [5], dtype: 'bfloat16', init: { kind: 'truncated_normal', low: -Infinity } },
    { name: 'codes', shape: [4, 5], dtype: 'int8', init: { kind: 'wage', bits: 4, codes: true } },
    { name: 'none', shape: [0, 3], dtype: 'float64', init: { kind: 'he_normal' } },
    { name: 'constructor', shape: [], dtype: 'float16', init: { kind: 'zeros' } },
  ],
} as const;

describe('the recipe of a checkpoint', () => {
  test.each([1, 3])('of %i files resolves to the model that was written', async (shards) => {
    const { spec, seed, byteContract, version } = await recipeOf(await writeShards(engine, SPEC, shards));
    expect({ seed, byteContract }).toEqual({ seed: SPEC.seed, byteContract: 1 });
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const byName = (model: ReturnType<typeof resolveModel>): object => ({
      seed: model.seed,
      tensors: new Map(model.tensors.map((tensor) => [tensor.name, tensor])),
    });
    expect(byName(resolveModel(spec()))).toEqual(byName(resolveModel(SPEC)));
  });

  test('has the facts that the metadata record, and ignores unknown keys', async () => {
    const recipe = {
      later: [{ what: 'ever' }],
      byte_contract: 1,
      seed: '7',
      tensors: { a: { init: { kind: 'zeros' }, weight_scale: 2, limit: 0.75, std: 0, code_use: {}, x: 1 } },
    };
    const { facts, version, seed } = await recipeOf(saveRecipe(recipe));
    expect(facts).toEqual(new Map([['a', { weightScale: 2, limit: 0.75, std: 0 }]]));
    expect({ version, seed }).toEqual({ version: 'unknown', seed: 7n });
  });
});

/** Saves a file of one tensor, "a", with this recipe. */
const saveRecipe = (recipe: unknown, folder = makeFolder(), name = 'model.safetensors'): string =>
  saveFile(
    frame(
      headerOf(
        { a: ['F32', [1], 0, 4] },
        { jumpfill: typeof recipe === 'string' ? recipe : JSON.stringify(recipe) },
      ),
      4,
    ),
    name,
    folder,
  );

const GOOD = { version: '0.3.0', byte_contract: 1, seed: '7', tensors: { a: { init: { kind: 'zeros' } } } };

const TORCH = {
  version: '0.7.0',
  byte_contract: 2,
  generator: 'torch',
  seed: '7',
  tensors: { a: { init: { kind: 'normal' }, first_word: 0 } },
};

test("a recipe of torch's generator becomes a spec of it, with a first word only where the order does not imply it", async () => {
  const { generator, byteContract, spec, origins } = await recipeOf(saveRecipe(TORCH));
  expect({ generator, byteContract }).toEqual({ generator: 'torch', byteContract: 2 });
  expect(origins).toEqual(new Map([['a', { firstWord: 0 }]]));
  expect(spec().tensors).toEqual([{ name: 'a', shape: [1], dtype: 'float32', init: { kind: 'normal' } }]);
  const a = { init: { kind: 'normal' }, first_word: 9, cached_normal: 0.25 };
  const { spec: moved } = await recipeOf(saveRecipe({ ...TORCH, tensors: { a } }));
  expect(moved()).toMatchObject({ generator: 'torch', tensors: [{ first_word: 9, cached_normal: 0.25 }] });
});

/** An array within an array, so many deep. */
const nest = (depth: number): unknown => (depth === 0 ? 0 : [nest(depth - 1)]);

slowTest('a recipe of 99 MB of brackets is refused before it fills the memory', async () => {
  const recipe = JSON.stringify(GOOD).replace('{"kind":"zeros"}', `[${'{},'.repeat(20_000_000)}{}]`);
  const path = saveRecipe(recipe);
  const before = process.memoryUsage().heapUsed;
  expect(await refusalOf(path)).toMatch(/init: expected an object/);
  const nested = recipe.replace('"init":[', '"init":{"values":[').replace('{}]', '{}]}');
  expect(await refusalOf(saveRecipe(nested))).toMatch(/values: it has more than 4352 values/);
  const long = { ...GOOD, later: 'x'.repeat(80_000_000) };
  expect(await refusalOf(saveRecipe(long))).toMatch(/characters, more than 80000000/);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 ** 28);
});

describe('a recipe is refused', () => {
  test('when the checkpoint has none', async () => {
    const path = saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }, { format: 'pt' }), 4));
    expect(await refusalOf(path, 'NO_RECIPE')).toMatch(/`spec`/);
  });

  test.each([
    ['', /expected an object/],
    ['{', /expected a string/],
    [JSON.stringify(GOOD).replace('"seed"', '"byte_contract":1,"seed"'), /"byte_contract" comes twice/],
    [
      { ...GOOD, byte_contract: 2 },
      /contract 2, but those of the generator xoroshiro128\+ follow contract 1/,
    ],
    [{ ...GOOD, byte_contract: 3 }, /contract 3, and this version knows 1 and 2/],
    [{ ...GOOD, byte_contract: '1' }, /byte_contract: expected a whole number/],
    [{ ...GOOD, byte_contract: undefined }, /byte_contract is missing/],
    [{ ...GOOD, seed: 7 }, /seed: expected a string/],
    [{ ...GOOD, seed: '-1' }, /"-1" is not a whole number/],
    [{ ...GOOD, seed: '0x1' }, /is not a whole number/],
    [{ ...GOOD, seed: '' }, /is not a whole number/],
    [{ ...GOOD, seed: '007' }, /is not a whole number/],
    [{ ...GOOD, seed: '18446744073709551616' }, /is not a whole number/],
    [{ ...GOOD, seed: '9'.repeat(1_000_000) }, /is not a whole number/],
    [{ ...GOOD, seed: undefined }, /seed is missing/],
    [{ ...GOOD, version: 1 }, /version: expected a string/],
    [{ ...GOOD, tensors: undefined }, /tensors is missing/],
    [{ ...GOOD, tensors: [] }, /tensors: expected an object/],
    [{ ...GOOD, tensors: {} }, /no recipe for Tensor "a"/],
    [{ ...GOOD, tensors: { a: {} } }, /Tensor "a": init is missing/],
    [
      { ...GOOD, tensors: Object.fromEntries(Array.from({ length: 65_537 }, (_, i) => [`x${i}`, 0])) },
      /recipes of more than 65536 tensors that the file does not hold/,
    ],
    [{ ...GOOD, tensors: { a: { init: {}, weight_scale: 0 } } }, /weight_scale: 0 is not a scale/],
    [{ ...GOOD, tensors: { a: { init: {}, weight_scale: '2' } } }, /weight_scale: "2" is not a scale/],
    [{ ...GOOD, tensors: { a: { init: {}, step: null } } }, /step: null is not a scale/],
    [{ ...GOOD, tensors: { a: { init: {}, limit: -1 } } }, /limit: -1 is not a width/],
    [{ ...GOOD, tensors: { a: { init: {}, limit: [] } } }, /limit: expected a value, found \[/],
    [{ ...GOOD, tensors: { a: { init: 1 } } }, /init: expected an object/],
    [{ ...GOOD, tensors: { a: { init: [{}, {}] } } }, /init: expected an object/],
    [{ ...GOOD, tensors: { a: { init: { kind: nest(9) } } } }, /init: kind: it is nested more than 8 deep/],
    [{ ...GOOD, tensors: { a: { init: { rows: [{ init: { a: nest(6) } }] } } } }, /nested more than 8 deep/],
    [{ ...GOOD, tensors: { a: { init: { values: Array(5000).fill(0) } } } }, /has more than 4352 values/],
    [{ ...GOOD, tensors: { a: { init: { a: [Array(3000), Array(3000)] } } } }, /has more than 4352 values/],
    [{ ...GOOD, tensors: { a: { init: { rows: [{ a: 'x'.repeat(300) }] } } } }, /more than 256 characters/],
    [
      { ...GOOD, tensors: { a: { init: { rows: [Object.assign({}, Array(33).fill(0))] } } } },
      /than 32 members/,
    ],
    [{ ...GOOD, tensors: { a: { init: { kind: 'x'.repeat(300) } } } }, /has more than 256 characters/],
    [{ ...GOOD, tensors: { a: { init: { ['x'.repeat(300)]: 1 } } } }, /has more than 256 characters/],
    [{ ...GOOD, tensors: { a: { init: Object.assign({}, Array(33).fill(0)) } } }, /than 32 members/],
  ])('when it is %.80j', async (recipe, message) => {
    expect(await refusalOf(saveRecipe(recipe))).toMatch(message);
  });

  const ofTorch = (a: object): object => ({ ...TORCH, tensors: { a: { init: { kind: 'normal' }, ...a } } });

  test.each([
    [
      { ...TORCH, generator: undefined },
      /contract 2, but those of the generator xoroshiro128\+ follow contract 1/,
    ],
    [{ ...TORCH, byte_contract: 1 }, /contract 1, but those of the generator torch follow contract 2/],
    [{ ...TORCH, generator: 'xoroshiro128+' }, /contract 2, but those of the generator xoroshiro128\+/],
    [
      { ...TORCH, generator: 'philox' },
      /generator: the words come from "philox", and this version knows xoroshiro128\+ and torch/,
    ],
    [{ ...TORCH, generator: null }, /generator: expected a string/],
    [{ ...GOOD, tensors: TORCH.tensors }, /Tensor "a": first_word does not go with xoroshiro128\+/],
    [ofTorch({}), /Tensor "a": first_word is missing/],
    [ofTorch({ first_word: -1 }), /first_word: expected a whole number from 0 to 2\^53 - 1, found -1/],
    [ofTorch({ first_word: 0.5 }), /first_word: expected a whole number/],
    [ofTorch({ first_word: 2 ** 53 }), /first_word: expected a whole number/],
    [ofTorch({ first_word: '0' }), /first_word: expected a whole number/],
    [ofTorch({ first_word: null }), /first_word: expected a whole number/],
    [ofTorch({ first_word: 2 ** 53 - 624 }), /first_word: 9007199254740368 is no first word/],
    [ofTorch({ first_word: 2 ** 53 - 625 }), /would go beyond word 2\^53 - 625 of the generator/],
    [ofTorch({ first_word: 0, cached_normal: null }), /cached_normal: null is not a normal/],
    [ofTorch({ first_word: 0, cached_normal: 1e300 }), /cached_normal: 1e\+300 is not a normal: .* 8\.57/],
    [ofTorch({ first_word: 0, cached_normal: -8.58 }), /cached_normal: -8\.58 is not a normal/],
    [ofTorch({ first_word: 0, cached_normal: '0' }), /cached_normal: "0" is not a normal/],
    [JSON.stringify(ofTorch({ first_word: 0, cached_normal: 1 })).replace('l":1', 'l":NaN'), /found NaN/],
    [JSON.stringify(ofTorch({ first_word: 0, cached_normal: 1 })).replace('l":1', 'l":1e400'), /found 1e400/],
    [ofTorch({ cached_normal: 0 }), /cached_normal is 0, but first_word is missing/],
    [ofTorch({ first_word: 0, init: { kind: 'he_normal' } }), /torch's generator does not draw he_normal/],
  ])("of torch's generator, when it is %j", async (recipe, message) => {
    expect(await refusalOf(saveRecipe(recipe))).toMatch(message);
  });

  test('when two files have different seeds, or one has no recipe', async () => {
    const folder = makeFolder();
    const first = saveRecipe(GOOD, folder, '1.safetensors');
    const index = saveFile(
      indexOf({ '1.safetensors': ['a'], '2.safetensors': ['b'] }),
      'model.safetensors.index.json',
      folder,
    );
    const entries = { b: ['F32', [1], 0, 4] } as const;
    const other = { ...GOOD, seed: '8', tensors: { b: { init: { kind: 'zeros' } } } };
    const second = join(folder, '2.safetensors');
    saveFile(frame(headerOf(entries, { jumpfill: JSON.stringify(other) }), 4), '2.safetensors', folder);
    const refusal = await refusalOf(folder);
    expect(refusal).toContain(`${first} was made with seed 7, ${second} with 8`);
    saveFile(frame(headerOf(entries), 4), '2.safetensors', folder);
    const error: unknown = await recipeOf(index).catch((reason: unknown) => reason);
    expect((error as JumpfillError).message).toMatch(`${second}: the metadata have no recipe for Tensor "b"`);
  });
});
