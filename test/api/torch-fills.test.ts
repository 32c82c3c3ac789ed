/** What a fill takes from its TorchGenerator, and when. */
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  fill,
  heNormal,
  SharedTensor,
  TorchGenerator,
  uniform,
  uniform_,
  wage,
  zeros,
  type FillOptions,
} from 'jumpfill';
import { failureOf } from '../support/failure.js';
import { ABORTED, skipWords } from '../support/skip-words.js';

const engine = new Engine({ threads: 2, seed: 1n });
const closed = new Engine({ threads: 1, seed: 1n });
await closed.close();
afterAll(async () => {
  await engine.close();
});

const STANDARD = uniform({ low: 0, high: 1 });

describe('a fill takes its words', () => {
  test('when it is called, in the order of the calls, methods and functions alike', async () => {
    const generator = new TorchGenerator(6);
    const positions: bigint[] = [];
    const options = { generator, signal: ABORTED };
    const calls: (() => Promise<unknown>)[] = [
      () => engine.fill(SharedTensor.empty([10]), STANDARD, options),
      () => fill(SharedTensor.empty([20]), STANDARD, options),
      () => engine.wageInit_(SharedTensor.empty([6, 5]), 2, options),
      () => engine.uniform_(SharedTensor.empty([40]), { low: -1, high: 1, ...options }),
      () => uniform_(SharedTensor.empty([50]), { low: -1, high: 1, ...options, engine }),
      () => engine.truncatedNormal_(SharedTensor.empty([60]), options),
    ];
    const pending = calls.map((call) => {
      const promise = call();
      positions.push(generator.position);
      return promise;
    });
    await Promise.allSettled(pending);
    expect(positions).toEqual([10n, 30n, 60n, 100n, 150n, 390n]);
  });

  test('even if its signal was aborted before the call', async () => {
    const generator = new TorchGenerator(6);
    await skipWords(engine, generator, 123);
    expect(generator.position).toBe(123n);
  });

  test('even if it is aborted on the way: what follows has the words that it has after a whole fill', async () => {
    const following = async (signal?: AbortSignal, abort?: () => void): Promise<Float32Array> => {
      const generator = new TorchGenerator(6);
      const large = engine.fill(SharedTensor.empty([2 ** 21]), STANDARD, { generator, signal });
      const next = engine.fill(SharedTensor.empty([1000]), STANDARD, { generator });
      abort?.();
      await Promise.allSettled([large]);
      return (await next).data;
    };
    const controller = new AbortController();
    const aborted = await following(controller.signal, () => {
      controller.abort();
    });
    expect(aborted).toEqual(await following());
  });

  const layer = (): SharedTensor => SharedTensor.empty([4, 4], { name: 'w' });
  const REFUSALS: readonly (readonly [string, (options: FillOptions) => Promise<unknown>, string])[] = [
    [
      'an unknown parameter',
      (o) => engine.fill(layer(), { kind: 'zeros', low: 1 } as never, o),
      'BAD_OPTION',
    ],
    ['a bad parameter', (o) => engine.uniform_(layer(), { low: 2, high: 1, ...o }), 'BAD_RANGE'],
    ['no tensor', (o) => engine.fill(new Float32Array(4) as never, STANDARD, o), 'BAD_BUFFER'],
    ['a closed engine', (o) => closed.fill(layer(), STANDARD, o), 'ENGINE_CLOSED'],
    ['a kind of Keras', (o) => engine.fill(layer(), heNormal(), o), 'NOT_IMPLEMENTED'],
    ['codes', (o) => engine.fill(codes(), wage({ bits: 2, codes: true }), o), 'NOT_IMPLEMENTED'],
    ['other bounds', (o) => engine.truncatedNormal_(layer(), { low: -1, ...o }), 'NOT_IMPLEMENTED'],
    ['a bad signal', (o) => engine.fill(layer(), STANDARD, { ...o, signal: 'no' as never }), 'BAD_OPTION'],
    ['a seed', (o) => engine.fill(layer(), STANDARD, { ...o, seed: 1 }), 'BAD_OPTION'],
    ['a name', (o) => engine.fill(layer(), STANDARD, { ...o, name: 'v' }), 'BAD_OPTION'],
    ['an offset', (o) => engine.fill(layer(), STANDARD, { ...o, offset: 0 }), 'BAD_OPTION'],
    ['a seed, of a function', (o) => fill(layer(), STANDARD, { ...o, seed: 1, engine }), 'BAD_OPTION'],
    ['quantize_', (o) => engine.quantize_(layer(), 2, o), 'BAD_OPTION'],
  ];
  const codes = (): SharedTensor<'int8'> => SharedTensor.empty([4, 4], { dtype: 'int8' });
  test.each(REFUSALS)('unless it is refused: %s', async (_, call, code) => {
    const generator = new TorchGenerator(6);
    expect((await failureOf(call({ generator }))).code).toBe(code);
    expect(generator.position).toBe(0n);
  });

  test.each([
    'torch',
    42,
    {},
    Object.create(TorchGenerator.prototype),
    new Proxy(new TorchGenerator(1), {}),
    null,
    TorchGenerator,
  ])('from a TorchGenerator only, and the message says how to make one: %#', async (generator: unknown) => {
    const error = await failureOf(engine.fill(layer(), STANDARD, { generator: generator as never }));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.remedy).toBe('Pass a TorchGenerator of this copy of jumpfill: new TorchGenerator(seed).');
  });

  test('and a number of the engine is not used up: the next unnamed fill has the streams of #0', async () => {
    const fresh = new Engine({ threads: 1, seed: 8n });
    await fresh.fill(SharedTensor.empty([4]), zeros(), { generator: new TorchGenerator(1) });
    const unnamed = await fresh.fill(SharedTensor.empty([4]), STANDARD);
    const named = await fresh.fill(SharedTensor.empty([4]), STANDARD, { name: '#0' });
    await fresh.close();
    expect(unnamed.data).toEqual(named.data);
  });

  test('of the generator, whatever name the tensor has', async () => {
    const tensors = ['a', 'b'].map((name) => SharedTensor.empty([4], { name }));
    for (const tensor of tensors) await engine.fill(tensor, zeros(), { generator: new TorchGenerator(1) });
    expect(tensors[0]?.data).toEqual(tensors[1]?.data);
  });
});
