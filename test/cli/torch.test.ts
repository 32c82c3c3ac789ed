/** The command line with torch's generator: what it prints, and files that it writes again from themselves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, writeSpec } from '../support/cli.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';

const SPEC = {
  default: { init: { kind: 'normal', std: 0.02 } },
  tensors: [
    { name: 'a', shape: [3], dtype: 'bfloat16' },
    { name: 'b', shape: [20, 30] },
    { name: 'c', shape: [5] },
  ],
};

async function run(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function init(folder: string, ...options: readonly string[]): Promise<string> {
  const out = join(folder, 'm.safetensors');
  await run('init', writeSpec(makeFolder(), SPEC), '--out', out, ...options);
  return out;
}

const TORCH = ['--generator', 'torch', '--seed', '-1'];
const SEED = '18446744073709551615';

test('init, plan, verify, inspect and merge name the generator beside the seed', async () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), { ...SPEC, generator: 'torch', seed: '-1' });
  const out = join(folder, 'm.safetensors');
  expect(await run('init', spec, '--out', out)).toContain(`seed ${SEED}, generator torch`);
  expect(await run('verify', out)).toContain(`equal: 608 elements`);
  expect(await run('verify', out)).toContain(`seed ${SEED}, generator torch`);
  expect(await run('plan', spec)).toContain(`B), seed ${SEED}, generator torch\n`);
  const seedless = writeSpec(makeFolder(), { ...SPEC, generator: 'torch' });
  expect(await run('plan', seedless)).toMatch(/B\), generator torch\n/);
  expect(await run('inspect', out)).toMatch(/threads?, seed 18446744073709551615, generator torch\n/);
  expect(await run('inspect', out, '--spec', spec)).toMatch(/threads?, generator torch\n/);
  const plan = JSON.parse(await run('plan', spec, '--json')) as { readonly tensors: readonly object[] };
  expect(plan).toMatchObject({ generator: 'torch', seed: SEED });
  expect(plan.tensors).toMatchObject([
    { firstWord: 0 },
    { firstWord: 8 },
    { firstWord: 624, cachedNormal: expect.any(Number) as number },
  ]);
  const parts = join(makeFolder(), 'm.safetensors');
  for (const part of ['1/2', '2/2'])
    await run('init', spec, '--out', parts, '--shard-size', '2KB', '--part', part);
  expect(await run('merge', parts)).toMatch(/seed 18446744073709551615, generator torch\n$/);
});

test('the options give the file of a spec that names them, in a stream, too', async () => {
  const byOptions = readFileSync(await init(makeFolder(), ...TORCH));
  const spec = writeSpec(makeFolder(), { ...SPEC, generator: 'torch', seed: -1 });
  const bySpec = join(makeFolder(), 'm.safetensors');
  await run('init', spec, '--out', bySpec);
  expect(readFileSync(bySpec)).toEqual(byOptions);
  const { tensors } = readSafetensors(bySpec);
  expect(tensors.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
});

test('recipe prints a spec, and --from writes the files again; another generator needs no place in a sequence', async () => {
  const folder = makeFolder();
  const out = await init(folder, ...TORCH, '--shard-size', '2KB');
  const index = `${out}.index.json`;
  const recipe = await run('recipe', index);
  expect(JSON.parse(recipe)).toMatchObject({ seed: SEED, generator: 'torch' });
  const again = makeFolder();
  await run('init', '--from', index, '--out', join(again, 'm.safetensors'));
  const printed = makeFolder();
  const spec = writeSpec(makeFolder(), JSON.parse(recipe) as object);
  await run('init', spec, '--out', join(printed, 'm.safetensors'));
  for (const name of listFolder(folder))
    for (const copy of [again, printed])
      expect(readFileSync(join(copy, name)), name).toEqual(readFileSync(join(folder, name)));
  const streams = join(makeFolder(), 'm.safetensors');
  await run('init', '--from', index, '--generator', 'xoroshiro128+', '--out', streams);
  expect(await run('verify', `${streams}.index.json`)).not.toContain('generator');
});

test('--like draws in the order of the header, with a warning', async () => {
  const like = await init(makeFolder(), '--seed', '1');
  const rules = writeSpec(makeFolder(), { default: SPEC.default });
  const out = join(makeFolder(), 'm.safetensors');
  const { code, stdout, stderr } = await runCli([
    ...['init', rules, '--like', like, '--out', out, '--json'],
    ...TORCH,
  ]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/warning: .*in the order of/);
  const report = JSON.parse(stdout) as {
    readonly tensors: readonly { readonly name: string; readonly firstWord: number }[];
  };
  expect(report.tensors.map(({ name, firstWord }) => [name, firstWord])).toEqual([
    ['b', 0],
    ['c', 616],
    ['a', 628],
  ]);
});

test('what torch does not draw is refused with its path, and nothing is written', async () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), {
    generator: 'torch',
    tensors: [{ name: 'w', shape: [4, 4], init: { kind: 'glorot_normal' } }],
  });
  const { code, stderr } = await runCli(['init', spec, '--out', join(folder, 'm.safetensors')]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^jumpfill: tensors\[0\]\.init: Tensor "w": torch's generator .*\[NOT_IMPLEMENTED\]\n$/,
  );
  expect(listFolder(folder)).toEqual([]);
});
