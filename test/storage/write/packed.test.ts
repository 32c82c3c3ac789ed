/** A spec that lists weights with packed codes makes compressed-tensors' three tensors of each, whatever wrote them and in whichever parts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine, openCheckpoint, packCodes, SharedTensor, unpackCodes, wage } from 'jumpfill';
import { afterAll, describe, expect, test } from 'vitest';
import { expectSameBytes } from '../../support/bytes.js';
import { failureOf } from '../../support/failure.js';
import { makeFolder } from '../../support/folder.js';
import { readSafetensors, type ReadTensor } from '../../support/safetensors.js';

const engine = new Engine({ threads: 2, seed: 9n });
afterAll(async () => {
  await engine.close();
});

const PACKED = { kind: 'wage', bits: 4, codes: 'pack-quantized' } as const;
/** vectors/layer_lists.py. */
const { qwen2 } = JSON.parse(readFileSync('test/vectors/layer_lists.json', 'utf8')) as {
  readonly qwen2: Readonly<Record<string, readonly number[]>>;
};
const SPEC = {
  seed: 9,
  default: { dtype: 'bfloat16', init: { kind: 'normal', std: 0.02 } },
  rules: [
    { match: '*_proj.weight', init: PACKED },
    { match: '*norm.weight', init: { kind: 'ones' } },
    { match: '*.bias', init: { kind: 'zeros' } },
  ],
  tensors: Object.entries(qwen2).map(([name, shape]) => ({ name, shape })),
};
const LAYER = 'model.layers.1.mlp.gate_proj.weight';

async function write(spec: unknown = SPEC): Promise<string> {
  const out = join(makeFolder(), 'model.safetensors');
  await engine.writeCheckpoint(spec, { out });
  return out;
}

const tensorOf = (path: string, name: string): ReadTensor =>
  readSafetensors(path).tensors.find((tensor) => tensor.name === name) ?? expect.fail(name);

const wholesOf = ({ data }: ReadTensor): number[] =>
  Array.from(new BigInt64Array(Uint8Array.from(data).buffer), Number);

test('every such layer is NAME_packed, NAME_scale and NAME_shape, and the weights themselves are not there', async () => {
  const path = await write();
  const names = readSafetensors(path).tensors.map(({ name }) => name);
  expect(names).not.toContain(LAYER);
  expect(names).toHaveLength(Object.keys(qwen2).length + 2 * 14);
  const [packed, scale, shape] = ['packed', 'scale', 'shape'].map((part) =>
    tensorOf(path, `${LAYER}_${part}`),
  );
  expect([packed?.dtype, packed?.shape]).toEqual(['I32', [344, 16]]);
  expect([scale?.dtype, scale?.shape]).toEqual(['BF16', [344, 1]]);
  expect([shape?.dtype, shape && wholesOf(shape)]).toEqual(['I64', [344, 128]]);
});

test('they hold what packCodes makes of the int8 codes of the weights by their own name', async () => {
  const path = await write();
  const codes = SharedTensor.empty(qwen2[LAYER] ?? [], { dtype: 'int8', name: LAYER });
  await engine.fill(codes, wage({ bits: 4, codes: true }));
  const { weight_packed, weight_scale } = packCodes(codes, 4);
  const { data } = tensorOf(path, `${LAYER}_packed`);
  expectSameBytes(data, new Uint8Array(weight_packed.buffer));
  const scales = new Uint16Array(Uint8Array.from(tensorOf(path, `${LAYER}_scale`).data).buffer);
  const [bits = 0] = new Uint32Array(Float32Array.of(weight_scale).buffer);
  expect([...new Set(scales)]).toEqual([bits >>> 16]);
  const unpacked = new Int8Array(codes.length);
  unpackCodes(unpacked, { weight_packed, weight_scale, weight_shape: codes.shape }, 4);
  expectSameBytes(unpacked, codes.data);
});

test('such a checkpoint verifies by its spec and by itself, and is written again from its recipe', async () => {
  const path = await write();
  expect(await engine.verifyCheckpoint(path, { spec: SPEC })).toMatchObject({ equal: true });
  expect(await engine.verifyCheckpoint(path)).toMatchObject({ equal: true });
  const again = await write((await openCheckpoint(path)).spec());
  expectSameBytes(readFileSync(again), readFileSync(path));
});

test('inspect judges its scales and shapes, says that it does not judge packed codes, and notices codes of other bits', async () => {
  const path = await write();
  const { tensors } = await engine.inspectCheckpoint(path);
  const packed = tensors.filter(({ name }) => name.endsWith('_packed'));
  expect(packed).toHaveLength(14);
  expect(new Set(packed.map(({ verdict }) => verdict.kind))).toEqual(new Set(['unjudged']));
  const others = tensors.filter((tensor) => !packed.includes(tensor));
  expect(new Set(others.map(({ verdict }) => verdict.kind))).toEqual(new Set(['expected']));
  const [first, ...rules] = SPEC.rules;
  const spec = { ...SPEC, rules: [{ ...first, init: { ...PACKED, bits: 8 } }, ...rules] };
  const { tensors: compared } = await engine.inspectCheckpoint(path, { spec });
  const verdictOf = (part: string): unknown =>
    compared.find(({ name }) => name === `${LAYER}_${part}`)?.verdict;
  expect(verdictOf('packed')).toEqual({
    kind: 'unexpected',
    reasons: ['shape is [344, 16], expected [344, 32]'],
  });
  expect(verdictOf('scale')).toMatchObject({ kind: 'unexpected' });
});

test('parts, shards and slices of them agree', async () => {
  const path = await write();
  const folder = makeFolder();
  const out = join(folder, 'model.safetensors');
  for (const part of ['1/3', '2/3', '3/3'])
    await engine.writeCheckpoint(SPEC, { out, shardSize: '40kB', part });
  await engine.mergeCheckpoint({ out });
  expect(await engine.verifyCheckpoint(folder, { spec: SPEC })).toMatchObject({ equal: true });
  const slice = await engine.drawSlice(SPEC, { name: `${LAYER}_packed`, start: 777, end: 2_001 });
  const { data } = tensorOf(path, `${LAYER}_packed`);
  expectSameBytes(new Uint8Array(slice.buffer, 0, slice.byteLength), data.subarray(4 * 777, 4 * 2_001));
});

describe('refused is', () => {
  const one = { name: 'w', shape: [8, 16], init: PACKED };
  test.each([
    ['a convolution', 'BAD_SHAPE', [{ ...one, shape: [8, 16, 3, 3] }]],
    ['3 bits', 'BAD_BITS', [{ ...one, init: { ...PACKED, bits: 3 } }]],
    ['a dtype of codes', 'BAD_DTYPE', [{ ...one, dtype: 'int8' }]],
    ['another form of codes', 'BAD_OPTION', [{ ...one, init: { ...PACKED, codes: 'marlin' } }]],
    [
      'a tensor of the same name as a part',
      'BAD_NAME',
      [one, { name: 'w_scale', shape: [1], init: { kind: 'ones' } }],
    ],
  ])('%s', async (_, code, tensors) => {
    const out = join(makeFolder(), 'm.safetensors');
    expect(await failureOf(engine.writeCheckpoint({ tensors }, { out }))).toMatchObject({ code });
  });
});
