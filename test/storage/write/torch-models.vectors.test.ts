/** One spec gives what torch gives after manual_seed: models by their own constructors, and sequences of calls. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { sha256 } from '../../support/bytes.js';
import { makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly sha256: string;
}

interface Drawn<T> {
  readonly title: string;
  readonly seed: number;
  readonly tensors: readonly T[];
}

type Called = Tensor & { readonly call: readonly [name: string, ...parameters: number[]] };

const { models, calls } = JSON.parse(readFileSync('test/vectors/torch_models.json', 'utf8')) as {
  readonly models: readonly Drawn<Tensor>[];
  readonly calls: readonly Drawn<Called>[];
};

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

/** As `reset_parameters` of nn.Linear, nn.Conv2d and nn.BatchNorm2d: a bias has the bound of the weight before it. */
function listParameters(tensors: readonly Tensor[]): readonly object[] {
  let fanIn = 0;
  return tensors.map(({ name, shape, dtype }) => {
    const isWeight = name.endsWith('weight');
    if (isWeight)
      fanIn = shape.length === 1 ? 0 : shape.slice(1).reduce((product, size) => product * size, 1);
    const bound = 1 / Math.sqrt(fanIn);
    const drawn = isWeight
      ? { kind: 'kaiming_uniform', a: Math.sqrt(5) }
      : { kind: 'uniform', low: -bound, high: bound };
    return { name, shape, dtype, init: fanIn > 0 ? drawn : { kind: isWeight ? 'ones' : 'zeros' } };
  });
}

async function write({ seed, tensors }: Drawn<Tensor>, listed: readonly object[]): Promise<void> {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint({ seed, generator: 'torch', tensors: listed }, { out });
  const found = new Map(readSafetensors(out).tensors.map(({ name, data }) => [name, sha256(data)]));
  expect(found).toEqual(new Map(tensors.map((tensor) => [tensor.name, tensor.sha256])));
  expect(await engine.verifyCheckpoint(out)).toMatchObject({ equal: true, generator: 'torch' });
}

test.each(models)("a spec gives the parameters of torch's $title", async (model) => {
  await write(model, listParameters(model.tensors));
});

const INITS: Readonly<Record<string, (a: number, b: number) => object>> = {
  normal_: (mean, std) => ({ kind: 'normal', mean, std }),
  uniform_: (low, high) => ({ kind: 'uniform', low, high }),
  zero_: () => ({ kind: 'zeros' }),
};

test.each(calls)("a spec gives torch's $title", async (drawn) => {
  const listed = drawn.tensors.map(({ name, shape, dtype, call: [what, a = 0, b = 0] }) => ({
    name,
    shape,
    dtype,
    init: INITS[what]?.(a, b),
  }));
  await write(drawn, listed);
});
