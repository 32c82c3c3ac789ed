/** Constants of every dtype, through the whole engine: memory, slices, files, parts, verification, other programs' encodings. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  mergeCheckpoint,
  openCheckpoint,
  SharedTensor,
  TorchGenerator,
  type Dtype,
  type InitInput,
} from 'jumpfill';
import { DTYPE_NAMES, DTYPES, isOf, wholeRange } from '#built/domain/tensors/dtypes.js';
import { makeFolder } from '../support/folder.js';

const engines = [new Engine({ threads: 1, seed: 1n }), new Engine({ threads: 3, seed: 2n })] as const;
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

/** A constant, and the bytes of one element, or of one byte of packed ones. */
interface Constant {
  readonly dtype: Dtype;
  readonly init: InitInput;
  readonly bytes: readonly number[];
}

const constant = (value: number | string | bigint): InitInput => ({ kind: 'constant', value });

/** From numpy and ml_dtypes: `np.array(value, dtype).tobytes()`. */
const KNOWN: readonly (readonly [Dtype, InitInput, readonly number[]])[] = [
  ['float32', constant(0.1), [0xcd, 0xcc, 0xcc, 0x3d]],
  ['float64', constant(0.1), [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f]],
  ['float16', constant(0.1), [0x66, 0x2e]],
  ['bfloat16', constant(0.1), [0xcd, 0x3d]],
  ['float8_e4m3fn', constant(0.1), [0x1d]],
  ['float8_e4m3fn', constant(-448), [0xfe]],
  ['float8_e5m2', constant(-3), [0xc2]],
  ['float8_e5m2', { kind: 'ones' }, [0x3c]],
  ['int8', constant(-128), [0x80]],
  ['uint8', constant(255), [0xff]],
  ['int16', constant(-2), [0xfe, 0xff]],
  ['uint16', constant(65_535), [0xff, 0xff]],
  ['int32', constant(-2), [0xfe, 0xff, 0xff, 0xff]],
  ['uint32', constant(2 ** 31), [0, 0, 0, 0x80]],
  ['int64', constant('-9007199254740993'), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xdf, 0xff]],
  ['int64', { kind: 'ones' }, [1, 0, 0, 0, 0, 0, 0, 0]],
  ['uint64', constant(2n ** 64n - 1n), [255, 255, 255, 255, 255, 255, 255, 255]],
  ['bool', { kind: 'ones' }, [1]],
  ['float8_e8m0fnu', { kind: 'ones' }, [127]],
  ['float8_e8m0fnu', constant(2 ** -127), [0]],
  ['float8_e8m0fnu', constant(2 ** 127), [254]],
  ...DTYPE_NAMES.filter((dtype) => dtype !== 'float8_e8m0fnu').map(
    (dtype) => [dtype, { kind: 'zeros' }, [0]] as const,
  ),
];

const anyConstant = fc
  .constantFrom(...KNOWN)
  .map(([dtype, init, bytes]): Constant => ({ dtype, init, bytes }));

/** Packed elements fill whole bytes. */
const whole = (dtype: Dtype, elements: number): number =>
  DTYPES[dtype].byteWidth < 1 ? 4 * Math.ceil(elements / 4) : elements;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView | SharedTensor<Dtype>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function expectRepeated(found: Uint8Array, bytes: readonly number[]): void {
  const wrong = found.findIndex((byte, i) => byte !== bytes[i % bytes.length]);
  expect(wrong).toBe(-1);
}

test('every dtype is in this test', () => {
  expect(new Set(KNOWN.map(([dtype]) => dtype))).toEqual(new Set(DTYPE_NAMES));
});

describe.each(engines)('with $threads threads', (engine) => {
  test('fill repeats the bytes of the element, at any address and size, and nothing else', async () => {
    const law = fc.asyncProperty(
      anyConstant,
      fc.nat(40),
      fc.integer({ min: 0, max: 9 }),
      async ({ dtype, init, bytes }, count, before) => {
        const { byteWidth } = DTYPES[dtype];
        const size = whole(dtype, count);
        const begin = before * Math.max(byteWidth, 1);
        const buffer = new SharedArrayBuffer(begin + size * byteWidth + 16);
        new Uint8Array(buffer).fill(0x55);
        const tensor = SharedTensor.wrap(buffer, [size], { dtype, byteOffset: begin });
        await engine.fill(tensor, init);
        expectRepeated(bytesOf(tensor), bytes);
        const around = new Uint8Array(buffer).filter((_, i) => i < begin || i >= begin + tensor.byteLength);
        expectRepeated(around, [0x55]);
      },
    );
    await fc.assert(law, { seed: 13, numRuns: 120 });
  });

  test('files, slices, parts and verification have the same bytes, and metadata the same recipe', async () => {
    const folder = makeFolder();
    const tensors = KNOWN.map(([dtype, init], i) => ({
      ...{ name: `${i}`, dtype, init },
      shape: i % 8 === 0 ? [whole(dtype, 280_001)] : [3, 4],
    }));
    const out = join(folder, 'all.safetensors');
    const parts = join(folder, 'parts.safetensors');
    const spec = { seed: 3, tensors };
    await engine.writeCheckpoint(spec, { out });
    const checkpoint = await openCheckpoint(out);
    for (const [i, [dtype, , bytes]] of KNOWN.entries()) {
      const tensor = await checkpoint.tensor(`${i}`);
      expect(tensor.dtype).toBe(dtype);
      expectRepeated(bytesOf(tensor), bytes);
      const slice = await engine.drawSlice(checkpoint.spec(), { name: `${i}`, start: 4, end: 12 });
      expect(bytesOf(slice)).toEqual(bytesOf(await checkpoint.read(`${i}`, 4, 12)));
    }
    expect(await engine.verifyCheckpoint(out)).toMatchObject({ equal: true, differences: [] });
    const { tensors: inspected } = await engine.inspectCheckpoint(out);
    const unmeasured = inspected.filter(({ verdict }) => verdict.kind !== 'expected');
    expect(new Set(unmeasured.map(({ verdict }) => verdict.kind))).toEqual(new Set(['unmeasured']));
    expect([...new Set(unmeasured.map(({ dtype }) => dtype))].sort()).toEqual([
      'C64',
      'F4',
      'F6_E2M3',
      'F6_E3M2',
    ]);
    const sharded = { ...spec, shard_size: 2_000_000 };
    for (const part of ['1/2', '2/2'] as const) await engine.writeCheckpoint(sharded, { out: parts, part });
    const { indexPath } = await mergeCheckpoint({ out: parts });
    expect(await engine.verifyCheckpoint(indexPath)).toMatchObject({ equal: true });
  });
});

test("a whole number that its dtype holds is its two's complement, whatever it is", async () => {
  const dtypes = DTYPE_NAMES.filter((dtype) => isOf(dtype, 'integer', 'boolean'));
  const law = fc.asyncProperty(
    fc.constantFrom(...dtypes).chain((dtype) => {
      const { least, largest } = wholeRange(dtype);
      return fc.tuple(fc.constant(dtype), fc.bigInt({ min: least, max: largest }));
    }),
    async ([dtype, value]) => {
      const tensor = SharedTensor.empty<Dtype>([3], { dtype });
      await engines[0].fill(tensor, { kind: 'constant', value });
      expect(Array.from<number | bigint, bigint>(tensor.data, BigInt)).toEqual([value, value, value]);
    },
  );
  await fc.assert(law, { seed: 14, numRuns: 200 });
});

test("torch's generator holds constants of every dtype, which take no words", async () => {
  const generator = new TorchGenerator(1);
  for (const [dtype, init, bytes] of KNOWN) {
    const tensor = SharedTensor.empty<Dtype>([8], { dtype });
    await engines[0].fill(tensor, init, { generator });
    expectRepeated(bytesOf(tensor), bytes);
  }
  expect(generator.getState()).toEqual(new TorchGenerator(1).getState());
});

test('verification names the first element that differs, in the words of its dtype', async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  const tensors = [
    { name: 'a', dtype: 'uint64', shape: [4], init: constant(2n ** 64n - 1n) },
    { name: 'b', dtype: 'float4_e2m1fn', shape: [8], init: { kind: 'zeros' } },
    { name: 'c', dtype: 'float6_e3m2fn', shape: [8], init: { kind: 'zeros' } },
    { name: 'd', dtype: 'complex64', shape: [2], init: { kind: 'zeros' } },
  ] as const;
  await engines[0].writeCheckpoint({ seed: 1, tensors }, { out });
  const checkpoint = await openCheckpoint(out);
  const bytes = readFileSync(out);
  const put = (name: string, at: number, byte: number): void => {
    bytes[checkpoint.entry(name).byteOffset + at] = byte;
  };
  put('a', 24, 0xfe);
  put('b', 2, 0x20); // the sixth element is 1
  put('c', 1, 0x0c); // bits 10 and 11: the second element is 0b110000
  put('d', 15, 0xc0); // the imaginary part of the second is -2
  writeFileSync(out, bytes);
  const { differences } = await engines[0].verifyCheckpoint(out);
  expect(
    differences.map(({ name, first, differing }) => [name, differing, first.element, first.found.value]),
  ).toEqual(
    expect.arrayContaining([
      ['a', 1, 3, '18446744073709551614'],
      ['b', 1, 5, 1],
      ['c', 1, 1, -2],
      ['d', 1, 1, '0-2j'],
    ]),
  );
});
