/** TorchGenerator: seeds, positions and clones. */
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  normal,
  SharedTensor,
  TorchGenerator,
  uniform,
  zeros,
  type FillOptions,
  type InitInput,
} from 'jumpfill';
import { ABORTED, skipWords } from '../support/skip-words.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(async () => {
  await engine.close();
});

const STANDARD = uniform({ low: 0, high: 1 });

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
    await skipWords(engine, generator, 1000);
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
    await skipWords(engine, generator, 700);
    const clone = generator.clone();
    expect([clone.initialSeed, clone.position]).toEqual([5n, 700n]);
    expect(clone.getState()).toEqual(generator.getState());
    await skipWords(engine, clone, 1);
    expect(generator.position).toBe(700n);
    await skipWords(engine, generator, 1);
    expect(clone.getState()).toEqual(generator.getState());
  });
});
