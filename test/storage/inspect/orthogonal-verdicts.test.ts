/** What an inspection says of orthogonal matrices: theirs are as expected, and no other numbers of the same spread are. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Engine, type ModelSpec } from 'jumpfill';
import { makeFolder } from '../../support/folder.js';

type TensorSpec = NonNullable<ModelSpec['tensors']>[number];

const TENSORS = [
  { name: 'square', shape: [300, 300] },
  { name: 'wide', shape: [40, 700], gain: 3 },
  { name: 'tall', shape: [900, 30], dtype: 'float64' },
  { name: 'half', shape: [256, 256], dtype: 'bfloat16' },
  { name: 'float8', shape: [64, 64], dtype: 'float8_e4m3fn', gain: 8 },
  { name: 'experts', shape: [5, 40, 50], batch_axis: 0 },
  { name: 'plane', shape: [2, 2] },
  { name: 'one', shape: [1, 1] },
] as const;

const orthogonal = TENSORS.map(({ name, shape, ...rest }): TensorSpec => {
  const { dtype, ...parameters } = { dtype: undefined, ...rest };
  return {
    name,
    shape: [...shape],
    ...(dtype && { dtype }),
    init: { kind: 'orthogonal', ...parameters },
  };
});

const delta: TensorSpec = { name: 'delta', shape: [3, 20, 30], init: { kind: 'delta_orthogonal' } };

async function inspect(drawn: readonly TensorSpec[], wanted: readonly TensorSpec[], seed = 1) {
  await using engine = new Engine({ threads: 1 });
  const out = join(makeFolder(), 'model.safetensors');
  await engine.writeCheckpoint({ seed, tensors: [...drawn] }, { out });
  return await engine.inspectCheckpoint(out, { spec: { seed, tensors: [...wanted] } });
}

test('orthogonal matrices of any shape and dtype are as expected, and so are batches of them', async () => {
  for (const seed of [1, 2, 3]) {
    const { tensors } = await inspect([...orthogonal, delta], [...orthogonal, delta], seed);
    for (const { name, verdict } of tensors)
      expect({ name, verdict }).toEqual({ name, verdict: { kind: 'expected' } });
  }
});

test('normals of the same spread are not, nor is a matrix of another gain', async () => {
  const wanted: TensorSpec[] = [{ name: 'w', shape: [300, 300], init: { kind: 'orthogonal' } }];
  const normal = { kind: 'normal', std: 1 / Math.sqrt(300) } as const;
  for (const init of [normal, { kind: 'orthogonal', gain: 1.001 } as const]) {
    const { tensors } = await inspect([{ name: 'w', shape: [300, 300], init }], wanted);
    expect(tensors.map(({ verdict }) => verdict.kind)).toEqual(['unexpected']);
  }
});

test('a matrix some of whose rows are something else is not judged', async () => {
  const rows: TensorSpec[] = ['orthogonal', 'delta_orthogonal'].map((kind, i) => ({
    name: kind,
    shape: [40, 30, 30].slice(i === 0 ? 1 : 0),
    init: { kind, zero_rows: [0] } as TensorSpec['init'],
  }));
  const { tensors } = await inspect(rows, rows);
  expect(tensors.flatMap(({ verdict }) => (verdict.kind === 'unexpected' ? verdict.reasons : []))).toEqual(
    [],
  );
});
