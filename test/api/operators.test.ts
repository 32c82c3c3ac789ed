/** WAGE's operators through the engine do what the scalar functions do, exactly once, on any threads and in any memory. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  clip_,
  constant,
  Engine,
  JumpfillError,
  normal,
  quantize_,
  shift_,
  SharedTensor,
  type QuantizeOptions,
  type ShiftOptions,
} from 'jumpfill';
import { at } from '#built/base/at.js';
import { withPool } from '#built/api/pool-seam.js';
import { codeStep } from '../../src/domain/kernels/codes.js';
import {
  clip,
  clipBound,
  largestMagnitude,
  quantize,
  shift,
  shiftExponent,
} from '../../src/domain/operators/wage-operators.js';
import { expectSameBytes } from '../support/bytes.js';
import { FALSE_ALARM, meanBound, meanOf } from '../support/statistics.js';
import { casesOf } from '../support/thorough.js';

const SEED = 77n;
const engines = [1, 2, 3, 7].map((threads) => new Engine({ threads, seed: SEED }));
const [one = new Engine(), two = new Engine()] = engines;
const scalar = new Engine({ threads: 2, seed: SEED, simd: false });
afterAll(async () => {
  await Promise.all([...engines, scalar].map((engine) => engine.close()));
});

/** More chunks than one, the last cut off in mid-lane. */
const LENGTH = casesOf({ few: 1, all: 3 }) * 2 ** 18 + 12_347;
const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  0.75,
  0.25,
  -0.25,
  1e-40,
  -1e-40,
  3e38,
  -3e38,
  2 ** -149,
  0.9921875,
];

/** Normal values, with special ones at the beginning and at the end. */
const input = await one.fill(SharedTensor.empty([LENGTH], { name: 'x' }), normal({ std: 0.6 }));
input.data.set(SPECIAL);
input.data.set(SPECIAL, LENGTH - SPECIAL.length);
const wrapped = (): SharedTensor => {
  const tensor = SharedTensor.wrap(new SharedArrayBuffer(4 * LENGTH + 32), [LENGTH], {
    name: 'x',
    byteOffset: 20,
  });
  tensor.data.set(input.data);
  return tensor;
};

type Operator = (engine: Engine, tensor: SharedTensor) => Promise<SharedTensor>;
interface Case {
  readonly title: string;
  readonly apply: Operator;
  readonly specification: (values: Float32Array) => void;
}

const ROUNDINGS = ['half_even', 'half_up'] as const;
const cases: readonly Case[] = [
  ...casesOf({ few: [1, 8, 1024], all: [1, 2, 8, 15, 16, 1024] }).map((bits): Case => ({
    title: `clip_ to ${bits} bits`,
    apply: (engine, tensor) => engine.clip_(tensor, bits),
    specification: (values) => {
      clip(values, bits);
    },
  })),
  ...casesOf({ few: [2, 16], all: [1, 2, 8, 15, 16] }).flatMap((bits) =>
    ROUNDINGS.flatMap((rounding) =>
      [1, 16].map((scale): Case => ({
        title: `quantize_ to ${bits} bits, ${rounding}, scale ${scale}`,
        apply: (engine, tensor) => engine.quantize_(tensor, bits, { rounding, scale }),
        specification: (values) => {
          quantize(values, { bits, rounding, scale });
        },
      })),
    ),
  ),
  ...(['nearest', 'ceiling'] as const).map((rounding): Case => ({
    title: `shift_ by the ${rounding} power of two`,
    apply: (engine, tensor) => engine.shift_(tensor, { rounding }),
    specification: (values) => {
      shift(values, shiftExponent(largestMagnitude(values), rounding));
    },
  })),
];

describe.each(cases)('$title', ({ apply, specification }) => {
  const expected = input.data.slice();
  specification(expected);

  test('equals the scalar function, on 1, 2, 3 and 7 threads', async () => {
    for (const engine of [...engines, scalar]) {
      const tensor = input.clone();
      expect(await apply(engine, tensor)).toBe(tensor);
      expectSameBytes(tensor.data, expected);
    }
  });

  test('is the same in wrapped memory, and touches no byte around it', async () => {
    const tensor = wrapped();
    await apply(two, tensor);
    expectSameBytes(tensor.data, expected);
    const around = [
      ...new Uint8Array(tensor.buffer, 0, 20),
      ...new Uint8Array(tensor.buffer, 20 + 4 * LENGTH),
    ];
    expect(around).toEqual(new Array(32).fill(0));
  });
});

describe('bit for bit, with the SIMD kernels and without', () => {
  const patterns = (tensor: SharedTensor): Uint32Array =>
    new Uint32Array(tensor.buffer, tensor.byteOffset, tensor.length);
  const made = (bits: readonly number[]): SharedTensor => {
    const tensor = SharedTensor.empty([bits.length], { name: 'x' });
    patterns(tensor).set(bits);
    return tensor;
  };
  const operators: readonly (readonly [string, Operator])[] = [
    ...[1, 4, 20].map(
      (bits) =>
        [`clip_ to ${bits}`, (e, t) => e.clip_(t, bits)] as const satisfies readonly [string, Operator],
    ),
    ...[1, 4, 20].flatMap((bits) =>
      (['half_even', 'half_up', 'stochastic'] as const).map(
        (rounding) =>
          [
            `quantize_ to ${bits}, ${rounding}`,
            (e, t) => e.quantize_(t, bits, { rounding, scale: 64 }),
          ] as const satisfies readonly [string, Operator],
      ),
    ),
  ];

  /** Quiet and signalling, of either sign, with payloads, at any place of a group of four. */
  const NANS = [0x7fc00000, 0x7fc00001, 0x7f800001, 0xff812345, 0xffc00000, 0x7fffffff, 0xffffffff];
  test.each(operators)(
    '%s leaves a NaN as it is, and its neighbours come out as without it',
    async (_, apply) => {
      const numbers = Array.from({ length: 4 * NANS.length + 3 }, (_, i) => i / 20 - 1);
      const isNumber = (i: number): boolean => i % 4 !== 2;
      for (const engine of [two, scalar]) {
        const tensor = SharedTensor.empty([numbers.length], { name: 'x' });
        tensor.data.set(numbers);
        const without = patterns(await apply(engine, tensor.clone()));
        numbers.forEach((_, i) => {
          if (!isNumber(i)) patterns(tensor)[i] = NANS[(i - 2) / 4] ?? NANS[0] ?? 0;
        });
        const before = patterns(tensor).slice();
        const after = patterns(await apply(engine, tensor));
        expect([...after]).toEqual([...before.map((pattern, i) => (isNumber(i) ? at(without, i) : pattern))]);
      }
    },
  );

  test.each([...operators, ['shift_', (e, t) => e.shift_(t)] as const satisfies readonly [string, Operator]])(
    'no zero is negative after %s, not even after an underflow',
    async (_, apply) => {
      // -0, the least and a larger negative subnormal, and a number that shift_ divides by 2^100.
      const bits = [0x80000000, 0x80000001, 0x80000010, 0x71800000, 0];
      for (const engine of [two, scalar]) {
        const after = patterns(await apply(engine, made(bits)));
        expect([...after].filter((pattern) => pattern === 0x80000000)).toEqual([]);
      }
    },
  );
});

test('the functions do what the methods do', async () => {
  const options = { engine: two } as const;
  expectSameBytes((await clip_(input.clone(), 4, options)).data, (await one.clip_(input.clone(), 4)).data);
  expectSameBytes((await shift_(input.clone(), options)).data, (await one.shift_(input.clone())).data);
  const stochastic = { rounding: 'stochastic', seed: 4 } as const;
  expectSameBytes(
    (await quantize_(input.clone(), 4, { ...stochastic, ...options })).data,
    (await one.quantize_(input.clone(), 4, stochastic)).data,
  );
});

describe('stochastic rounding', () => {
  const round = async (options: QuantizeOptions, bits = 4, tensor = input.clone()): Promise<Float32Array> =>
    (await two.quantize_(tensor, bits, { rounding: 'stochastic', ...options })).data;

  test('has the same bytes on 1, 2, 3 and 7 threads, from the scalar kernels, and in wrapped memory', async () => {
    const expected = await round({});
    for (const engine of [...engines, scalar]) {
      const tensor = await engine.quantize_(input.clone(), 4, { rounding: 'stochastic' });
      expectSameBytes(tensor.data, expected);
    }
    expectSameBytes(await round({}, 4, wrapped()), expected);
  });

  test('repeats for the same seed and name, and differs for another of either', async () => {
    const expected = await round({ seed: 5, name: 'a' });
    expectSameBytes(await round({ seed: 5n, name: 'a' }), expected);
    for (const other of [await round({ seed: 6, name: 'a' }), await round({ seed: 5, name: 'b' })]) {
      expect(other.filter((value, i) => value !== expected[i]).length).toBeGreaterThan(LENGTH / 10);
    }
  });

  test('has its own words in each call; call 0 is the default, and iteration is its old name', async () => {
    const first = await round({});
    expectSameBytes(await round({ call: 0 }), first);
    const others = await Promise.all([1, 2, 2 ** 53 - 1].map((call) => round({ call })));
    expectSameBytes(await round({ call: 2 }), others[1] ?? first);
    expectSameBytes(await round({ iteration: 2 }), others[1] ?? first);
    for (const [i, other] of others.entries()) {
      for (const before of [first, ...others.slice(0, i)]) {
        expect(other.filter((value, at) => value !== before[at]).length).toBeGreaterThan(LENGTH / 10);
      }
    }
  });

  test('averages to the value over calls, and not over repetitions', async () => {
    const x = Math.fround(0.1);
    const n = 64;
    const once = async (call: number): Promise<Float32Array> =>
      await round(
        { call },
        3,
        await one.fill(SharedTensor.empty([n], { name: 'x' }), constant({ value: x })),
      );
    const runs = 256;
    const fresh = await Promise.all(Array.from({ length: runs }, (_, i) => once(i)));
    const means = Array.from({ length: n }, (_, i) => meanOf(Float32Array.from(fresh, (run) => at(run, i))));
    // Hoeffding's bound, of steps of a quarter, for each of the elements.
    const bound = meanBound(runs, 1 / 4);
    expect(means.every((mean) => Math.abs(mean - x) < bound)).toBe(true);
    const again = await Promise.all(Array.from({ length: 50 }, () => once(0)));
    for (const repetition of again) expectSameBytes(repetition, again[0] ?? repetition);
  });

  test('of a tensor with the same words again causes one warning per process, and nothing else does', () => {
    const program = `
      import { Engine, SharedTensor } from 'jumpfill';
      const engine = new Engine({ threads: 1, seed: 1n });
      const tensor = SharedTensor.empty([9], { name: 'w' });
      const told = [];
      process.on('warning', ({ code, message }) => told.push([code, message]));
      const round = async (options, t = tensor) => {
        await engine.quantize_(t, 4, { rounding: 'stochastic', ...options });
        await new Promise((resolve) => setImmediate(resolve));
        return told.length;
      };
      const counts = [];
      for (const options of [{}, { call: 1 }, { offset: 9 }, { seed: 2 }, {}, { name: 'v' }, { rounding: 'half_up' }, { rounding: 'half_up' }]) counts.push(await round(options));
      const unnamed = SharedTensor.empty([9]);
      counts.push(await round({}, unnamed), await round({}, unnamed));
      counts.push(await round({}), await round({}), await round({ call: 1 }), await round({ call: 1 }));
      console.log(JSON.stringify({ counts, told }));
    `;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({
      counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
      told: [
        [
          'JUMPFILL_SAME_WORDS',
          'Tensor "w" is rounded stochastically with the same random words as the last time: equal values are rounded the same way. Pass { call: 1 }, 2 and so on for fresh ones. This warning appears once.',
        ],
      ],
    });
  });

  test('gives a neighbour of the value on the grid, and the value itself if it lies on the grid', async () => {
    for (const bits of [2, 5, 8]) {
      const [step, bound] = [codeStep(bits), clipBound(bits)];
      const rounded = await round({}, bits);
      const wrong = rounded.filter((value, i) => {
        const x = Math.min(Math.max(at(input.data, i), -bound), bound);
        return !Number.isInteger(value / step) || Math.abs(value - x) >= step || Math.abs(value) > bound;
      });
      expect([...wrong]).toEqual([]);
    }
  });

  test('is unbiased: correct code fails with a probability of 1e-9 per value; rounding to nearest would fail', async () => {
    expect(FALSE_ALARM).toBe(1e-9);
    const n = casesOf({ few: 2 ** 18, all: 2 ** 20 });
    const tensor = SharedTensor.empty([n], { name: 'x' });
    // 3 bits: steps of a quarter. Hoeffding's bound over one step, and 2^-24 steps of bias.
    const bound = meanBound(n, 1 / 4) + 2 ** -26;
    for (const x of [0.1, -0.1, 0.2, -0.6, 0.01, 0.7].map(Math.fround)) {
      const mean = meanOf(await round({}, 3, await one.fill(tensor, constant({ value: x }))));
      expect(Math.abs(mean - x)).toBeLessThan(bound);
      const nearest = await one.quantize_(await one.fill(tensor, constant({ value: x })), 3);
      expect(Math.abs(meanOf(nearest.data) - x)).toBeGreaterThan(bound);
    }
  });

  test('is uncorrelated with the words that drew the tensor', async () => {
    const n = 2 ** 18;
    const tensor = SharedTensor.empty([n], { name: 'drawn' });
    await one.uniform_(tensor, { low: 0, high: 0.25 });
    const drawn = tensor.data.slice();
    const isUp = await round({}, 3, tensor);
    // The covariance of x with the excess of its rounding is 0 if words are independent; at most 1/4 a value is |up - x|.
    let sum = 0;
    drawn.forEach((x, i) => (sum += (at(isUp, i) - x) * (x - 0.125)));
    expect(Math.abs(sum / n)).toBeLessThan(meanBound(n, 1 / 16));
  });

  test('rounds a slice as the same piece of the whole', async () => {
    const expected = await round({});
    const law = fc.asyncProperty(
      fc.nat(LENGTH - 1),
      fc.integer({ min: 1, max: 70_000 }),
      async (start, count) => {
        const end = Math.min(start + count, LENGTH);
        const piece = SharedTensor.empty([end - start], { name: 'x' });
        piece.data.set(input.data.subarray(start, end));
        expectSameBytes(await round({ offset: start }, 4, piece), expected.subarray(start, end));
      },
    );
    await fc.assert(law, { numRuns: casesOf({ few: 10, all: 30 }) });
  });
});

describe('shift_', () => {
  const shifted = async (values: readonly number[], options: ShiftOptions = {}): Promise<number[]> => {
    const tensor = SharedTensor.empty([values.length]);
    tensor.data.set(values);
    return [...(await two.shift_(tensor, options)).data];
  };

  test('leaves zeros as they are, and an empty tensor', async () => {
    expect(await shifted([0, 0, 0])).toEqual([0, 0, 0]);
    expect(await shifted([])).toEqual([]);
    const wide = await two.shift_(SharedTensor.empty([LENGTH]));
    expect(wide.data.every((value) => value === 0)).toBe(true);
  });

  test.each([
    [[3, -1], 'nearest', [0.75, -0.25]],
    [[2.8, 1], 'nearest', [Math.fround(2.8) / 2, 0.5]],
    [[2.8, 1], 'ceiling', [Math.fround(2.8) / 4, 0.25]],
    [[-4, 2], 'ceiling', [-1, 0.5]],
    [[2 ** -149, 0], 'nearest', [1, 0]],
    [[1.5 * 2 ** 127, -(2 ** 126)], 'ceiling', [0.75, -0.25]],
  ] as const)('of %j, %s, is %j', async (values, rounding, expected) => {
    expect(await shifted(values, { rounding })).toEqual([...expected]);
  });

  test.each([Infinity, -Infinity, NaN])(
    'refuses a tensor with %d anywhere, and leaves it as it was',
    async (bad) => {
      for (const place of [0, LENGTH >> 1, LENGTH - 1]) {
        const tensor = input.clone();
        tensor.data[place] = bad;
        const before = tensor.data.slice();
        await expect(two.shift_(tensor)).rejects.toMatchObject({ code: 'BAD_RANGE' });
        expectSameBytes(tensor.data, before);
      }
    },
  );
});

describe('a worker that dies in the middle of an operator', () => {
  const OPERATIONS = { none: 0, clip: 1, quantize: 2, shift: 3, measure: 4 } as const;
  const workerUrl = new URL('../faults/dying-operator.mjs', import.meta.url);

  /** The input, over memory that ends in the fields that control test/faults/dying-operator.mjs. */
  function faulty(operation: keyof typeof OPERATIONS, spared: number): SharedTensor {
    const buffer = new SharedArrayBuffer(4 * LENGTH + 16);
    new Int32Array(buffer, 4 * LENGTH).set([OPERATIONS[operation], 1, 0, spared]);
    const tensor = SharedTensor.wrap(buffer, [LENGTH], { name: 'x' });
    tensor.data.set(input.data);
    return tensor;
  }
  const timesLeft = ({ buffer }: SharedTensor): number => new Int32Array(buffer, 4 * LENGTH)[1] ?? NaN;

  const operators = {
    clip: (engine: Engine, tensor: SharedTensor) => engine.clip_(tensor, 3),
    quantize: (engine: Engine, tensor: SharedTensor) => engine.quantize_(tensor, 3, { scale: 4 }),
    shift: (engine: Engine, tensor: SharedTensor) => engine.shift_(tensor),
  };

  const DEATHS = [
    ['clip', 2],
    ['quantize', 2],
    ['shift', 2],
    ['clip', 1],
    ['quantize', 1],
    ['shift', 1],
  ] as const;

  test.each(casesOf({ few: DEATHS.slice(0, 3), all: DEATHS }))(
    '(%s, threads: %d) is an error, no element is changed twice, and the engine stays usable',
    async (kind, threads) => {
      await using engine = new Engine({ threads, seed: SEED, ...withPool({ workerUrl }) });
      const once = (await operators[kind](one, input.clone())).data;
      const tensor = faulty(kind, 1);
      const error: unknown = await operators[kind](engine, tensor).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(JumpfillError);
      expect(error).toMatchObject({ code: 'WORKER_FAILED', cause: expect.any(Error) as Error });
      expect((error as JumpfillError).message).toMatch(/half changed/);
      expect(timesLeft(tensor)).toBe(0);
      // Each element is as it was or as the operator makes it: quantized over 4, or shifted, a second time it would be neither.
      const neither = tensor.data.findIndex(
        (value, i) => !Object.is(value, input.data[i]) && !Object.is(value, once[i]),
      );
      expect(neither).toBe(-1);
      expect(tensor.data.some((value, i) => value !== once[i])).toBe(true);
      const again = faulty('none', 0);
      await operators[kind](engine, again);
      expectSameBytes(again.data, once);
    },
  );

  test('while it only reads the elements leaves them all as they were, or succeeds', async () => {
    await using engine = new Engine({ threads: 2, seed: SEED, ...withPool({ workerUrl }) });
    const tensor = faulty('measure', 1);
    const error: unknown = await engine.shift_(tensor).catch((reason: unknown) => reason);
    expect(timesLeft(tensor)).toBe(0);
    if (error === tensor) expectSameBytes(tensor.data, (await one.shift_(input.clone())).data);
    else {
      expect(error).toMatchObject({ code: 'WORKER_FAILED' });
      expectSameBytes(tensor.data, input.data);
    }
  });
});

describe('refused, with the tensor as it was', () => {
  const untyped = (value: unknown): never => value as never;
  const refusals: readonly (readonly [string, string, (tensor: SharedTensor) => Promise<unknown>])[] = [
    ['clip_ to 0 bits', 'BAD_BITS', (t) => two.clip_(t, 0)],
    ['clip_ to 2.5 bits', 'BAD_BITS', (t) => two.clip_(t, 2.5)],
    ['clip_ to 1025 bits', 'BAD_BITS', (t) => two.clip_(t, 1025)],
    ['clip_ to no bits', 'BAD_BITS', (t) => two.clip_(t, untyped(undefined))],
    ['clip_ with a seed', 'BAD_OPTION', (t) => two.clip_(t, 2, untyped({ seed: 1 }))],
    ['quantize_ to -1 bits', 'BAD_BITS', (t) => two.quantize_(t, -1)],
    ['an unknown rounding', 'BAD_OPTION', (t) => two.quantize_(t, 2, { rounding: untyped('half_evn') })],
    ['a rounding that is null', 'BAD_OPTION', (t) => two.quantize_(t, 2, { rounding: untyped(null) })],
    ['scale 0', 'BAD_LIMIT', (t) => two.quantize_(t, 2, { scale: 0 })],
    ['scale -1', 'BAD_LIMIT', (t) => two.quantize_(t, 2, { scale: -1 })],
    ['scale NaN', 'BAD_LIMIT', (t) => two.quantize_(t, 2, { scale: NaN })],
    ['scale Infinity', 'BAD_LIMIT', (t) => two.quantize_(t, 2, { scale: Infinity })],
    ['a scale of text', 'BAD_LIMIT', (t) => two.quantize_(t, 2, { scale: untyped('2') })],
    ['seed -1', 'BAD_SEED', (t) => two.quantize_(t, 2, { rounding: 'stochastic', seed: -1 })],
    ['offset -1', 'BAD_OFFSET', (t) => two.quantize_(t, 2, { rounding: 'stochastic', offset: -1 })],
    ['call -1', 'BAD_OPTION', (t) => two.quantize_(t, 2, { call: -1 })],
    ['both names of call', 'BAD_OPTION', (t) => two.quantize_(t, 2, { call: 1, iteration: 1 })],
    ['a call of no number', 'BAD_OPTION', (t) => two.quantize_(t, 2, { call: '1' as never })],
    ['half an iteration', 'BAD_OPTION', (t) => two.quantize_(t, 2, { iteration: 0.5 })],
    ['an empty name', 'BAD_NAME', (t) => two.quantize_(t, 2, { rounding: 'stochastic', name: '' })],
    ['an unknown rounding of a shift', 'BAD_OPTION', (t) => two.shift_(t, { rounding: untyped('celing') })],
    ['a shift with a scale', 'BAD_OPTION', (t) => two.shift_(t, untyped({ scale: 2 }))],
    ['an invalid signal', 'BAD_OPTION', (t) => two.shift_(t, { signal: untyped({}) })],
  ];
  test.each(refusals)('%s with %s', async (_, code, apply) => {
    const tensor = SharedTensor.empty([9]);
    tensor.data.fill(0.3);
    await expect(apply(tensor)).rejects.toMatchObject({ code });
    expect(tensor.data.every((value) => value === Math.fround(0.3))).toBe(true);
  });

  test.each(['float64', 'float16', 'bfloat16', 'int8'] as const)('%s with BAD_DTYPE', async (dtype) => {
    const tensor = untyped(SharedTensor.empty([9], { dtype }));
    const refused = { code: 'BAD_DTYPE' };
    await expect(two.clip_(tensor, 2)).rejects.toMatchObject(refused);
    await expect(two.quantize_(tensor, 2)).rejects.toMatchObject(refused);
    await expect(two.shift_(tensor)).rejects.toMatchObject(refused);
  });

  test('the error about a mistyped rounding suggests the nearest name', async () => {
    const tensor = SharedTensor.empty([9], { name: 'w' });
    await expect(two.quantize_(tensor, 2, { rounding: untyped('half_evn') })).rejects.toThrow(
      'Tensor "w": rounding is "half_evn". Did you mean "half_even"? Known: half_even, half_up, stochastic.',
    );
  });

  test('an aborted operator rejects with the reason, and changes nothing', async () => {
    const tensor = input.clone();
    const reason = new Error('enough');
    await expect(two.clip_(tensor, 2, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expectSameBytes(tensor.data, input.data);
  });
});
