/** Sequences of calls as torch makes them: test/vectors/torch_sequences.py. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { casesOf } from '../support/thorough.js';
import { Engine, SharedTensor, TorchGenerator, uniform, type Dtype, type InitInput } from 'jumpfill';

interface Call {
  readonly init: InitInput;
  readonly dtype: Dtype;
  readonly size: number;
  readonly bytes: string;
  readonly state: string;
}
interface Vectors {
  readonly states: readonly { seed: string; position: number; state: string }[];
  readonly sequences: readonly { seed: string; state: string; calls: readonly Call[] }[];
}
const { states, sequences } = JSON.parse(
  readFileSync(new URL('../vectors/torch_sequences.json', import.meta.url), 'utf8'),
) as Vectors;

const engines = [2, 1, 3, 7].map((threads) => new Engine({ threads }));
const withoutSimd = new Engine({ threads: 2, simd: false });
const [engine = withoutSimd, ...others] = engines;
afterAll(async () => {
  await Promise.all([...engines, withoutSimd].map((each) => each.close()));
});

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const bytesOf = ({ buffer, byteOffset, byteLength }: SharedTensor<Dtype>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

test.each(states)('the state of seed $seed after $position words, byte for byte', async (row) => {
  const generator = new TorchGenerator(BigInt(row.seed));
  const tensor = SharedTensor.empty([row.position]);
  // An aborted fill takes its words, too.
  const call = engine.fill(tensor, uniform({ low: 0, high: 1 }), { generator, signal: AbortSignal.abort(0) });
  await expect(call).rejects.toBe(0);
  expect(hash(generator.getState())).toBe(row.state);
});

describe.each(sequences)('the calls of seed $seed', ({ seed, state, calls }) => {
  const start = async (
    { init, dtype, size }: Call,
    generator: TorchGenerator,
    on = engine,
  ): Promise<string> =>
    hash(bytesOf(await on.fill(SharedTensor.empty([size], { dtype }), init, { generator })));

  test('one after the other: every tensor and every state', async () => {
    const generator = new TorchGenerator(BigInt(seed));
    expect(hash(generator.getState())).toBe(state);
    for (const call of calls) {
      const bytes = await start(call, generator);
      expect({ bytes, state: hash(generator.getState()) }).toEqual({ bytes: call.bytes, state: call.state });
    }
  });

  test.each(casesOf({ few: [engine], all: [engine, ...others, withoutSimd] }))(
    'all at the same time, on 2, 1, 3 and 7 threads and without SIMD: %#',
    async (on) => {
      const generator = new TorchGenerator(BigInt(seed));
      const bytes = await Promise.all(calls.map((call) => start(call, generator, on)));
      expect(bytes).toEqual(calls.map((call) => call.bytes));
      expect(hash(generator.getState())).toBe(calls.at(-1)?.state);
    },
  );

  test('each from the state before it, as bytes', async () => {
    const generator = new TorchGenerator(BigInt(seed));
    for (const call of calls) {
      const other = new TorchGenerator(0);
      other.setState(generator.getState());
      const ahead = start(call, generator);
      expect(await start(call, other)).toBe(await ahead);
      expect(hash(other.getState())).toBe(call.state);
    }
  });
});
