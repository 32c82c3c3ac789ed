/** Bad recipes: refused with a code and, in a spec, with the path of the parameter; nothing is written. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, SharedTensor, type AnyTensor, type Dtype, type InitInput } from 'jumpfill';
import { listFolder, makeFolder } from '../support/folder.js';

const engine = new Engine({ threads: 1, seed: 1n });
afterAll(() => engine.close());

interface Bad {
  readonly init: object;
  readonly code: string;
  /** In a spec; the same as `code` where it is left out. */
  readonly specCode?: string;
  /** Below `tensors[3].init`; undefined if the error is about several parameters, or about the shape. */
  readonly parameter?: string;
  readonly message?: string;
  readonly shape?: readonly number[];
  readonly dtype?: Dtype;
}

const WORD = { code: 'BAD_OPTION' } as const;
const RANGE = { code: 'BAD_RANGE' } as const;
/** In a spec a value of the wrong type is refused by the schema. */
const TYPE = { code: 'BAD_RANGE', specCode: 'BAD_SPEC' } as const;

const wave = (parameters: object): object => ({ kind: 'wage_variance_scaling', bits: 4, ...parameters });

const bad: readonly Bad[] = [
  // Numbers.
  ...['mean', 'std'].flatMap((parameter): Bad[] =>
    ['normal', 'truncated_normal'].flatMap((kind): Bad[] => [
      { init: { kind, [parameter]: NaN }, ...TYPE, parameter },
      { init: { kind, [parameter]: Infinity }, ...RANGE, parameter },
      { init: { kind, [parameter]: '1' }, ...TYPE, parameter },
      { init: { kind, [parameter]: true }, ...TYPE, parameter },
      { init: { kind, [parameter]: 1e39 }, ...RANGE, parameter },
    ]),
  ),
  ...['normal', 'truncated_normal'].flatMap((kind): Bad[] => [
    { init: { kind, std: -1 }, ...RANGE, parameter: 'std', message: 'std is -1. std must not be negative.' },
    { init: { kind, std: 1e-45 }, ...RANGE, parameter: 'std' },
    { init: { kind, std: 2 ** -1000 }, ...RANGE, parameter: 'std', dtype: 'float64' },
    { init: { kind, mean: 1e5 }, ...RANGE, parameter: 'mean', dtype: 'float16' },
    { init: { kind, std: 1e5 }, ...RANGE, dtype: 'float16', message: 'more than a float16 can hold.' },
    { init: { kind, std: 6e4, mean: 6e4 }, ...RANGE, dtype: 'float16' },
  ]),
  { init: { kind: 'truncated_normal', low: 1, high: 1 }, ...RANGE },
  { init: { kind: 'truncated_normal', low: 3, high: -3 }, ...RANGE },
  { init: { kind: 'truncated_normal', low: 2 }, ...RANGE, message: 'low is 2 and high is 2.' },
  { init: { kind: 'truncated_normal', low: NaN }, ...TYPE, parameter: 'low' },
  { init: { kind: 'truncated_normal', low: Infinity }, ...RANGE },
  { init: { kind: 'truncated_normal', low: 7e4, high: 8e4 }, ...RANGE, dtype: 'float16' },
  { init: { kind: 'truncated_normal', mean: 1, std: 1e-5 }, ...RANGE, dtype: 'float16' },
  { init: { kind: 'truncated_normal', mean: 1, std: 1e-3 }, ...RANGE, dtype: 'bfloat16' },
  { init: { kind: 'truncated_normal', mean: 1, std: 1e-5, low: 1, high: 3 }, ...RANGE, dtype: 'bfloat16' },
  ...['low', 'high'].flatMap((parameter): Bad[] => [
    { init: { kind: 'uniform', low: -1, high: 1, [parameter]: NaN }, ...TYPE, parameter },
    { init: { kind: 'uniform', low: -1, high: 1, [parameter]: '0' }, ...TYPE, parameter },
    { init: { kind: 'uniform', low: -1, high: 1, [parameter]: -Infinity }, ...RANGE, parameter },
    {
      init: { kind: 'uniform', low: -1, high: 1, [parameter]: -65_505 },
      ...RANGE,
      parameter,
      dtype: 'float16',
    },
  ]),
  { init: { kind: 'uniform', low: 1, high: 0 }, ...RANGE },
  { init: { kind: 'uniform', low: 1.0001, high: 1.0002 }, ...RANGE, dtype: 'float16' },
  { init: { kind: 'uniform', low: 1, high: 1.001 }, ...RANGE, dtype: 'bfloat16' },
  { init: { kind: 'uniform', low: 1e-320, high: 2e-320 }, ...RANGE, dtype: 'float64' },
  { init: { kind: 'constant', value: NaN }, ...TYPE, parameter: 'value' },
  { init: { kind: 'constant', value: Infinity }, ...RANGE, parameter: 'value' },
  { init: { kind: 'constant', value: 1e-50 }, ...RANGE, parameter: 'value' },
  { init: { kind: 'constant', value: 1e-9 }, ...RANGE, parameter: 'value', dtype: 'float16' },
  { init: { kind: 'constant', value: 65_505 }, ...RANGE, parameter: 'value', dtype: 'float16' },
  { init: { kind: 'constant', value: 0.5 }, ...RANGE, parameter: 'value', dtype: 'int8' },
  { init: { kind: 'constant', value: 128 }, ...RANGE, parameter: 'value', dtype: 'int8' },
  { init: { kind: 'constant', value: -129 }, ...RANGE, parameter: 'value', dtype: 'int8' },
  { init: { kind: 'constant', value: -1 }, ...RANGE, parameter: 'value', dtype: 'uint8' },
  { init: { kind: 'constant', value: 65_536 }, ...RANGE, parameter: 'value', dtype: 'uint16' },
  { init: { kind: 'constant', value: 2 ** 31 }, ...RANGE, parameter: 'value', dtype: 'int32' },
  {
    init: { kind: 'constant', value: 2 ** 53 },
    ...RANGE,
    parameter: 'value',
    dtype: 'int64',
    message: 'may have been rounded',
  },
  {
    init: { kind: 'constant', value: '18446744073709551616' },
    ...RANGE,
    parameter: 'value',
    dtype: 'uint64',
  },
  { init: { kind: 'constant', value: '9007199254740993' }, ...RANGE, parameter: 'value' },
  { init: { kind: 'constant', value: 2 }, ...RANGE, parameter: 'value', dtype: 'bool' },
  { init: { kind: 'constant', value: 449 }, ...RANGE, parameter: 'value', dtype: 'float8_e4m3fn' },
  { init: { kind: 'constant', value: 1e-4 }, ...RANGE, parameter: 'value', dtype: 'float8_e4m3fn' },
  { init: { kind: 'constant', value: 3 }, ...RANGE, parameter: 'value', dtype: 'float8_e8m0fnu' },
  { init: { kind: 'constant', value: -1 }, ...RANGE, parameter: 'value', dtype: 'float8_e8m0fnu' },
  { init: { kind: 'zeros' }, code: 'BAD_DTYPE', message: 'It has no 0', dtype: 'float8_e8m0fnu' },
  ...(['complex64', 'float4_e2m1fn', 'float8_e4m3fnuz'] as const).map((dtype): Bad => ({
    ...{ init: { kind: 'ones' }, code: 'BAD_DTYPE', message: 'holds zeros only', shape: [2, 2], dtype },
  })),
  { init: { kind: 'normal' }, code: 'BAD_DTYPE', message: 'holds whole numbers', dtype: 'int64' },
  { init: { kind: 'normal' }, code: 'BAD_DTYPE', message: 'nothing is drawn in it', dtype: 'complex64' },
  ...[0, -1, Infinity].flatMap((value): Bad[] => [
    { init: { kind: 'variance_scaling', scale: value }, ...RANGE, parameter: 'scale' },
    { init: { kind: 'xavier_uniform', gain: value }, ...RANGE, parameter: 'gain' },
    { init: { kind: 'xavier_normal', gain: value }, ...RANGE, parameter: 'gain' },
    { init: wave({ factor: value }), code: 'BAD_FACTOR', parameter: 'factor' },
    { init: { kind: 'wage', bits: 4, factor: value }, code: 'BAD_FACTOR', parameter: 'factor' },
  ]),
  ...[NaN, '1'].flatMap((value): Bad[] => [
    { init: { kind: 'variance_scaling', scale: value }, ...TYPE, parameter: 'scale' },
    { init: { kind: 'kaiming_uniform', a: value }, ...TYPE, parameter: 'a' },
    { init: { kind: 'kaiming_normal', a: value }, ...TYPE, parameter: 'a' },
    { init: { kind: 'xavier_normal', gain: value }, ...TYPE, parameter: 'gain' },
  ]),
  { init: { kind: 'kaiming_uniform', a: -Infinity }, ...RANGE, parameter: 'a' },
  // Whole numbers and coins.
  ...['low', 'high'].flatMap((parameter): Bad[] => [
    ...[0.5, 2 ** 53, 'x', '1e3', '0x1', '123456789012345678901', ''].map((value): Bad => ({
      init: { kind: 'integers', low: 0, high: 9, [parameter]: value },
      ...RANGE,
      parameter,
    })),
    { init: { kind: 'integers', low: 0, high: 9, [parameter]: true }, ...TYPE, parameter },
  ]),
  {
    init: { kind: 'integers', low: 0, high: 2 ** 60 },
    ...RANGE,
    parameter: 'high',
    message: 'write the digits in a string',
  },
  {
    init: { kind: 'integers', low: 3, high: 3 },
    ...RANGE,
    parameter: 'high',
    message: 'it must be above low, 3.',
  },
  ...(
    [
      ['int8', -129, 0],
      ['uint8', -1, 0],
      ['bool', -1, 2],
      ['uint64', -1, 2],
      ['float32', -(2 ** 24) - 1, 0],
      ['float8_e5m2', -9, 2],
    ] as const
  ).map(([dtype, low, high]): Bad => ({
    init: { kind: 'integers', low, high },
    ...RANGE,
    parameter: 'low',
    dtype,
    message: `As ${dtype} low is at least`,
  })),
  ...(
    [
      ['int8', 129],
      ['uint8', 257],
      ['bool', 3],
      ['int64', '9223372036854775809'],
      ['float16', 2050],
      ['float8_e4m3fn', 18],
    ] as const
  ).map(([dtype, high]): Bad => ({
    init: { kind: 'integers', low: 0, high },
    ...RANGE,
    parameter: 'high',
    dtype,
    message: 'at most',
  })),
  ...(['float32', 'bfloat16', 'float8_e5m2'] as const).map((dtype): Bad => ({
    init: { kind: 'bits' },
    code: 'BAD_DTYPE',
    dtype,
    message: 'no number',
  })),
  ...[-0.1, 1.5, Infinity, 1e-12, 1 - 1e-12].map((p): Bad => ({
    init: { kind: 'bernoulli', p },
    ...RANGE,
    parameter: 'p',
  })),
  { init: { kind: 'bernoulli', p: '1' }, ...TYPE, parameter: 'p' },
  ...[0, -1, Infinity, 1e39, 1e-50].map((scale): Bad => ({
    init: { kind: 'rademacher', scale },
    ...RANGE,
    parameter: 'scale',
  })),
  { init: { kind: 'rademacher', scale: 0.5 }, ...RANGE, parameter: 'scale', dtype: 'int32' },
  { init: { kind: 'rademacher', scale: 128 }, ...RANGE, parameter: 'scale', dtype: 'int8' },
  ...(['uint8', 'bool', 'complex64'] as const).map((dtype): Bad => ({
    init: { kind: 'rademacher' },
    code: 'BAD_DTYPE',
    dtype,
  })),
  // Words.
  ...['kaiming_uniform', 'kaiming_normal'].flatMap((kind): Bad[] => [
    { init: { kind, mode: 'fan_avg' }, ...WORD, parameter: 'mode' },
    { init: { kind, mode: 'fanin' }, ...WORD, parameter: 'mode', message: 'Did you mean "fan_in"?' },
    {
      init: { kind, nonlinearity: 'rleu' },
      ...WORD,
      parameter: 'nonlinearity',
      message: 'Did you mean "relu"?',
    },
  ]),
  { init: { kind: 'variance_scaling', mode: 'fan_ou' }, ...WORD, parameter: 'mode', message: '"fan_out"?' },
  { init: { kind: 'variance_scaling', distribution: 'truncated' }, ...WORD, parameter: 'distribution' },
  {
    init: { kind: 'variance_scaling', distribution: 'unifrom' },
    ...WORD,
    parameter: 'distribution',
    message: '"uniform"?',
  },
  ...[
    'he_normal',
    'glorot_uniform',
    'lecun_normal',
    'xavier_uniform',
    'kaiming_normal',
    'variance_scaling',
  ].map((kind): Bad => ({
    init: { kind, layout: 'trch' },
    ...WORD,
    parameter: 'layout',
    message: 'Did you mean "torch"?',
  })),
  { init: wave({ mode: 'fan_ni' }), ...WORD, parameter: 'mode', message: 'Did you mean "fan_in"?' },
  { init: wave({ layout: 'kears' }), ...WORD, parameter: 'layout', message: 'Did you mean "keras"?' },
  { init: wave({ distribution: 'normal' }), ...WORD, parameter: 'distribution' },
  { init: { kind: 'wage', bits: 4, mode: 'fan_out' }, code: 'NOT_IMPLEMENTED', parameter: 'mode' },
  // Shapes without fans.
  ...['kaiming_uniform', 'kaiming_normal', 'xavier_uniform', 'xavier_normal'].map((kind): Bad => ({
    init: { kind },
    code: 'BAD_SHAPE',
    shape: [6],
  })),
  ...[[6], []].flatMap((shape): Bad[] => [
    { init: { kind: 'he_normal', layout: 'torch' }, code: 'BAD_SHAPE', shape },
    { init: wave({}), code: 'BAD_SHAPE', shape },
    { init: { kind: 'wage', bits: 4 }, code: 'BAD_SHAPE', shape },
  ]),
  { init: { kind: 'glorot_uniform' }, code: 'BAD_SHAPE', shape: [] },
  // Bits and codes.
  ...[0, 1.5, -1, 1025].flatMap((bits): Bad[] => [
    { init: { kind: 'wage', bits }, code: 'BAD_BITS', parameter: 'bits' },
    { init: wave({ bits }), code: 'BAD_BITS', parameter: 'bits' },
  ]),
  ...[1, 9, 32].flatMap((bits): Bad[] => [
    { init: { kind: 'wage', bits, codes: true }, code: 'BAD_BITS', parameter: 'bits', dtype: 'int8' },
    { init: wave({ bits, codes: true }), code: 'BAD_BITS', parameter: 'bits', dtype: 'int8' },
  ]),
  { init: { kind: 'wage', bits: 4, codes: true }, code: 'BAD_DTYPE', dtype: 'float16' },
  { init: { kind: 'wage', bits: 4 }, code: 'BAD_DTYPE', dtype: 'int8' },
  { init: { kind: 'he_normal' }, code: 'BAD_DTYPE', dtype: 'int8' },
  { init: { kind: 'normal' }, code: 'BAD_DTYPE', dtype: 'int8' },
  // Kinds and keys.
  { init: { kind: 'nromal' }, code: 'BAD_SPEC', parameter: 'kind', message: 'Did you mean "normal"?' },
  {
    init: { kind: 'normal', sdt: 1 },
    code: 'BAD_OPTION',
    specCode: 'BAD_SPEC',
    parameter: 'sdt',
    message: '"std"?',
  },
  { init: { kind: 'zeros', std: 1 }, code: 'BAD_OPTION', specCode: 'BAD_SPEC', parameter: 'std' },
  {
    init: { kind: 'he_normal', mode: 'fan_in' },
    code: 'BAD_OPTION',
    specCode: 'BAD_SPEC',
    parameter: 'mode',
  },
];

const titled = bad.map((each) => {
  const shown = JSON.stringify(each.init, (_, value: unknown) =>
    typeof value === 'number' ? String(value) : value,
  );
  return { ...each, title: `${shown}${each.dtype === undefined ? '' : ` as ${each.dtype}`}` };
});

function filled({ shape = [2, 3], dtype = 'float32' }: Partial<Bad>): AnyTensor {
  const tensor = SharedTensor.empty<Dtype>(shape, { dtype, name: 'w' });
  new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength).fill(42);
  return tensor;
}

async function refusalOf(call: Promise<unknown>): Promise<JumpfillError> {
  const error: unknown = await call.then(
    () => 'it was accepted',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JumpfillError);
  return error as JumpfillError;
}

describe.each(titled)('$title', ({ init, code, specCode = code, parameter, message = '', ...form }) => {
  test(`is refused with ${code}, and the tensor is as it was`, async () => {
    const tensor = filled(form);
    const error = await refusalOf(engine.fill(tensor, init as InitInput));
    expect(error.code, error.message).toBe(code);
    expect(error.message).toContain(message);
    const bytes = new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength);
    expect(bytes.every((byte) => byte === 42)).toBe(true);
    expect([tensor.weightScale, tensor.step]).toEqual([undefined, undefined]);
  });

  test('is refused in a spec with the path of the mistake, and no file is made', async () => {
    const folder = makeFolder();
    const { shape = [2, 3], dtype = 'float32' } = form;
    const zeros = [0, 1, 2].map((i) => ({ name: `${i}`, shape: [4], init: { kind: 'zeros' } }));
    const spec = { tensors: [...zeros, { name: 'w', shape, dtype, init }] };
    const error = await refusalOf(engine.writeCheckpoint(spec, { out: join(folder, 'm.safetensors') }));
    expect(error.code, error.message).toBe(specCode);
    const path = `tensors[3].init${parameter === undefined ? '' : `.${parameter}`}`;
    // After the path comes a colon if the recipe found the mistake, a space if the schema did.
    expect([`${path}:`, `${path} `]).toContain(error.message.slice(0, path.length + 1));
    expect(error.message).toContain(message);
    expect(listFolder(folder)).toEqual([]);
  });
});

describe('the library, where no schema checks first, refuses', () => {
  const taken: readonly (readonly [string, object])[] = [
    ['a parameter that is null', { kind: 'normal', std: null }],
    ['a flag of text', { kind: 'he_normal', preserve_std: 'no' }],
    ['a flag of 0', { kind: 'he_normal', preserve_std: 0 }],
    ['a bound of text', { kind: 'truncated_normal', low: '-1' }],
    ['a seed in the initialiser', { kind: 'uniform', low: 0, high: 1, seed: 4 }],
    ['a name in the initialiser', { kind: 'uniform', low: 0, high: 1, name: 'v' }],
  ];
  test.each(taken)('%s', async (_, init) => {
    await refusalOf(engine.fill(filled({}), init as InitInput));
  });

  test('a parameter among the options of fill', async () => {
    const options = { low: 0.5 } as object;
    await refusalOf(engine.fill(filled({}), { kind: 'uniform', low: 0, high: 1 }, options));
  });

  test.each([
    ['bounds', { kind: 'truncated_normal', mean: 1, low: 1e-10, high: 2e-10 }],
    ['a std', { kind: 'truncated_normal', mean: 0.1, std: 1e-12 }],
  ] as const)('%s between which no float32 lies', async (_, init) => {
    await refusalOf(engine.fill(filled({}), init));
  });
});
