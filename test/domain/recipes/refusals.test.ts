/** What an initialiser cannot do for a tensor is refused before anything is drawn, with a code, the tensor and what to do. */
import { afterAll, expect, test } from 'vitest';
import { Engine, SharedTensor, type Init } from 'jumpfill';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());

interface Refused {
  readonly init: object;
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly generator?: string;
  readonly code: string;
  readonly says: string;
}

const nested = (depth: number): object =>
  Array.from({ length: depth }).reduce<object | number>((of) => ({ of, by: 2, power: 1 }), 1) as object;

const REFUSED: Readonly<Record<string, Refused>> = {
  'a sparse vector': {
    ...{ init: { kind: 'sparse', sparsity: 0.5, std: 1 }, shape: [4] },
    ...{ code: 'BAD_SHAPE', says: 'sparse is a matrix' },
  },
  'a sparse matrix with too many rows': {
    ...{ init: { kind: 'sparse', sparsity: 0.5, std: 1 }, shape: [2 ** 32 + 1, 1] },
    ...{ code: 'BAD_SHAPE', says: 'at most 2^32 rows' },
  },
  'a share of zeros above 1': {
    ...{ init: { kind: 'sparse', sparsity: 1.5, std: 1 } },
    ...{ code: 'BAD_RANGE', says: 'share of zeros' },
  },
  'a share of zeros below 0': {
    ...{ init: { kind: 'sparse', sparsity: -0.1, std: 1 } },
    ...{ code: 'BAD_RANGE', says: 'share of zeros' },
  },
  'an identity of three dimensions': {
    ...{ init: { kind: 'eye' }, shape: [2, 2, 2] },
    ...{ code: 'BAD_SHAPE', says: 'eye is a matrix' },
  },
  'a Dirac kernel of two dimensions': {
    ...{ init: { kind: 'dirac' }, shape: [2, 2] },
    ...{ code: 'BAD_SHAPE', says: 'dirac has 3 to 5' },
  },
  'a count that repeats each number 0 times': {
    ...{ init: { kind: 'arange', repeat: 0 } },
    ...{ code: 'BAD_RANGE', says: 'repeat is a whole number from 1' },
  },
  'a matrix whose gain a float16 does not hold': {
    ...{ init: { kind: 'orthogonal', gain: 1e6 }, dtype: 'float16' },
    ...{ code: 'BAD_RANGE', says: 'A float16 holds at most 65504' },
  },
  'a matrix without precision': {
    ...{ init: { kind: 'orthogonal', gain: 1e-7 }, dtype: 'float16' },
    ...{ code: 'BAD_RANGE', says: 'no precision left' },
  },
  'rows of a scalar': {
    ...{ init: { kind: 'normal', std: 1, zero_rows: [0] }, shape: [] },
    ...{ code: 'BAD_SHAPE', says: 'shape [] has no rows' },
  },
  'a range of rows from half a row': {
    ...{ init: { kind: 'normal', std: 1, rows: [{ from: 0.5, to: 2, init: { kind: 'ones' } }] } },
    ...{ code: 'BAD_OPTION', says: 'rows[0].from is 0.5' },
  },
  'a range of rows to half a row': {
    ...{ init: { kind: 'normal', std: 1, rows: [{ from: 0, to: 1.5, init: { kind: 'ones' } }] } },
    ...{ code: 'BAD_OPTION', says: 'rows[0].to is 1.5' },
  },
  'bounds that no draw reaches': {
    ...{ init: { kind: 'truncated_normal', std: 1, low: 1e151, high: 1e152 } },
    ...{ code: 'BAD_RANGE', says: 'standard deviations' },
  },
  'scaled numbers nested without end': {
    ...{ init: { kind: 'normal', std: nested(12) } },
    ...{ code: 'BAD_SPEC', says: 'nest at most' },
  },
  'a map of a draw of torch': {
    ...{ init: { kind: 'uniform', low: 1, high: 2, map: 'log' }, generator: 'torch' },
    ...{ code: 'NOT_IMPLEMENTED', says: 'the map of a draw' },
  },
  'axes of their own for torch': {
    ...{ init: { kind: 'xavier_uniform', in_axis: 0, out_axis: 1 }, generator: 'torch' },
    ...{ code: 'NOT_IMPLEMENTED', says: 'axes of its own' },
  },
};

test.each(Object.entries(REFUSED))(
  '%s',
  async (_, { init, shape = [4, 4], dtype, generator, code, says }) => {
    const spec = { seed: 1, generator, tensors: [{ name: 'layer.weight', shape, dtype, init }] };
    const given = JSON.parse(JSON.stringify(spec)) as unknown;
    const refusal: unknown = await engine.planCheckpoint(given, {}).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(says) as string });
    expect((refusal as Error).message).toMatch(/layer\.weight|tensors\[0\]/);
  },
);

test.each([{ capture: 1 }, { fan_of: 'other.weight' }])(
  'a number scaled by %j has no meaning without a spec',
  async (by) => {
    const init = { kind: 'normal', mean: 0, std: { of: 1, by, power: 1 } } as unknown as Init;
    const tensor = SharedTensor.empty([4, 4], { name: 'w' });
    const refusal = { code: 'BAD_OPTION', message: expect.stringContaining('depends on a spec') as string };
    await expect(engine.fill(tensor, init, { seed: 1 })).rejects.toMatchObject(refusal);
  },
);
