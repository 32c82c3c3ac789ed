/** `jumpfill models` */
import { expect, test } from 'vitest';
import { ARCHITECTURES } from '#built/domain/architectures/table.js';
import { listModels } from '#built/cli/arguments/built-in-models.js';
import { runCli } from '../../support/cli.js';

interface Report {
  readonly models: readonly {
    readonly name: string;
    readonly what: string;
    readonly parameters: number;
    readonly byteLength: number;
    readonly dtypes: readonly string[];
  }[];
  readonly architectures: readonly { readonly type: string; readonly source: string }[];
}

test('models lists every spec that ships, with what it is, and every architecture with its source', async () => {
  const { code, stdout } = await runCli(['models', '--json']);
  const { models, architectures } = JSON.parse(stdout) as Report;
  expect(code).toBe(0);
  expect(models.map(({ name }) => name)).toEqual(listModels());
  expect(models.filter(({ what }) => what === '')).toEqual([]);
  expect(models.find(({ name }) => name === 'llama-3-8b')).toMatchObject({
    parameters: 8_030_261_248,
    byteLength: 16_060_522_496,
    dtypes: ['bfloat16'],
  });
  expect(architectures.map(({ type }) => type)).toEqual(ARCHITECTURES.flatMap(({ types }) => types).sort());
  for (const { source } of architectures) expect(source).toMatch(/^(\w+)\/modeling_\1\.py$/);
});

test('models prints two tables, and takes no argument', async () => {
  const { code, stdout } = await runCli(['models']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^spec .*\n(?:.+\n)+\narchitecture .*transformers 5\.24/);
  expect(stdout).toMatch(/^gpt2 +124,439,808 +497\.76 MB +float32 /m);
  expect((await runCli(['models', 'gpt2'])).code).toBe(2);
});
