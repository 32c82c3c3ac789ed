/**
 * Laws by inversion and maps of drawn values against what is expected of them, through the engine and a file. A right draw fails with a
 * probability of at most FALSE_ALARM a tensor (verdict.ts); each slightly wrong law is noticed.
 */
import { join } from 'node:path';
import { Engine, type InitInput } from 'jumpfill';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../support/folder.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 5n });
afterAll(() => engine.close());

const DT = { low: 0.001, high: 0.1 } as const;
const SHAPE = [256, 1024];

/** What is drawn, and laws that are slightly wrong. */
const LAWS: readonly (readonly [given: InitInput, ...wrong: InitInput[]])[] = [
  [
    { kind: 'log_uniform', ...DT },
    { kind: 'log_uniform', low: 0.001, high: 0.11 },
    { kind: 'uniform', ...DT },
  ],
  [
    { kind: 'log_uniform', ...DT, map: 'inverse_softplus', floor: 1e-4 },
    { kind: 'log_uniform', ...DT, map: 'log' },
  ],
  [
    { kind: 'log_uniform', low: 0.001, high: 0.1, map: 'inverse_softplus', floor: 0.01 },
    { kind: 'log_uniform', low: 0.001, high: 0.1, map: 'inverse_softplus', floor: 0.011 },
  ],
  [
    { kind: 'uniform', low: 1, high: 16, map: 'log' },
    { kind: 'uniform', low: 1, high: 18, map: 'log' },
  ],
  [
    { kind: 'uniform', low: -1, high: 0, map: 'power', base: 10_000 },
    { kind: 'uniform', low: -1, high: 0, map: 'power', base: 13_000 },
  ],
  [
    { kind: 'normal', mean: 0.3, std: 0.5, map: 'power', base: 0.5 },
    { kind: 'normal', mean: 0.35, std: 0.5, map: 'power', base: 0.5 },
  ],
  [
    { kind: 'truncated_normal', std: 0.5, a: -1, map: 'exp' },
    { kind: 'truncated_normal', std: 0.56, a: -1, map: 'exp' },
  ],
  [
    { kind: 'log_normal', mean: -1, std: 0.5 },
    { kind: 'log_normal', mean: -1, std: 0.53 },
    { kind: 'log_normal', mean: -0.97, std: 0.5 },
  ],
  [
    { kind: 'exponential', rate: 3 },
    { kind: 'exponential', rate: 3.15 },
  ],
  [
    { kind: 'laplace', loc: 0.5, scale: 2 },
    { kind: 'laplace', loc: 0.56, scale: 2 },
    { kind: 'laplace', loc: 0.5, scale: 2.15 },
  ],
  [
    { kind: 'cauchy', scale: 1e-5 },
    { kind: 'cauchy', loc: 5e-7, scale: 1e-5 },
    { kind: 'cauchy', scale: 1.08e-5 },
  ],
  [
    { kind: 'gumbel', loc: -1 },
    { kind: 'gumbel', loc: -1.04 },
    { kind: 'gumbel', loc: -1, scale: 1.06 },
  ],
  [
    { kind: 'truncated_normal', std: 0.5, a: -0.3, b: 0.9 },
    { kind: 'truncated_normal', std: 0.7, a: -0.3, b: 0.9 },
    { kind: 'truncated_normal', std: 0.5, a: -0.3, b: 0.95 },
  ],
];

const DTYPES = casesOf({
  few: ['float32', 'bfloat16'] as const,
  all: ['float32', 'float64', 'float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const,
});
/** 8-bit floats hold nothing of so narrow a Cauchy but zeros. */
const isDrawn = (init: InitInput, dtype: string): boolean =>
  !(dtype.startsWith('float8') && init.kind === 'cauchy');

test.each(DTYPES)('as %s, what each law draws is expected of it, and of no law beside it', async (dtype) => {
  const tensors = LAWS.filter(([init]) => isDrawn(init, dtype)).map(([init], i) => ({
    name: `t${i}`,
    shape: SHAPE,
    dtype,
    init,
  }));
  const out = join(makeFolder(), 'laws.safetensors');
  await engine.writeCheckpoint({ tensors }, { out });
  const own = await engine.inspectCheckpoint(out);
  expect(own.tensors.filter(({ verdict }) => verdict.kind !== 'expected')).toEqual([]);
  expect(await engine.verifyCheckpoint(out)).toMatchObject({ equal: true });
  // Rounding to few values hides what is slightly wrong.
  if (dtype !== 'float32' && dtype !== 'float64') return;
  for (const round of [0, 1]) {
    const wrong = tensors.map((tensor, i) => ({ ...tensor, init: LAWS[i]?.[1 + round] ?? tensor.init }));
    const { tensors: found } = await engine.inspectCheckpoint(out, { spec: { tensors: wrong } });
    const unexpected = found.filter(({ verdict }) => verdict.kind === 'unexpected').map(({ name }) => name);
    expect(unexpected).toEqual(wrong.flatMap(({ name, init }, i) => (init === LAWS[i]?.[0] ? [] : [name])));
  }
});
