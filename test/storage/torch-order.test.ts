/** The order in which torch draws: what a file says of it, what is only guessed, and draws of the same words. */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { runCli } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const RULES = { seed: 3, generator: 'torch', default: { init: { kind: 'normal' } } };
/** Two widths, so that the file holds another order; the bias takes no words, and lies behind the tensor that begins there. */
const SPEC = {
  ...RULES,
  rules: [{ match: 'bias', init: { kind: 'zeros' } }],
  tensors: [
    { name: 'half', shape: [30], dtype: 'bfloat16' },
    { name: 'bias', shape: [4], dtype: 'bfloat16' },
    { name: 'wide', shape: [50] },
    { name: 'last', shape: [7], dtype: 'bfloat16' },
  ],
};
const NAMES = ['half', 'bias', 'wide', 'last'];

async function write(spec: object): Promise<string> {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(spec, { out });
  return out;
}

const GUESSED = /does not say in which order .*torch draws them in the order of the files/;

test('a file of torch gives the order in which it was drawn, to which rules may add draws', async () => {
  const like = await write(SPEC);
  const { tensors, warnings } = await engine.planCheckpoint(RULES, { like });
  expect([tensors.map(({ name }) => name), warnings]).toEqual([NAMES, []]);
});

test('the order of any other file is followed with a warning, which streams do not need', async () => {
  const like = await write({ ...SPEC, generator: 'xoroshiro128+' });
  const { tensors, warnings } = await engine.planCheckpoint(RULES, { like });
  expect(tensors.map(({ name }) => name)).toEqual(['wide', 'half', 'bias', 'last']);
  expect(warnings).toEqual([expect.stringMatching(GUESSED)]);
  const streams = await engine.planCheckpoint(RULES, { like, generator: 'xoroshiro128+' });
  expect(streams.warnings).toEqual([]);
});

test('so is that of a file whose recipe torch is to draw', async () => {
  const from = await write({ ...SPEC, generator: 'xoroshiro128+' });
  const plan = await runCli(['plan', '--from', from, '--generator', 'torch']);
  expect(plan.stderr).toMatch(GUESSED);
  expect((await runCli(['plan', '--from', from])).stderr).toBe('');
  expect((await runCli(['plan', '--from', await write(SPEC), '--generator', 'torch'])).stderr).toBe('');
});

test('draws of the same words are made with a warning, which names both', async () => {
  const plan = (...words: readonly number[]): Promise<{ readonly warnings: readonly string[] }> =>
    engine.planCheckpoint({
      ...RULES,
      tensors: words.map((first_word, i) => ({ name: `t${i}`, shape: [20], first_word })),
    });
  expect((await plan(0, 36)).warnings).toEqual([]);
  expect((await plan(36, 0)).warnings).toEqual([]);
  expect((await plan(100, 65)).warnings).toEqual([
    'Tensor "t0" begins at word 100, within the words of Tensor "t1", 65 to 100: both draw from the same words.',
  ]);
  expect((await plan(0, 0, 20)).warnings).toEqual([expect.stringMatching(/"t1" .* "t0".* 1 more/)]);
});
