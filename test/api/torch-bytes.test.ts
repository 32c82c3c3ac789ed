/** Fills from a generator of torch's: threads, kernels and timing change no bit. */
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import {
  playAtOnce,
  playOneByOne,
  TORCH_DTYPES,
  torchCalls,
  type TorchDtype,
} from '../support/torch-calls.js';
import { casesOf } from '../support/thorough.js';

/** Two chunks in the fast suite, so two stretches. */
const LENGTH = casesOf({ few: 2 ** 18 + 624, all: 3 * 2 ** 18 + 624 });

const specification = new Engine({ threads: 1, simd: false });
const engines = casesOf({ few: [2], all: [1, 2, 3, 7] }).map(
  (threads) => new Engine({ threads, simd: true }),
);
afterAll(() => Promise.all([specification, ...engines].map((engine) => engine.close())));

describe.each(casesOf<TorchDtype>({ few: ['float32', 'float16'], all: TORCH_DTYPES }))('%s', (dtype) => {
  const calls = torchCalls(dtype, LENGTH);
  const expected = playOneByOne(specification, calls);

  test.each(engines.map((engine) => [engine.threads, engine] as const))(
    '%i threads with SIMD kernels draw what one draws with the specification, and leave the same state',
    async (_threads, engine) => {
      expect(await playOneByOne(engine, calls)).toEqual(await expected);
    },
  );

  test('several threads with the specification draw it, too', async () => {
    await using engine = new Engine({ threads: 3, simd: false });
    expect(await playOneByOne(engine, calls)).toEqual(await expected);
  });

  test('fills that run at the same time draw what they draw one by one', async () => {
    for (const engine of engines) expect(await playAtOnce(engine, calls)).toEqual(await expected);
  });
});
