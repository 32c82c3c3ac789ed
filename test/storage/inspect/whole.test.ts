/** Inspection describes whole numbers and coins, and notices what their recipe cannot have drawn. */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine, type InspectedTensor } from 'jumpfill';
import { makeFolder } from '../../support/folder.js';

const engine = new Engine({ threads: 2, seed: 5n });
afterAll(() => engine.close());

const spec = (dtype: string, init: object): object => ({
  tensors: [{ name: 'w', shape: [400, 1000], dtype, init }],
});

/** What is drawn by one spec, inspected by another. */
async function inspect(drawn: object, expected: object): Promise<InspectedTensor> {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(drawn, { out });
  const { tensors } = await engine.inspectCheckpoint(out, { spec: expected });
  return tensors[0] ?? expect.fail('no tensor');
}

const integers = (low: number | string, high: number | string): object => ({ kind: 'integers', low, high });
const bernoulli = (p: number): object => ({ kind: 'bernoulli', p });

test.each([
  ['int8', integers(-100, 100), integers(-100, 99), /max is 99, above 98/],
  ['uint16', integers(0, 1000), integers(0, 1050), /mean is/],
  ['int32', integers(0, 1000), integers(1, 1000), /min is 0, below 1/],
  ['int64', integers(0, '4294967297'), integers(0, '4380866642'), /mean is/],
  [
    'uint64',
    integers(0, '18446744073709551616'),
    integers('92233720368547758', '18446744073709551616'),
    /min is/,
  ],
  ['float64', integers(-1000, 1001), { kind: 'rademacher', scale: 577.6 }, /above 577/],
  ['bool', bernoulli(0.3), bernoulli(0.31), /mean is 0\.\d+, expected 0\.31/],
  ['float16', bernoulli(0.3), bernoulli(0.31), /mean is/],
  ['float32', { kind: 'rademacher' }, bernoulli(0.5), /min is -1, below 0/],
  ['uint8', { kind: 'bits' }, integers(0, 255), /max is 255, above 254/],
] as const)('as %s, %o is not %o', async (dtype, drawn, expected, reason) => {
  const { verdict } = await inspect(spec(dtype, drawn), spec(dtype, expected));
  expect(verdict.kind === 'unexpected' ? verdict.reasons.join('; ') : verdict.kind).toMatch(reason);
  expect((await inspect(spec(dtype, drawn), spec(dtype, drawn))).verdict.kind).toBe('expected');
});

test('figures of a bool: its mean is the share of ones, and it has two levels', async () => {
  const { figures, verdict } = await inspect(spec('bool', bernoulli(0.25)), spec('bool', bernoulli(0.25)));
  expect(figures).toMatchObject({ min: 0, max: 1, levels: 2, finiteCount: 400_000 });
  expect(figures?.mean).toBeCloseTo(0.25, 2);
  expect(verdict.kind).toBe('expected');
});

test('figures of 64-bit integers are those of their doubles', async () => {
  const init = integers('-9223372036854775808', '9223372036854775808');
  const { figures } = await inspect(spec('int64', init), spec('int64', init));
  expect(figures?.std).toBeCloseTo(2 ** 64 / Math.sqrt(12), -17);
  expect(Math.abs(figures?.min ?? 0)).toBeGreaterThan(2 ** 62);
  expect(figures?.kurtosis).toBeCloseTo(1.8, 1);
});

test('a tensor whose values cannot be measured is neither as expected nor without a recipe, but another shape is noticed', async () => {
  const tensor = { name: 'w', shape: [4], init: { kind: 'zeros' } };
  for (const dtype of ['float4_e2m1fn', 'float6_e2m3fn', 'float6_e3m2fn', 'complex64']) {
    const out = join(makeFolder(), 'm.safetensors');
    const spec = {
      tensors: [
        { ...tensor, dtype },
        { ...tensor, name: 'empty', shape: [0], dtype },
      ],
    };
    await engine.writeCheckpoint(spec, { out });
    const { tensors, verdicts } = await engine.inspectCheckpoint(out);
    expect(verdicts).toEqual({ expected: 1, unexpected: 0, unknown: 0, unjudged: 0, unmeasured: 1 });
    expect(tensors.find(({ name }) => name === 'w')).toMatchObject({ verdict: { kind: 'unmeasured' } });
    const other = { tensors: [{ ...tensor, dtype, shape: [2, 2] }] };
    const compared = await engine.inspectCheckpoint(out, { spec: other });
    expect(compared.verdicts).toMatchObject({ unexpected: 1, unmeasured: 0 });
  }
});

test('reasons name whole numbers by all their digits', async () => {
  const wide = integers(-2_147_483_648, 2_147_483_647);
  const { verdict } = await inspect(
    spec('int32', { kind: 'constant', value: -2_147_483_648 }),
    spec('int32', { ...wide, low: -2_147_483_647 }),
  );
  expect(verdict.kind === 'unexpected' && verdict.reasons).toContain('min is -2147483648, below -2147483647');
});
