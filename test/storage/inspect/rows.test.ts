/** Inspection judges rows with initialisers of their own by all of them together: by their levels, where each has a few. */
import { join } from 'node:path';
import { Engine, type InspectedTensor } from 'jumpfill';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../support/folder.js';

const engine = new Engine({ threads: 2, seed: 5n });
afterAll(() => engine.close());

/** What is drawn by one initialiser, inspected by another. */
async function inspect(dtype: string, drawn: object, expected: object): Promise<InspectedTensor> {
  const out = join(makeFolder(), 'm.safetensors');
  const spec = (init: object): object => ({ tensors: [{ name: 'w', shape: [64, 64], dtype, init }] });
  await engine.writeCheckpoint(spec(drawn), { out });
  const { tensors } = await engine.inspectCheckpoint(out, { spec: spec(expected) });
  return tensors[0] ?? expect.fail('no tensor');
}

const onesFrom = (from: number, to: number): object => ({ rows: [{ from, to, init: { kind: 'ones' } }] });
const FORGET_GATE = { kind: 'zeros', ...onesFrom(16, 32) };
const RIGHT = [
  ['zeros with rows of ones', FORGET_GATE],
  ['ones with rows of zeros', { kind: 'ones', zero_rows: [0, 63] }],
  ['2 with rows of ones', { kind: 'constant', value: 2, ...onesFrom(3, 20) }],
  ['signs with rows of zeros', { kind: 'rademacher', zero_rows: [5] }],
] as const;

test.each(
  RIGHT.flatMap(([title, init]) =>
    ['float32', 'float64', 'int32', 'int64', 'bfloat16', 'int8'].map((dtype) => ({ title, init, dtype })),
  ),
)('$title as $dtype are as expected', async ({ init, dtype }) => {
  expect((await inspect(dtype, init, init)).verdict).toEqual({ kind: 'expected' });
});

test('values that do not fit in few levels together are as expected', async () => {
  const counts = (from: number): object => ({
    from,
    to: from + 4,
    init: { kind: 'arange', start: 64 * from },
  });
  const init = { kind: 'zeros', rows: Array.from({ length: 15 }, (_, i) => counts(4 * i)) };
  expect((await inspect('float32', init, init)).verdict).toEqual({ kind: 'expected' });
});

test.each(['float32', 'float64', 'int64'])(
  'as %s one row more or less of ones than the recipe has is noticed, exactly',
  async (dtype) => {
    const { verdict } = await inspect(dtype, FORGET_GATE, { kind: 'zeros', ...onesFrom(16, 33) });
    const reasons = verdict.kind === 'unexpected' ? verdict.reasons : [];
    expect(reasons).toContain('0 occurs 3072 times, expected 3008');
  },
);
