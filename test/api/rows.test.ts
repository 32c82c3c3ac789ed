/** Rows with an initialiser of their own, and kinds whose values depend on the whole shape: one draw, however it is cut (parts and resumed runs: rows-written.test.ts). */
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, SharedTensor, TorchGenerator, type AnyTensor, type Dtype, type InitInput } from 'jumpfill';
import { at } from '../../src/base/at.js';
import { expectSameBytes } from '../support/bytes.js';
import { makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';

const engines = [1, 2, 3, 7].map((threads) => new Engine({ threads, seed: 5n }));
const one = at(engines, 0);
const two = at(engines, 1);
const scalar = new Engine({ threads: 2, seed: 5n, simd: false });
afterAll(async () => {
  await Promise.all([...engines, scalar].map((engine) => engine.close()));
});

const SHAPE = [70, 9_001];

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: InitInput;
}

const cases: readonly Case[] = [
  { name: 'padding', shape: SHAPE, dtype: 'float32', init: { kind: 'normal', zero_rows: [0, 31, 69] } },
  {
    name: 'gates',
    shape: SHAPE,
    dtype: 'bfloat16',
    init: {
      kind: 'uniform',
      low: -1,
      high: 1,
      rows: [
        { from: 10, to: 20, init: { kind: 'ones' } },
        { from: 20, to: 21, init: { kind: 'truncated_normal', low: '-inf', high: 1 } },
        { from: 30, to: 70, init: { kind: 'he_normal' } },
      ],
    },
  },
  {
    name: 'matrices',
    shape: SHAPE,
    dtype: 'float64',
    init: {
      kind: 'zeros',
      rows: [
        { from: 1, to: 12, init: { kind: 'eye', gain: 3 } },
        { from: 12, to: 40, init: { kind: 'sparse', sparsity: 0.3 } },
        { from: 41, to: 69, init: { kind: 'sparse', sparsity: 0.3 } },
        { from: 69, to: 70, init: { kind: 'arange', repeat: 3 } },
      ],
    },
  },
  { name: 'whole', shape: SHAPE, dtype: 'int64', init: { kind: 'arange', zero_rows: [2] } },
  {
    name: 'codes',
    shape: SHAPE,
    dtype: 'int8',
    init: { kind: 'wage', bits: 4, codes: true, zero_rows: [1] },
  },
  { name: 'sparse', shape: [2000, 301], dtype: 'float16', init: { kind: 'sparse', sparsity: 0.07 } },
  { name: 'wide', shape: [3, 200_001], dtype: 'float32', init: { kind: 'sparse', sparsity: 0.5 } },
  { name: 'dirac', shape: [64, 24, 20, 31], dtype: 'float8_e4m3fn', init: { kind: 'dirac', groups: 4 } },
  { name: 'delta', shape: [3, 4, 20, 31], dtype: 'float32', init: { kind: 'delta_orthogonal', gain: 2 } },
  {
    name: 'heads',
    shape: [60, 40],
    dtype: 'float64',
    init: {
      kind: 'ones',
      rows: [
        { from: 3, to: 23, init: { kind: 'orthogonal' } },
        { from: 23, to: 43, init: { kind: 'orthogonal' } },
      ],
    },
  },
  { name: 'literal', shape: [3], dtype: 'int32', init: { kind: 'values', values: [4, -5, 2 ** 31 - 1] } },
];
const spec = { seed: 5, tensors: cases };

const fillWith = async (engine: Engine, { name, shape, dtype, init }: Case): Promise<AnyTensor> =>
  await engine.fill(SharedTensor.empty<Dtype>(shape, { name, dtype }), init);

describe.each(cases)('$name', (each) => {
  test('has the same bytes on 1, 2, 3 and 7 threads, and from the specification', async () => {
    const { data } = await fillWith(one, each);
    for (const engine of [...engines.slice(1), scalar]) {
      expectSameBytes((await fillWith(engine, each)).data, data);
    }
  });

  test('has in a slice the bytes of the whole, wherever it begins and ends', async () => {
    const { data } = await fillWith(two, each);
    const ranges = [
      [0, 1],
      [1, data.length],
      [Math.floor(data.length / 3), Math.floor(data.length / 2) + 1],
      [data.length - 1, data.length],
    ] as const;
    for (const [start, end] of ranges) {
      const slice = await two.drawSlice(spec, { name: each.name, start, end });
      expectSameBytes(slice.data, data.subarray(start, end), `${start} to ${end}`);
    }
  });
});

describe('a checkpoint', () => {
  test('holds the same bytes, in one file and in parts; verify and inspect agree with its metadata', async () => {
    const folder = makeFolder();
    const out = `${folder}/m.safetensors`;
    await two.writeCheckpoint(spec, { out });
    const written = new Map(readSafetensors(out).tensors.map(({ name, data }) => [name, data]));
    for (const each of cases) {
      const { data } = await fillWith(one, each);
      expectSameBytes(written.get(each.name) ?? new Uint8Array(), data, each.name);
    }
    expect(await two.verifyCheckpoint(out)).toMatchObject({ equal: true });
    const { tensors } = await two.inspectCheckpoint(out);
    const verdicts = Object.fromEntries(tensors.map(({ name, verdict }) => [name, verdict]));
    for (const { name } of cases) {
      // More values than are listed, what rows leave of a pattern or a matrix: none is judged.
      const kind = ['whole', 'matrices'].includes(name) ? 'unjudged' : 'expected';
      expect(verdicts[name], name).toEqual({ kind });
    }
  });

  test.each<[string, readonly number[], InitInput, InitInput]>([
    ['a padding row', [70, 5000], { kind: 'normal', zero_rows: [0] }, { kind: 'normal' }],
    ['no padding row', [70, 5000], { kind: 'normal' }, { kind: 'normal', zero_rows: [0] }],
    [
      'a smaller forget gate',
      [400],
      { kind: 'zeros', rows: [{ from: 100, to: 200, init: { kind: 'ones' } }] },
      { kind: 'zeros', rows: [{ from: 100, to: 200, init: { kind: 'constant', value: 2 } }] },
    ],
    ['another gain', [5, 7], { kind: 'eye', gain: 2 }, { kind: 'eye', gain: 1 }],
    ['more zeros', [70, 5000], { kind: 'sparse', sparsity: 0.2 }, { kind: 'sparse', sparsity: 0.1 }],
    ['other values', [3], { kind: 'values', values: [1, 2, 3] }, { kind: 'values', values: [1, 2, 4] }],
  ])('with %s is not as expected', async (_, shape, init, wanted) => {
    const out = `${makeFolder()}/m.safetensors`;
    const tensor = { name: 'w', shape };
    await two.writeCheckpoint({ seed: 1, tensors: [{ ...tensor, init }] }, { out });
    expect((await two.inspectCheckpoint(out)).tensors[0]?.verdict).toEqual({ kind: 'expected' });
    const spec = { seed: 1, tensors: [{ ...tensor, init: wanted }] };
    const { tensors } = await two.inspectCheckpoint(out, { spec });
    expect(tensors[0]?.verdict.kind).toBe('unexpected');
  });
});

describe('what rows are', () => {
  test('zero rows are zero, and all others as they were', async () => {
    const shape = [5, 40];
    const plain = await one.fill(SharedTensor.empty(shape, { name: 'w' }), { kind: 'normal' });
    const padded = await one.fill(SharedTensor.empty(shape, { name: 'w' }), {
      kind: 'normal',
      zero_rows: [3],
    });
    const expected = plain.data.slice().fill(0, 120, 160);
    expect(padded.data).toEqual(expected);
  });

  test('an initialiser of rows sees their shape, and draws the elements of the whole tensor', async () => {
    const rows = [{ from: 2, to: 4, init: { kind: 'normal', std: 2 } }] as const;
    const init = { kind: 'zeros', rows } as const;
    const inRows = await one.fill(SharedTensor.empty([5, 40], { name: 'w' }), init);
    const whole = await one.fill(SharedTensor.empty([5, 40], { name: 'w' }), { kind: 'normal', std: 2 });
    expect(inRows.data.subarray(80, 160)).toEqual(whole.data.subarray(80, 160));
    const eyes = await one.fill(SharedTensor.empty([5, 3], { name: 'w' }), {
      kind: 'zeros',
      rows: [{ from: 2, to: 5, init: { kind: 'eye' } }],
    });
    expect([...eyes.data]).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  test('a scaled number of rows is the double that it stands for', async () => {
    const fill = async (std: unknown): Promise<Float32Array> => {
      const rows = [{ from: 1, to: 4, init: { kind: 'normal', std } }];
      const init = { kind: 'ones', rows } as InitInput;
      return (await one.fill(SharedTensor.empty([5, 40], { name: 'w' }), init)).data;
    };
    const scaled = await fill({ of: 2, by: { dim: 0 }, power: -0.5 });
    expect(scaled).toEqual(await fill(2 / Math.sqrt(3)));
    expect(scaled.subarray(40, 160).every((value) => value !== 1)).toBe(true);
  });

  test('delta_orthogonal has an orthogonal matrix in the middle that JAX has, and nothing elsewhere', async () => {
    const tensor = SharedTensor.empty([3, 4, 5, 6], { name: 'w', dtype: 'float64' });
    const { data } = await one.fill(tensor, { kind: 'delta_orthogonal' });
    const middle = 30 * (1 * 4 + 1);
    const used = Array.from(data, (value, i) => (value === 0 ? -1 : i)).filter((i) => i >= 0);
    expect([used[0], used.at(-1), used.length]).toEqual([middle, middle + 29, 30]);
    const rowOf = (row: number): Float64Array => data.subarray(middle + 6 * row, middle + 6 * (row + 1));
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++) {
        const dot = rowOf(a).reduce((sum, value, i) => sum + value * at(rowOf(b), i), 0);
        expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-14);
      }
  });

  test('two sparse ranges of one tensor do not choose the same rows', async () => {
    const init = { kind: 'sparse', sparsity: 0.5, std: 1 } as const;
    const { data } = await one.fill(SharedTensor.empty([40, 30], { name: 'w' }), {
      kind: 'zeros',
      rows: [
        { from: 0, to: 20, init },
        { from: 20, to: 40, init },
      ],
    });
    const zeros = Array.from(data, (value) => value === 0);
    expect(zeros.slice(0, 600)).not.toEqual(zeros.slice(600));
  });

  test('with torch all words of the tensor are taken, and the rows are overwritten, as padding_idx is', async () => {
    const [plain, padded] = [new TorchGenerator(3), new TorchGenerator(3)];
    const empty = (): SharedTensor => SharedTensor.empty([5, 40]);
    const before = await one.fill(empty(), { kind: 'normal' }, { generator: plain });
    const init = { kind: 'normal', zero_rows: [1] } as const;
    const after = await one.fill(empty(), init, { generator: padded });
    expect(after.data).toEqual(before.data.slice().fill(0, 40, 80));
    const [next, same] = await Promise.all([
      one.fill(empty(), { kind: 'normal' }, { generator: plain }),
      one.fill(empty(), { kind: 'normal' }, { generator: padded }),
    ]);
    expect(same.data).toEqual(next.data);
  });
});

describe('refused', () => {
  const range = (from: unknown, to: unknown, init: unknown = { kind: 'ones' }): object => ({
    from,
    to,
    init,
  });
  test.each([
    ['rows that are no array', { rows: 3 }, 'BAD_OPTION', /rows is 3/],
    [
      'a range without init',
      { rows: [{ from: 0, to: 1 }] },
      'BAD_OPTION',
      /an initialiser of rows is missing/,
    ],
    ['an unknown member', { rows: [{ ...range(0, 1), step: 2 }] }, 'BAD_OPTION', /rows\[0\]\.step is 2/],
    ['an unknown kind', { rows: [range(0, 1, { kind: 'one' })] }, 'BAD_OPTION', /Did you mean "ones"/],
    ['an unknown parameter', { rows: [range(0, 1, { kind: 'ones', std: 1 })] }, 'BAD_OPTION', /std/],
    [
      'rows within rows',
      { rows: [range(0, 1, { kind: 'ones', zero_rows: [0] })] },
      'BAD_OPTION',
      /of their own/,
    ],
    ['rows beyond the last', { rows: [range(3, 6)] }, 'BAD_RANGE', /0 to 4/],
    ['no rows', { rows: [range(2, 2)] }, 'BAD_RANGE', /range from 2 to 2/],
    ['a negative row', { zero_rows: [-1] }, 'BAD_RANGE', /row -1/],
    ['half a row', { zero_rows: [0.5] }, 'BAD_OPTION', /zero_rows/],
    ['a row twice', { zero_rows: [1, 1] }, 'BAD_RANGE', /each row has one initialiser/],
    ['overlapping rows', { rows: [range(0, 3), range(2, 4)] }, 'BAD_RANGE', /each row has one/],
    ['rows out of order', { rows: [range(3, 4), range(0, 1)] }, 'BAD_RANGE', /in order/],
    ['a bad value', { rows: [range(0, 1, { kind: 'normal', std: -1 })] }, 'BAD_RANGE', /std is -1/],
  ] as const)('%s', async (_, rows, code, message) => {
    const init = { kind: 'zeros', ...rows } as unknown as InitInput;
    const filled = one.fill(SharedTensor.empty([5, 40]), init);
    await expect(filled).rejects.toThrow(message);
    const planned = one.planCheckpoint({ tensors: [{ name: 'w', shape: [5, 40], init }] });
    await expect(planned).rejects.toThrow(message);
    await expect(filled).rejects.toMatchObject({ code });
  });

  test('delta_orthogonal of more inputs than outputs, and of a matrix', async () => {
    for (const shape of [
      [3, 5, 4],
      [4, 5],
    ]) {
      const filled = one.fill(SharedTensor.empty(shape), { kind: 'delta_orthogonal' });
      await expect(filled).rejects.toMatchObject({ code: 'BAD_SHAPE' });
    }
  });

  test('drawn rows with torch, whose calls draw whole tensors', async () => {
    const init = { kind: 'zeros', rows: [{ from: 0, to: 1, init: { kind: 'normal' } }] } as const;
    const filled = one.fill(SharedTensor.empty([5, 40]), init, { generator: new TorchGenerator(1) });
    await expect(filled).rejects.toMatchObject({ code: 'NOT_IMPLEMENTED' });
  });

  test('an offset, which says nothing of the shape', async () => {
    const filled = one.fill(SharedTensor.empty([5, 40]), { kind: 'zeros', zero_rows: [0] }, { offset: 40 });
    await expect(filled).rejects.toMatchObject({ code: 'BAD_OFFSET' });
  });
});
