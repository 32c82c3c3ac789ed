/** Every sensible combination of kind and dtype gives the same bytes on any threads, in any memory, through any entry point. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as jumpfill from 'jumpfill';
import {
  Engine,
  SharedTensor,
  type AnyTensor,
  type Dtype,
  type InitInput,
  type TensorReport,
} from 'jumpfill';
import { functionOf, INIT_KINDS, type InitKind } from '../../src/domain/recipes/init.js';
import { writeNumber } from '../../src/base/wording.js';
import { expectSameBytes } from '../support/bytes.js';
import { makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';
import { casesOf } from '../support/thorough.js';

const SEED = 0x5eed_0123_4567_89abn;
const THREADS = [1, 2, 3, 7];
const engines = THREADS.map((threads) => new Engine({ threads, seed: SEED }));
const [one = new Engine(), two = new Engine()] = engines;
const scalar = new Engine({ threads: 2, seed: SEED, simd: false });
afterAll(async () => {
  await Promise.all([...engines, scalar].map((engine) => engine.close()));
});

/** Two chunks or three, the last of them cut off in mid-lane. */
const [ROWS, COLUMNS] = [casesOf({ few: 30, all: 59 }), 9_001] as const;
const SHAPE = [ROWS, COLUMNS] as const;

const HALVES_AND_FLOAT = ['float32', 'float16', 'bfloat16'] as const;
const FLOATS = [...HALVES_AND_FLOAT, 'float64'] as const;
const CODES = ['int8'] as const;
const FLOATS8 = ['float8_e4m3fn', 'float8_e5m2'] as const;
const SIGNED = ['int8', 'int16', 'int32', 'int64'] as const;
const INTEGERS = [...SIGNED, 'uint8', 'uint16', 'uint32', 'uint64'] as const;
const NUMBERS = [...FLOATS, ...FLOATS8, ...INTEGERS, 'bool'] as const;

type Recipes = Readonly<
  Record<
    Exclude<InitKind, 'keep'>,
    readonly (readonly [readonly Dtype[], object, shape?: readonly number[]])[]
  >
>;
const recipes: Recipes = {
  wage: [
    [FLOATS, { bits: 2, factor: 1 }],
    [FLOATS8, { bits: 4 }],
    [CODES, { bits: 4, factor: 3000, codes: true }],
    [CODES, { bits: 8, codes: true }],
  ],
  wage_variance_scaling: [
    [[...FLOATS, ...FLOATS8], { bits: 8, mode: 'fan_avg' }],
    [FLOATS, { bits: 5, distribution: 'uniform', layout: 'keras', mode: 'fan_out' }],
    [CODES, { bits: 6, factor: 1000, codes: true }],
  ],
  uniform: [
    [[...FLOATS, ...FLOATS8], { low: -0.3, high: 1.7 }],
    [FLOATS8, { low: -0.1, high: 0.1 }],
    [[...FLOATS, ...FLOATS8], { low: 1, high: 16, map: 'log' }],
  ],
  normal: [
    [[...FLOATS, ...FLOATS8], { mean: -0.2, std: 3 }],
    [FLOATS8, { std: 0.004 }],
    [FLOATS, { map: 'power', base: 3, floor: -1 }],
  ],
  truncated_normal: [
    [[...FLOATS, ...FLOATS8], { mean: 0.5, std: 2, a: -1 }],
    [[...FLOATS, ...FLOATS8], { mean: 0.1, std: 0.02 }],
    [[...FLOATS, ...FLOATS8], { low: -Infinity, high: Infinity }],
    [[...HALVES_AND_FLOAT, ...FLOATS8], { std: 2, low: -1, high: 3.5 }],
    [HALVES_AND_FLOAT, { mean: -6, low: 6, high: 7 }],
    [HALVES_AND_FLOAT, { low: -Infinity, high: -1.5 }],
  ],
  log_uniform: [
    [[...FLOATS, ...FLOATS8], { low: 0.001, high: 0.1 }],
    [FLOATS, { low: 0.001, high: 0.1, map: 'inverse_softplus', floor: 1e-4 }],
  ],
  log_normal: [[FLOATS, { mean: -1, std: 0.5 }]],
  exponential: [[[...FLOATS, ...FLOATS8], { rate: 3 }]],
  laplace: [[[...FLOATS, ...FLOATS8], { loc: 0.5, scale: 2 }]],
  cauchy: [[['float32', 'bfloat16', 'float64'], {}]],
  gumbel: [[FLOATS, {}]],
  zeros: [[[...FLOATS, 'int8'], {}]],
  ones: [[[...FLOATS, 'int8'], {}]],
  constant: [
    [[...FLOATS, ...FLOATS8], { value: 0.1 }],
    [CODES, { value: -127 }],
  ],
  eye: [[[...FLOATS, 'int8'], {}]],
  identity: [[FLOATS, { gain: 0.1 }]],
  dirac: [[FLOATS, { groups: 2 }, [30, 5, 41, 43]]],
  sparse: [
    [FLOATS, { sparsity: 0.07 }],
    [['float32'], { sparsity: 0.9, std: 3 }, [1500, 200]],
  ],
  values: [[[...FLOATS, 'int8'], { values: [1, 0, -3, 0.5, 64].map(Math.ceil) }, [5]]],
  arange: [
    [['float32', 'float64'], { step: -2, repeat: 3 }],
    [[...FLOATS, 'int8'], { start: 3, axis: 0 }],
    [FLOATS, { repeat: 100, axis: -1 }],
  ],
  stft: [
    [FLOATS, {}, [640, 1, 513]],
    [['float32'], { side: 'imag', window: 'hamming', scaling: 'spectrum', periodic: true }, [640, 1, 513]],
  ],
  integers: [
    [NUMBERS, { low: 0, high: 2 }],
    [[...FLOATS, ...FLOATS8, ...SIGNED], { low: -7, high: 9 }],
    [['int32', 'float64'], { low: -(2 ** 31), high: 2 ** 31 }],
    [['int64'], { low: '-9223372036854775808', high: '9223372036854775808' }],
    [['uint64'], { low: 1, high: '18446744073709551616' }],
    [['float64'], { low: -(2 ** 53 - 1), high: '9007199254740993' }],
  ],
  bits: [[[...INTEGERS, 'bool'], {}]],
  bernoulli: [
    [NUMBERS, { p: 0.3 }],
    [FLOATS, { p: 0.6 }],
  ],
  rademacher: [
    [[...FLOATS, ...FLOATS8], { scale: 0.3 }],
    [SIGNED, { scale: 5 }],
  ],
  delta_orthogonal: [[['float32', 'bfloat16'], { gain: 2 }, [4, 3, 30, 41]]],
  orthogonal: [
    [FLOATS, { gain: Math.SQRT2 }, [35, 9001]],
    [FLOATS, { layout: 'keras' }, [41, 131, 51]],
    [['float32', 'bfloat16'], { batch_axis: 0, out_axis: 2 }, [9, 61, 547]],
  ],
  variance_scaling: [
    [FLOATS, { scale: 2, mode: 'fan_avg', distribution: 'uniform' }],
    [FLOATS, { distribution: 'normal', layout: 'torch' }],
    [FLOATS, { preserve_std: false, mode: 'fan_out' }],
  ],
  kaiming_uniform: [[FLOATS, { a: Math.sqrt(5) }]],
  kaiming_normal: [[FLOATS, { mode: 'fan_out', nonlinearity: 'relu' }]],
  xavier_uniform: [[FLOATS, { gain: 5 / 3 }]],
  xavier_normal: [[FLOATS, { layout: 'keras' }]],
  he_uniform: [[FLOATS, {}]],
  he_normal: [[FLOATS, { layout: 'torch' }]],
  glorot_uniform: [[FLOATS, {}]],
  glorot_normal: [[FLOATS, { preserve_std: false }]],
  lecun_uniform: [[FLOATS, { layout: 'torch' }]],
  lecun_normal: [[FLOATS, {}]],
};

interface Case {
  readonly name: string;
  readonly dtype: Dtype;
  readonly init: InitInput;
  readonly shape: readonly number[];
}

/** A kept tensor is not drawn. */
const DRAWN_KINDS = INIT_KINDS.filter((kind) => kind !== 'keep');

const cases = DRAWN_KINDS.flatMap((kind) =>
  recipes[kind].flatMap(([dtypes, parameters, shape = SHAPE], i) =>
    dtypes.map((dtype): Case => {
      const init = { kind, ...parameters } as InitInput;
      return { name: `${kind}${i === 0 ? '' : ` ${i}`} as ${dtype}`, dtype, init, shape };
    }),
  ),
);

const empty = ({ name, dtype, shape }: Case, of = shape): AnyTensor =>
  SharedTensor.empty<Dtype>(of, { name, dtype });

const whole = new Map<string, AnyTensor>();
const inFile = new Map<string, Uint8Array>();
const reports = new Map<string, TensorReport>();

const asInSpec = (_: string, value: unknown): unknown => writeNumber(value);

beforeAll(async () => {
  for (const each of cases) whole.set(each.name, await one.fill(empty(each), each.init));
  const out = `${makeFolder()}/m.safetensors`;
  const spec: unknown = JSON.parse(JSON.stringify({ tensors: cases }, asInSpec));
  for (const report of (await two.writeCheckpoint(spec, { out })).tensors) reports.set(report.name, report);
  for (const { name, data } of readSafetensors(out).tensors) inFile.set(name, data);
});

const wholeOf = ({ name }: Case): AnyTensor => whole.get(name) ?? expect.fail(name);
const reportOf = ({ name }: Case): TensorReport => reports.get(name) ?? expect.fail(name);

/** The value that the function named after the kind makes of the same parameters. */
function makeValue({ init: { kind, ...parameters } }: Case): InitInput {
  const exported = jumpfill as unknown as Readonly<Record<string, (parameters: object) => InitInput>>;
  const make = exported[functionOf(kind)] ?? expect.fail(functionOf(kind));
  return make(parameters);
}

/** Kinds that an offset does not go with. */
const OF_WHOLE_SHAPES = /^(eye|identity|dirac|sparse|values|arange|stft|orthogonal|delta_orthogonal)$/;

/** The recipe of a piece. If the width depends on more of the shape than the piece has, the recipe gets the width itself. */
function initOfPiece({ name, init, dtype }: Case, { limit, std }: TensorReport): InitInput {
  if (/^(wage|uniform|normal|truncated_normal|zeros|ones|constant)$/.test(init.kind)) return init;
  if (/^(integers|bits|bernoulli|rademacher)$/.test(init.kind)) return init;
  if (/^(log_uniform|log_normal|exponential|laplace|cauchy|gumbel)$/.test(init.kind)) return init;
  if (dtype === 'int8') return init;
  const isUniform = 'distribution' in init ? init.distribution === 'uniform' : init.kind.endsWith('_uniform');
  const width = limit ?? std ?? expect.fail(`${name} has no width`);
  if (isUniform) return { kind: 'uniform', low: -width, high: width };
  const isPlain =
    /^(kaiming|xavier)/.test(init.kind) || ('distribution' in init && init.distribution === 'normal');
  return { kind: isPlain ? 'normal' : 'truncated_normal', std: width };
}

describe('the table of this test', () => {
  test('has every kind that draws, and all dtypes of numbers', () => {
    expect(Object.keys(recipes).sort()).toEqual([...DRAWN_KINDS].sort());
    expect(new Set(cases.map(({ dtype }) => dtype))).toEqual(new Set(NUMBERS));
  });

  test('has no two random cases of a dtype with the same bytes', () => {
    const random = cases.filter(
      ({ init }) => !/^(zeros|ones|constant|eye|identity|dirac|values|arange|stft)$/.test(init.kind),
    );
    const digests = random.map((each) =>
      createHash('sha256')
        .update(new Uint8Array(wholeOf(each).buffer))
        .digest('hex'),
    );
    expect(new Set(digests).size).toBe(random.length);
  });
});

describe.each(cases)('$name', (each) => {
  test('has the same bytes on 1, 2, 3 and 7 threads', async () => {
    for (const engine of engines.slice(1)) {
      expectSameBytes((await engine.fill(empty(each), each.init)).data, wholeOf(each).data);
    }
  });

  test('has the same bytes from the scalar kernels', async () => {
    expect(scalar.kernels).toBe('specification');
    expectSameBytes((await scalar.fill(empty(each), each.init)).data, wholeOf(each).data);
  });

  test('has the same bytes in wrapped memory, and touches no byte around it', async () => {
    const { name, dtype } = each;
    const { byteLength, data } = wholeOf(each);
    const buffer = new SharedArrayBuffer(byteLength + 48);
    const bytes = new Uint8Array(buffer).fill(0xaa);
    const wrapped = SharedTensor.wrap<Dtype>(buffer, each.shape, { name, dtype, byteOffset: 24 });
    expectSameBytes((await two.fill(wrapped, each.init)).data, data);
    const around = [...bytes.subarray(0, 24), ...bytes.subarray(24 + byteLength)];
    expect(around).toEqual(new Array(48).fill(0xaa));
  });

  test('has in a slice the bytes of the same piece of the whole', async () => {
    const pieces = [
      [0, 1],
      [3, 17],
      [7, ROWS - 10],
      [ROWS - 1, 1],
    ] as const;
    if (OF_WHOLE_SHAPES.test(each.init.kind)) {
      const piece = two.fill(empty(each), each.init, { offset: 7 });
      await expect(piece).rejects.toThrow(/Draw the range with drawSlice/);
      return;
    }
    const init = initOfPiece(each, reportOf(each));
    for (const [row, rows] of pieces) {
      const piece = await two.fill(empty(each, [rows, COLUMNS]), init, { offset: row * COLUMNS });
      const wanted = wholeOf(each).data.subarray(row * COLUMNS, (row + rows) * COLUMNS);
      expectSameBytes(piece.data, wanted, `rows ${row} to ${row + rows - 1}`);
    }
  });

  test('is what the function of its name returns, and that value fills with the same bytes', async () => {
    expect(makeValue(each)).toEqual(each.init);
    const tensor = await jumpfill.fill(empty(each), makeValue(each), { engine: two });
    expectSameBytes(tensor.data, wholeOf(each).data);
  });

  test('has the same bytes in the file that a spec makes', () => {
    expectSameBytes(inFile.get(each.name) ?? new Uint8Array(), wholeOf(each).data);
  });

  test('is reported with the weight scale and the step that the tensor carries', () => {
    const { weightScale, step } = reportOf(each);
    expect([weightScale, step]).toEqual([wholeOf(each).weightScale, wholeOf(each).step]);
  });
});
