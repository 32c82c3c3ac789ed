/** Keep draws nothing: whatever has no checkpoint to copy from refuses it, and says where it belongs. */
import { expect, test } from 'vitest';
import { drawSlice, Engine, fill, keep, SharedTensor, zeros } from 'jumpfill';
import { failureOf } from '../support/failure.js';

const untyped = (value: unknown): never => value as never;

test('a fill refuses it, and touches no element', async () => {
  const tensor = SharedTensor.empty([4], { name: 'w' });
  tensor.data.fill(3);
  const { code, message } = await failureOf(fill(tensor, keep()));
  expect(code).toBe('BAD_SPEC');
  expect(message).toContain(
    '"w" has the initialiser keep, which draws nothing. It copies a tensor from a checkpoint',
  );
  expect([...tensor.data]).toEqual([3, 3, 3, 3]);
});

test('a slice refuses it, and draws the other tensors of the spec', async () => {
  const spec = {
    default: { init: keep() },
    tensors: [
      { name: 'kept', shape: [4] },
      { name: 'drawn', shape: [2], init: { kind: 'ones' } },
    ],
  };
  const { code, message } = await failureOf(drawSlice(spec, { name: 'kept' }));
  expect([code, message]).toEqual(['BAD_SPEC', expect.stringContaining('writeCheckpoint and `like`')]);
  expect([...(await drawSlice(spec, { name: 'drawn' })).data]).toEqual([1, 1]);
});

test('rows are kept with their tensor, or drawn', async () => {
  expect(() => keep(untyped({ zero_rows: [0] }))).toThrow(
    'keep: unknown option "zero_rows". There are none.',
  );
  const rows = [{ from: 0, to: 1, init: keep() }];
  const engine = new Engine({ threads: 1 });
  const { code, message } = await failureOf(engine.fill(SharedTensor.empty([2]), zeros({ rows })));
  expect([code, message]).toEqual(['BAD_OPTION', expect.stringContaining('an initialiser of rows is keep.')]);
  await engine.close();
});
