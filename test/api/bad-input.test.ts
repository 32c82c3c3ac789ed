/** Bad input: a code, a message that says what was found and what to do, and nothing written. */
import { describe, expect, test } from 'vitest';
import {
  Engine,
  JumpfillError,
  NotImplementedError,
  scaleLimit,
  SharedTensor,
  toFloat32,
  uniform_,
  ValueError,
  wageInit_,
} from 'jumpfill';

const engine = new Engine({ threads: 1, seed: 1n });
const shared = new SharedArrayBuffer(64);

/** A call as JavaScript may make it, past the types. */
const untyped = (value: unknown): never => value as never;
const filled = (): SharedTensor => {
  const tensor = SharedTensor.empty([2, 8]);
  tensor.data.fill(42);
  tensor.weightScale = 7;
  return tensor;
};
const bounds = { low: -1, high: 1 };

const fills: readonly (readonly [string, string, (tensor: SharedTensor) => Promise<unknown>])[] = [
  [
    'a mode that is not fan_in',
    'NOT_IMPLEMENTED',
    (t) => engine.wageInit_(t, 2, { mode: untyped('fan_out') }),
  ],
  ['a mode that is null', 'NOT_IMPLEMENTED', (t) => engine.wageInit_(t, 2, { mode: untyped(null) })],
  ['bits -1', 'BAD_BITS', (t) => engine.wageInit_(t, -1)],
  ['bits 2.5', 'BAD_BITS', (t) => engine.wageInit_(t, 2.5)],
  ['no bits', 'BAD_BITS', (t) => engine.wageInit_(t, untyped(undefined))],
  ['factor 0', 'BAD_FACTOR', (t) => engine.wageInit_(t, 2, { factor: 0 })],
  ['factor NaN', 'BAD_FACTOR', (t) => engine.wageInit_(t, 2, { factor: NaN })],
  ['a limit past float32', 'BAD_LIMIT', (t) => engine.wageInit_(t, 2, { factor: 1e80 })],
  ['std -1', 'BAD_RANGE', (t) => engine.truncatedNormal_(t, { std: -1 })],
  ['std Infinity', 'BAD_RANGE', (t) => engine.truncatedNormal_(t, { std: Infinity })],
  ['std past float32', 'BAD_RANGE', (t) => engine.truncatedNormal_(t, { std: 3e38 })],
  ['a std that is 0 in float32', 'BAD_RANGE', (t) => engine.truncatedNormal_(t, { std: 1e-60 })],
  ['mean NaN', 'BAD_RANGE', (t) => engine.truncatedNormal_(t, { mean: NaN })],
  ['low above high', 'BAD_RANGE', (t) => engine.uniform_(t, { low: 1, high: -1 })],
  ['no high', 'BAD_RANGE', (t) => engine.uniform_(t, untyped({ low: 1 }))],
  ['no bounds', 'BAD_OPTION', (t) => engine.uniform_(t, untyped(undefined))],
  ['high past float32', 'BAD_RANGE', (t) => engine.uniform_(t, { low: 0, high: 1e39 })],
  ['an interval without a float32', 'BAD_RANGE', (t) => engine.uniform_(t, { low: 0.1, high: 0.1 })],
  ['an interval of subnormals', 'BAD_RANGE', (t) => engine.uniform_(t, { low: -1.8e-38, high: 1.8e-38 })],
  ['a subnormal std', 'BAD_RANGE', (t) => engine.truncatedNormal_(t, { std: 2e-45 })],
  [
    'a mode and a mistyped option',
    'NOT_IMPLEMENTED',
    (t) => engine.wageInit_(t, 2, untyped({ mode: 'x', z: 1 })),
  ],
  ['no options of a model', 'BAD_OPTION', () => engine.writeCheckpoint({ tensors: [] }, untyped(undefined))],
  [
    'a force of text',
    'BAD_OPTION',
    () => engine.writeCheckpoint({ tensors: [] }, untyped({ out: 'x', force: 'false' })),
  ],
  ['an interval too narrow', 'BAD_RANGE', (t) => engine.uniform_(t, { low: -1e-60, high: 1e-60 })],
  ['seed -1', 'BAD_SEED', (t) => engine.uniform_(t, { ...bounds, seed: -1 })],
  ['seed 2^64', 'BAD_SEED', (t) => engine.uniform_(t, { ...bounds, seed: 2n ** 64n })],
  ['seed 1.5', 'BAD_SEED', (t) => engine.uniform_(t, { ...bounds, seed: 1.5 })],
  ['a seed beyond exact numbers', 'BAD_SEED', (t) => engine.uniform_(t, { ...bounds, seed: 2 ** 53 })],
  ['seed null', 'BAD_SEED', (t) => engine.uniform_(t, { ...bounds, seed: untyped(null) })],
  ['an empty name', 'BAD_NAME', (t) => engine.uniform_(t, { ...bounds, name: '' })],
  ['the name __proto__', 'BAD_NAME', (t) => engine.uniform_(t, { ...bounds, name: '__proto__' })],
  ['half a surrogate pair', 'BAD_NAME', (t) => engine.uniform_(t, { ...bounds, name: '\ud800' })],
  ['a negative offset', 'BAD_OFFSET', (t) => engine.uniform_(t, { ...bounds, offset: -1 })],
  [
    'an offset at the end of the numbers',
    'BAD_OFFSET',
    (t) => engine.uniform_(t, { ...bounds, offset: 2 ** 53 - 1 }),
  ],
  ['a mistyped option', 'BAD_OPTION', (t) => engine.uniform_(t, untyped({ ...bounds, sede: 1 }))],
  ['an invalid signal', 'BAD_OPTION', (t) => engine.uniform_(t, { ...bounds, signal: untyped({}) })],
  [
    'progress that is no function',
    'BAD_OPTION',
    (t) => engine.uniform_(t, { ...bounds, onProgress: untyped(true) }),
  ],
  ['an invalid engine', 'BAD_OPTION', (t) => uniform_(t, { ...bounds, engine: untyped({}) })],
];

test.each(fills)('a fill with %s is refused with %s, and changes nothing', async (_, code, fill) => {
  const tensor = filled();
  const error: unknown = await fill(tensor).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(JumpfillError);
  const { code: found, message } = error as JumpfillError;
  expect(found, message).toBe(code);
  expect(message).toMatch(/\. .*\.$/);
  expect([...tensor.data]).toEqual(new Array(16).fill(42));
  expect(tensor.weightScale).toBe(7);
});

test('fewer than 2 dimensions are a ValueError; another mode is a NotImplementedError, and is checked first', async () => {
  const vector = SharedTensor.empty([4]);
  await expect(wageInit_(vector, 2)).rejects.toThrow(ValueError);
  await expect(wageInit_(vector, 2)).rejects.toMatchObject({ code: 'BAD_SHAPE', name: 'ValueError' });
  await expect(wageInit_(vector, 2, { mode: untyped('fan_out') })).rejects.toThrow(NotImplementedError);
  await expect(wageInit_(SharedTensor.empty([4, 0]), 2)).rejects.toMatchObject({ code: 'BAD_SHAPE' });
});

test('anything but a SharedTensor is refused', async () => {
  const array = untyped(new Float32Array(4));
  await expect(engine.uniform_(array, bounds)).rejects.toMatchObject({ code: 'BAD_BUFFER' });
});

const makes: readonly (readonly [string, string, () => unknown])[] = [
  ['a negative dimension', 'BAD_SHAPE', () => SharedTensor.empty([2, -3])],
  ['a fractional dimension', 'BAD_SHAPE', () => SharedTensor.empty([2.5])],
  ['a dimension of text', 'BAD_SHAPE', () => SharedTensor.empty(untyped(['2']))],
  ['a shape that is a number', 'BAD_SHAPE', () => SharedTensor.empty(untyped(8))],
  ['more bytes than can be addressed', 'TOO_LARGE', () => SharedTensor.empty([2 ** 40, 2 ** 20])],
  [
    'dimensions that overflow before a 0',
    'TOO_LARGE',
    () => SharedTensor.empty([2 ** 53 - 1, 2 ** 53 - 1, 0]),
  ],
  ['more bytes than can be allocated', 'TOO_LARGE', () => SharedTensor.empty([2 ** 47])],
  ['an unknown dtype', 'BAD_DTYPE', () => SharedTensor.empty([1], { dtype: untyped('float23') })],
  ['an empty name', 'BAD_NAME', () => SharedTensor.empty([1], { name: '' })],
  ['a mistyped option', 'BAD_OPTION', () => SharedTensor.empty([1], untyped({ nmae: 'x' }))],
  [
    'a mistyped option of a wrapped tensor',
    'BAD_OPTION',
    () => SharedTensor.wrap(shared, [1], untyped({ ofset: 4 })),
  ],
  ['a buffer that is not shared', 'BAD_BUFFER', () => SharedTensor.wrap(untyped(new ArrayBuffer(8)), [1])],
  ['a buffer too small', 'BAD_BUFFER', () => SharedTensor.wrap(shared, [17])],
  [
    'a buffer too small from its offset on',
    'BAD_BUFFER',
    () => SharedTensor.wrap(shared, [16], { byteOffset: 4 }),
  ],
  ['a misaligned offset', 'BAD_BUFFER', () => SharedTensor.wrap(shared, [1], { byteOffset: 2 })],
  ['a negative offset', 'BAD_BUFFER', () => SharedTensor.wrap(shared, [1], { byteOffset: -4 })],
  [
    'a hole in a shape',
    'BAD_SHAPE',
    () => SharedTensor.empty(untyped(Object.assign(new Array(3), { 0: 1, 2: 3 }))),
  ],
  [
    'a weight scale of text',
    'BAD_OPTION',
    () => SharedTensor.wrap(shared, [1], { weightScale: untyped('x') }),
  ],
  ['no threads', 'BAD_OPTION', () => new Engine({ threads: 0 })],
  ['a simd that is not a boolean', 'BAD_OPTION', () => new Engine({ simd: untyped('no') })],
  ['a revectorize that is not a boolean', 'BAD_OPTION', () => new Engine({ revectorize: untyped(1) })],
  ['threads that are null', 'BAD_OPTION', () => new Engine({ threads: untyped(null) })],
  ['half a thread', 'BAD_OPTION', () => new Engine({ threads: 1.5 })],
  ['an engine seed out of range', 'BAD_SEED', () => new Engine({ seed: -1n })],
  ['scaleLimit with limit 0', 'BAD_LIMIT', () => scaleLimit(filled(), 0, 8)],
  ['scaleLimit of nothing', 'BAD_OPTION', () => scaleLimit(untyped(null), 1, 8)],
];

test.each(makes)('%s is refused with %s', (_, code, make) => {
  expect(make).toThrow(ValueError);
  expect(make).toThrow(expect.objectContaining({ code }) as Error);
});

describe('messages', () => {
  test.each([
    [
      () => SharedTensor.empty([1], { dtype: untyped('flaot32'), name: 'w' }),
      'Tensor "w": dtype is "flaot32". Did you mean "float32"?',
    ],
    [
      () => SharedTensor.empty([2, -3], { name: 'fc.w' }),
      'Tensor "fc.w": dimension 1 is -3. Dimensions are whole numbers from 0; a scalar is [].',
    ],
    [
      () => new Engine(untyped({ thread: 2 })),
      'Engine: unknown option "thread". Did you mean "threads"? Known: threads, seed, simd, revectorize.',
    ],
    [
      () => SharedTensor.wrap(untyped(new Float32Array(shared, 8, 4)), [4], { name: 'w' }),
      'Tensor "w": the buffer is a Float32Array, a view of a SharedArrayBuffer. Pass the buffer of the view: SharedTensor.wrap(view.buffer, shape, { byteOffset: 8 }).',
    ],
    [
      () => SharedTensor.wrap(untyped(new Float32Array(4)), [4]),
      'Unnamed tensor: the buffer is a Float32Array, not shared. Threads need a SharedArrayBuffer or a shared WebAssembly.Memory.',
    ],
    [
      () => toFloat32(untyped(new Float32Array(2 ** 26))),
      'toFloat32: the tensor is a Float32Array. Make one with SharedTensor.empty, or wrap what another thread sent: SharedTensor.wrap(memory ?? buffer, shape).',
    ],
    [
      () => new Engine({ seed: -1n }),
      "The seed is -1. A seed is a whole number from 0 to 2^64 - 1; torch takes this one: pass new TorchGenerator(-1n) to a fill, or seed and generator: 'torch' to a checkpoint.",
    ],
    [
      () => new Engine(untyped(new Map([['seed', 1]]))),
      'Engine: the options are a Map. Pass a plain object, such as { seed: 1 }.',
    ],
    [
      () => SharedTensor.empty([2], untyped('float16')),
      'SharedTensor.empty: the options are "float16". Pass a plain object, such as { dtype: \'float16\' }.',
    ],
    [
      () => new Engine({ seed: untyped('7') }),
      'The seed is "7". A seed is a whole number from 0 to 2^64 - 1: convert digits with BigInt("7").',
    ],
  ])('read well', (make, message) => {
    expect(make).toThrow(message);
  });
});

test('scaleLimit sets the scale, but leaves it alone when it refuses', () => {
  const tensor = filled();
  expect(() => scaleLimit(tensor, NaN, 8)).toThrow();
  expect(tensor.weightScale).toBe(7);
  expect(scaleLimit(tensor, 0.0541, 2)).toBe(0.75);
  expect(tensor.weightScale).toBe(16);
});

test('a switch in the environment is 0 or 1, and an option overrides it', () => {
  const { JUMPFILL_SIMD } = process.env;
  try {
    process.env['JUMPFILL_SIMD'] = 'off';
    expect(() => new Engine()).toThrow('The environment variable JUMPFILL_SIMD is "off". Set it to 0 or 1.');
    expect(new Engine({ simd: false }).kernels).toBe('specification');
  } finally {
    if (JUMPFILL_SIMD === undefined) delete process.env['JUMPFILL_SIMD'];
    else process.env['JUMPFILL_SIMD'] = JUMPFILL_SIMD;
  }
});
