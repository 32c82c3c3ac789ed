/** TorchGenerator: seeds, positions and states; and what a fill takes from it. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  fill,
  heNormal,
  normal,
  SharedTensor,
  TorchGenerator,
  uniform,
  uniform_,
  wage,
  zeros,
  type FillOptions,
  type InitInput,
} from 'jumpfill';
import { failureOf } from '../support/failure.js';

const engine = new Engine({ threads: 2, seed: 1n });
const closed = new Engine({ threads: 1, seed: 1n });
await closed.close();
afterAll(async () => {
  await engine.close();
});

const ABORTED = AbortSignal.abort('enough');
const STANDARD = uniform({ low: 0, high: 1 });

/** Moves a generator on by whole words, without drawing them. */
async function skip(generator: TorchGenerator, words: number): Promise<void> {
  const call = engine.fill(SharedTensor.empty([words]), STANDARD, { generator, signal: ABORTED });
  await expect(call).rejects.toBe('enough');
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a seed', () => {
  test.each([
    [0, 0n],
    [42, 42n],
    [-1, 2n ** 64n - 1n],
    [-(2n ** 63n), 2n ** 63n],
    [2n ** 63n, 2n ** 63n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
    [Number.MIN_SAFE_INTEGER, 2n ** 64n - 2n ** 53n + 1n],
  ])('of %s is the initial seed %s, as in torch', (seed, initialSeed) => {
    expect(new TorchGenerator(seed).initialSeed).toBe(initialSeed);
  });

  test.each([-(2n ** 63n) - 1n, 2n ** 64n, 1.5, NaN, 2 ** 53, -(2 ** 53), '42', true, null, undefined])(
    'of %s is refused',
    (seed) => {
      const make = (): unknown => new TorchGenerator(seed as never);
      expect(make).toThrow(expect.objectContaining({ code: 'BAD_SEED' }) as Error);
    },
  );

  test('is as good as another with the same low 32 bits, except that the state tells them apart', () => {
    const [one, two] = [new TorchGenerator(7).getState(), new TorchGenerator(7n + 2n ** 32n).getState()];
    expect(one.subarray(8)).toEqual(two.subarray(8));
    expect(one).not.toEqual(two);
  });
});

describe('the position', () => {
  test('is 0 at first, counts words, and is 0 again after setState', async () => {
    const generator = new TorchGenerator(3);
    expect(generator.position).toBe(0n);
    await skip(generator, 1000);
    expect(generator.position).toBe(1000n);
    generator.setState(generator.getState());
    expect(generator.position).toBe(0n);
  });

  test.each<[InitInput, FillOptions & { dtype?: 'float32' | 'float64' | 'float16' }, number, number]>([
    [STANDARD, {}, 10, 10],
    [STANDARD, { dtype: 'float64' }, 10, 20],
    [STANDARD, { dtype: 'float16' }, 10, 10],
    [normal(), {}, 15, 32],
    [normal(), {}, 16, 16],
    [normal(), {}, 17, 17 + 16],
    [normal(), { dtype: 'float16' }, 17, 16 + 16],
    [normal(), { dtype: 'float64' }, 17, 2 * (17 + 16)],
    [{ kind: 'truncated_normal' }, {}, 100, 400],
    [zeros(), {}, 100, 0],
  ])(
    'grows by the words that torch takes: %j %j of %d elements takes %d',
    async (init, form, size, words) => {
      const generator = new TorchGenerator(3);
      const tensor = SharedTensor.empty([size], { dtype: form.dtype ?? 'float32' });
      const call = engine.fill(tensor, init, { generator, signal: ABORTED });
      expect(generator.position).toBe(BigInt(words));
      await expect(call).rejects.toBe('enough');
    },
  );
});

describe('a clone', () => {
  test('goes on from the same place on its own', async () => {
    const generator = new TorchGenerator(5);
    await skip(generator, 700);
    const clone = generator.clone();
    expect([clone.initialSeed, clone.position]).toEqual([5n, 700n]);
    expect(clone.getState()).toEqual(generator.getState());
    await skip(clone, 1);
    expect(generator.position).toBe(700n);
    await skip(generator, 1);
    expect(clone.getState()).toEqual(generator.getState());
  });
});

/** Byte positions in a state: src/domain/torch/generator-state.ts. */
const LEFT = 8;
const SEEDED = 12;
const NEXT = 16;
const WORDS = 24;
const NORMAL = 5024;
const HAS_NORMAL = 5040;
const PADDING = 5044;
const FLOAT_NORMAL = 5048;
const HAS_FLOAT_NORMAL = 5052;

/** A state with other bytes. */
function alter(change: (view: DataView) => void): Uint8Array {
  const bytes = new TorchGenerator(9).getState();
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('a state', () => {
  test('is given back as it was set, at any position, and goes on with the same words', async () => {
    const generator = new TorchGenerator(11);
    for (const words of [0, 1, 622, 1, 1, 623, 624, 100_000, 2 ** 21]) {
      await skip(generator, words);
      const other = new TorchGenerator(0);
      other.setState(generator.getState());
      expect(hash(other.getState())).toBe(hash(generator.getState()));
      const ahead = generator.clone();
      await skip(ahead, 2000);
      await skip(other, 2000);
      expect(hash(other.getState())).toBe(hash(ahead.getState()));
    }
  });

  test('may be a Buffer, or lie in the middle of a buffer', () => {
    const state = new TorchGenerator(-3).getState();
    const around = new Uint8Array(state.length + 3);
    around.set(state, 3);
    for (const bytes of [Buffer.from(state), around.subarray(3)]) {
      const generator = new TorchGenerator(0);
      generator.setState(bytes);
      expect(generator.initialSeed).toBe(2n ** 64n - 3n);
      expect(generator.getState()).toEqual(state);
    }
  });

  test('belongs to its reader: writing to what was set or read changes no generator', () => {
    const generator = new TorchGenerator(1);
    const bytes = generator.getState();
    generator.setState(bytes);
    bytes.fill(0);
    generator.getState().fill(0);
    expect(generator.getState()).toEqual(new TorchGenerator(1).getState());
  });

  test('keeps both cached normals that torch has room for', async () => {
    const state = alter((view) => {
      view.setFloat64(NORMAL, -1.25, true);
      view.setInt32(HAS_NORMAL, 1, true);
      view.setFloat32(FLOAT_NORMAL, 0.5, true);
      view.setUint8(HAS_FLOAT_NORMAL, 1);
    });
    const generator = new TorchGenerator(0);
    generator.setState(state);
    expect(generator.getState()).toEqual(state);
    await skip(generator, 10);
    const after = generator.clone().getState();
    expect(after.subarray(NORMAL)).toEqual(state.subarray(NORMAL));
  });

  test('drops what torch drops: unused normals and padding', () => {
    const generator = new TorchGenerator(0);
    const noise = alter((view) => {
      for (const unused of [NORMAL - 8, NORMAL, NORMAL + 8, PADDING, FLOAT_NORMAL]) view.setInt32(unused, 77);
    });
    generator.setState(noise);
    expect(generator.getState()).toEqual(new TorchGenerator(9).getState());
  });

  const STATES = [
    ['is not seeded', { [SEEDED]: 0 }],
    ['has left 0', { [LEFT]: 0 }],
    ['has left 625', { [LEFT]: 625 }],
    ['has more words left than its block', { [LEFT]: 2 }],
    ['has a next of 625', { [NEXT]: 625 }],
    ['has a next of 2^32', { [NEXT + 4]: 1 }],
    ['has a next that disagrees with left', { [NEXT]: 1 }],
    ['has a word of more than 32 bits', { [WORDS + 8 * 623 + 4]: 1 }],
    ['has a flag of 2', { [HAS_NORMAL]: 2 }],
    ['has a second flag of 2', { [HAS_FLOAT_NORMAL]: 2 }],
    ['has a cached normal that is infinite', { [NORMAL + 4]: 0x7ff00000, [HAS_NORMAL]: 1 }],
    ['has a cached normal of 9, further out than any', { [NORMAL + 4]: 0x40220000, [HAS_NORMAL]: 1 }],
    ['has a second cached normal that is infinite', { [FLOAT_NORMAL]: 0x7f800000, [HAS_FLOAT_NORMAL]: 1 }],
  ] as const;
  test.each(STATES)('that %s is refused, and the generator stays as it was', (_, changes) => {
    const generator = new TorchGenerator(4);
    const before = generator.getState();
    const state = alter((view) => {
      for (const [byte, value] of Object.entries(changes)) view.setInt32(Number(byte), value, true);
    });
    const set = (): void => {
      generator.setState(state);
    };
    expect(set).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }) as Error);
    expect(generator.getState()).toEqual(before);
  });

  test.each([
    new Uint8Array(5055),
    new Uint8Array(5057),
    new Uint8Array(0),
    new Float64Array(632),
    [],
    'state',
  ])('that is no 5056 bytes is refused: %#', (bytes) => {
    const set = (): void => {
      new TorchGenerator(4).setState(bytes as never);
    };
    expect(set).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }) as Error);
  });
});

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
    await skip(generator, 123);
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
