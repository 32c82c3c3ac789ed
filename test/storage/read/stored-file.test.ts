import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DTYPE_NAMES, DTYPES } from '../../../src/domain/tensors/dtypes.js';
import { STORED_BITS, STORED_DTYPES } from '../../../src/domain/tensors/stored-dtypes.js';
import { ValueError } from '../../../src/base/errors.js';
import { encodeHeader } from '../../../src/storage/format/header.js';
import { parseStoredFile, readHeader } from '../../../src/storage/read/stored-file.js';
import { makeFolder } from '../../support/folder.js';
import { anyName } from '../../support/random.js';
import { frame, headerOf, saveFile, type Entry } from '../../support/stored-files.js';

async function refusalOf(path: string): Promise<string> {
  const error: unknown = await readHeader(path).then(
    () => 'it was read',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ValueError);
  expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
  expect((error as ValueError).message).toContain(path);
  return (error as ValueError).message;
}

const refusalOfBytes = async (bytes: Uint8Array): Promise<string> => await refusalOf(saveFile(bytes));

const GOOD: Entry = ['F32', [2, 3], 0, 24];

describe('a file', () => {
  test('is read with its metadata, and its tensors in the order of their data', async () => {
    const json = headerOf(
      { '10': ['F32', [2], 6, 14], '2': ['BF16', [3], 0, 6], b: ['I64', [], 14, 22] },
      { format: 'pt' },
    );
    const path = saveFile(frame(json, 22));
    const dataOffset = 8 + json.length;
    const common = { path, elementCount: expect.any(Number) as number };
    expect(await readHeader(path)).toEqual({
      path,
      byteLength: dataOffset + 22,
      metadata: new Map([['format', 'pt']]),
      // JSON.stringify puts numbers first.
      listed: ['2', '10', 'b'],
      tensors: [
        {
          ...common,
          name: '2',
          storedDtype: 'BF16',
          dtype: 'bfloat16',
          shape: [3],
          byteLength: 6,
          position: dataOffset,
        },
        {
          ...common,
          name: '10',
          storedDtype: 'F32',
          dtype: 'float32',
          shape: [2],
          byteLength: 8,
          position: dataOffset + 6,
        },
        {
          ...common,
          name: 'b',
          storedDtype: 'I64',
          dtype: 'int64',
          shape: [],
          byteLength: 8,
          position: dataOffset + 14,
        },
      ],
    });
  });

  test('of every dtype is read, packed ones when they fill whole bytes', async () => {
    for (const dtype of STORED_DTYPES) {
      const bytes = STORED_BITS[dtype];
      const path = saveFile(frame(headerOf({ t: [dtype, [2, 4], 0, bytes] }), bytes));
      expect((await readHeader(path)).tensors[0], dtype).toMatchObject({
        storedDtype: dtype,
        elementCount: 8,
      });
    }
    expect(await refusalOfBytes(frame(headerOf({ t: ['F4', [3], 0, 1] }), 1))).toMatch(/whole bytes/);
    expect(await refusalOfBytes(frame(headerOf({ t: ['F6_E2M3', [2], 0, 1] }), 1))).toMatch(/whole bytes/);
  });

  test('has a dtype of this library', async () => {
    const known = new Map<string, string>(DTYPE_NAMES.map((dtype) => [DTYPES[dtype].safetensors, dtype]));
    for (const dtype of STORED_DTYPES) {
      const path = saveFile(frame(headerOf({ t: [dtype, [0], 0, 0] })));
      expect((await readHeader(path)).tensors[0]?.dtype).toBe(known.get(dtype));
    }
  });

  test('may have no tensors, no metadata, empty tensors and spaces at the end', async () => {
    expect((await readHeader(saveFile(frame('{}')))).tensors).toEqual([]);
    expect((await readHeader(saveFile(frame('{} \r\n\t ')))).tensors).toEqual([]);
    const empties = headerOf({ a: ['F32', [0], 0, 0], b: ['U8', [4], 0, 4], c: ['F32', [2, 0], 4, 4] });
    const { tensors } = await readHeader(saveFile(frame(empties, 4)));
    expect(tensors.map(({ name, elementCount }) => [name, elementCount])).toEqual([
      ['a', 0],
      ['b', 4],
      ['c', 0],
    ]);
  });

  test('may be reached through a link, and may have a header longer than the first read', async () => {
    const entries = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i): [string, Entry] => [`layers.${i}.weight`, ['U8', [1], i, i + 1]]),
    );
    const path = saveFile(frame(headerOf(entries), 3000));
    const link = join(makeFolder(), 'link');
    symlinkSync(path, link);
    const { tensors, byteLength } = await readHeader(link);
    const dataOffset = byteLength - 3000;
    expect(dataOffset).toBeGreaterThan(2 ** 17);
    expect(tensors).toHaveLength(3000);
    expect(tensors[2999]).toMatchObject({ path: link, position: dataOffset + 2999 });
  });

  test('may have names that objects inherit, and names like paths', async () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      '../../x',
      '',
      '\u0000',
      '\u2028',
      'größe.重み',
      '"\\',
    ];
    const members = names.map(
      (name, i) => `${JSON.stringify(name)}:{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`,
    );
    const metadata = '"__metadata__":{"__proto__":"x","constructor":"y"}';
    const file = await readHeader(saveFile(frame(`{${metadata},${members.join(',')}}`, names.length)));
    expect(file.tensors.map(({ name }) => name)).toEqual(names);
    expect([...file.metadata]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

const anyTensor = fc
  .record({
    dtype: fc.constantFrom(...DTYPE_NAMES),
    shape: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
  })
  // Packed elements fill whole bytes.
  .map(({ dtype, shape }) => ({ dtype, shape: DTYPES[dtype].byteWidth < 1 ? [...shape, 4] : shape }))
  .map(({ dtype, shape }) => ({
    dtype,
    shape,
    byteLength: shape.reduce((product, size) => product * size, 1) * DTYPES[dtype].byteWidth,
  }));
const anyTensors = fc
  .uniqueArray(
    anyName.filter((name) => name !== '__metadata__' && name.isWellFormed()),
    { maxLength: 8 },
  )
  .chain((names) => fc.tuple(...names.map((name) => anyTensor.map((rest) => ({ name, ...rest })))));
const anyMetadata = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  fc.string({ unit: 'grapheme' }),
);

test('a header that ends with the first bytes needs no second read, and one that is longer needs the rest', async () => {
  const whole = frame(headerOf({ a: ['U8', [3], 0, 3] }), 3);
  const end = whole.length - 3;
  const reads: (readonly [number, number])[] = [];
  const read = (position: number, byteLength: number): Promise<Uint8Array> => {
    reads.push([position, byteLength]);
    return Promise.resolve(whole.subarray(position, position + byteLength));
  };
  for (const first of [end, end - 1]) {
    const { tensors } = await parseStoredFile('f', whole.length, whole.subarray(0, first), read);
    expect(tensors).toHaveLength(1);
  }
  expect(reads).toEqual([[end - 1, 1]]);
});

test('what this library writes is read back', async () => {
  const property = fc.asyncProperty(anyTensors, anyMetadata, async (tensorsToStore, metadata) => {
    const header = encodeHeader(tensorsToStore, metadata);
    const data = tensorsToStore.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const folder = makeFolder();
    const file = await readHeader(saveFile(Buffer.concat([header, Buffer.alloc(data)]), 'm', folder));
    expect([...file.metadata]).toEqual(Object.entries(metadata));
    const read = file.tensors.map(({ name, dtype, shape, byteLength }) => ({
      dtype,
      shape,
      byteLength,
      name,
    }));
    expect(new Map(read.map((tensor) => [tensor.name, tensor]))).toEqual(
      new Map(tensorsToStore.map((tensor) => [tensor.name, tensor])),
    );
    const inOrder = file.tensors.filter(({ byteLength }) => byteLength > 0);
    const written = tensorsToStore.filter(({ byteLength }) => byteLength > 0);
    expect(inOrder.map(({ name }) => name)).toEqual(written.map(({ name }) => name));
    if (inOrder.length > 0) expect(inOrder[0]?.position).toBe(header.length);
  });
  await fc.assert(property);
});

describe('a file is refused', () => {
  test('that does not exist, or is a folder, a device or a pipe, without waiting for a writer', async () => {
    const folder = makeFolder();
    expect(await refusalOf(join(folder, 'none'))).toMatch(/ENOENT/);
    mkdirSync(join(folder, 'd.safetensors'));
    expect(await refusalOf(join(folder, 'd.safetensors'))).toMatch(/not a regular file/);
    expect(await refusalOf('/dev/null')).toMatch(/not a regular file/);
    expect(await refusalOf('/dev/zero')).toMatch(/not a regular file/);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await refusalOf(join(folder, 'pipe'))).toMatch(/not a regular file/);
  });

  test.each([0, 1, 7])('of %i bytes, too short for the length of a header', async (size) => {
    expect(await refusalOfBytes(new Uint8Array(size))).toMatch(`${size} bytes`);
  });

  test('whose header would be longer than the file, or than 100 MB', async () => {
    const withLength = (length: bigint): Buffer =>
      Buffer.concat([Buffer.from(new BigUint64Array([length]).buffer), Buffer.from('{}')]);
    for (const [begins, what] of [
      ['version https://git-lfs.github.com/spec/v1\noid', /Git LFS pointer.*git lfs pull/],
      ['PK\x03\x04\x14\x00\x00\x00\x08\x08', /zip archive/],
      ['GGUF\x03\x00\x00\x00\x00', /GGUF/],
      ['<!DOCTYPE html>', /HTML or XML/],
      ['{}', /JSON text/],
      ['\x89HDF\r\n\x1a\n', /HDF5/],
    ] as const) {
      expect(await refusalOfBytes(Buffer.from(begins, 'latin1'))).toMatch(what);
    }
    // 60 bytes of header begin with "<" too.
    expect((await readHeader(saveFile(frame('{}'.padEnd(60))))).tensors).toEqual([]);
    expect(await refusalOfBytes(withLength(3n))).toMatch(/would have 3 bytes, but the file has only 10/);
    expect(await refusalOfBytes(withLength(100_000_001n))).toMatch(/100000000/);
    expect(await refusalOfBytes(withLength(2n ** 64n - 1n))).toMatch(/18446744073709551615/);
    expect(await refusalOfBytes(withLength(2n ** 63n))).toMatch(/9223372036854775808/);
  });

  test('whose header does not begin with {', async () => {
    for (const json of ['', ' ', '[]', ' "a"', '\ufeff{}', '\u00a0{}', 'null']) {
      expect(await refusalOfBytes(frame(json)), json).toMatch(/not with "{"/);
    }
  });

  test('whose header is not UTF-8', async () => {
    const bytes = Buffer.from('{"__metadata__":{"a":"?"}}');
    for (const byte of [0xff, 0x80, 0xc3]) {
      bytes[bytes.indexOf('?')] = byte;
      expect(await refusalOfBytes(frame(bytes))).toMatch(/not UTF-8/);
      bytes[bytes.indexOf(byte)] = 0x3f;
    }
  });

  test.each([
    ['{', /expected a string, found the end/],
    ['{"a"', /expected ":"/],
    ['{"a":', /expected an object, found the end/],
    ['{} x', /expected the end, found x/],
    ['{}{}', /expected the end, found {/],
    ['{"a":1}', /Tensor "a": expected an object, found 1/],
    ['{"a":[]}', /expected an object/],
    ['{"a":null}', /found null/],
    ['{,}', /expected a string/],
    ['{"a', /no end/],
    ['{"a\\"', /no end/],
    ['{"a\u0001":{}}', /control character/],
    ['{"\\x":{}}', /escape/],
    ['{"\\ud800":{}}', /half of a surrogate pair/],
    ["{'a':{}}", /expected a string/],
    ['{"__metadata__":{"a":"b"},}', /expected a string, found }/],
    ['{"__metadata__":{"a":"b"} "c":{}}', /expected "," or "}"/],
  ])('whose header is not valid JSON: %s', async (json, message) => {
    expect(await refusalOfBytes(frame(json))).toMatch(message);
  });

  test('with the same key twice, at any level, however it is written', async () => {
    const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    expect(await refusalOfBytes(frame(`{"a":${entry},"a":${entry}}`, 1))).toMatch(/key "a" comes twice/);
    expect(await refusalOfBytes(frame(`{"a":${entry},"\\u0061":${entry}}`, 1))).toMatch(/"a" comes twice/);
    expect(await refusalOfBytes(frame('{"__metadata__":{"x":"1","x":"1"}}'))).toMatch(/"x" comes twice/);
    expect(await refusalOfBytes(frame('{"__metadata__":{},"__metadata__":{}}'))).toMatch(/comes twice/);
    const twice = '{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    expect(await refusalOfBytes(frame(twice, 1))).toMatch(/Tensor "a": the key "dtype" comes twice/);
  });

  test('whose metadata is not a map of strings', async () => {
    for (const metadata of [1, false, 'x', [], { a: 1 }, { a: null }, { a: { b: 'c' } }]) {
      const json = `{"__metadata__":${JSON.stringify(metadata)}}`;
      expect(await refusalOfBytes(frame(json)), json).toMatch(/__metadata__: expected/);
    }
  });

  test.each([
    ['{}', /dtype is missing/],
    ['{"dtype":"U8"}', /shape is missing/],
    ['{"dtype":"U8","shape":[1]}', /data_offsets is missing/],
    ['{"dtype":8,"shape":[1],"data_offsets":[0,1]}', /dtype: expected a string, found 8/],
    ['{"dtype":"U9","shape":[1],"data_offsets":[0,1]}', /dtype "U9" is not known\. Known: BOOL, F4/],
    ['{"dtype":"I4","shape":[2],"data_offsets":[0,1]}', /dtype "I4" is not known\. Known: /],
    ['{"dtype":"","shape":[1],"data_offsets":[0,1]}', /dtype "" is not known\. Known: /],
    ['{"dtype":"bf16","shape":[1],"data_offsets":[0,2]}', /"bf16" is not known\. Did you mean "BF16"\?/],
    ['{"dtype":"float32","shape":[1],"data_offsets":[0,4]}', /dtype "float32" is not known/],
    ['{"dtype":"toString","shape":[1],"data_offsets":[0,4]}', /dtype "toString" is not known/],
    ['{"dtype":"U8","shape":1,"data_offsets":[0,1]}', /shape: expected an array, found 1/],
    ['{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}', /shape: expected a whole number/],
    ['{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}', /found -1/],
    ['{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}', /found -0/],
    ['{"dtype":"U8","shape":[0.5],"data_offsets":[0,1]}', /found 0\.5/],
    ['{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}', /found 1\.0/],
    ['{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}', /found 1e0/],
    ['{"dtype":"U8","shape":[01],"data_offsets":[0,1]}', /found 01/],
    ['{"dtype":"U8","shape":[null],"data_offsets":[0,1]}', /found null/],
    ['{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}', /shape: expected a whole number/],
    ['{"dtype":"U8","shape":[9007199254740992],"data_offsets":[0,1]}', /found 9007199254740992/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[0]}', /data_offsets has 1 numbers, not 2/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}', /data_offsets has 3 numbers/],
    ['{"dtype":"U8","shape":[1],"data_offsets":{"0":0}}', /data_offsets: expected an array/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}', /data_offsets: expected a whole number.*found -1/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[0,1.5]}', /found 1\.5/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[0,1e99]}', /found 1e99/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551616]}', /found 18446744073709551616/],
    ['{"dtype":"U8","shape":[1],"data_offsets":[1,0]}', /end at 0, before they begin at 1/],
    ['{"dtype":"U8","shape":[2],"data_offsets":[0,1]}', /takes 2 bytes, but data_offsets span 1/],
    ['{"dtype":"F32","shape":[],"data_offsets":[0,1]}', /takes 4 bytes, but data_offsets span 1/],
    ['{"dtype":"F32","shape":[0],"data_offsets":[0,1]}', /takes 0 bytes/],
  ])('with an entry such as %s', async (entry, message) => {
    const refusal = await refusalOfBytes(frame(`{"a.b":${entry}}`, 1));
    expect(refusal).toMatch(message);
    expect(refusal).toMatch('Tensor "a.b"');
  });

  test('whose shape overflows, as the official reader counts: in order, in 64 bits', async () => {
    const huge = 2 ** 53 - 1;
    const refused = [
      [huge, huge],
      [huge, huge, 0],
      [2 ** 32, 2 ** 32, 0],
      [2 ** 40, 2 ** 20],
    ];
    for (const shape of refused) {
      expect(await refusalOfBytes(frame(headerOf({ a: ['U8', shape, 0, 0] })))).toMatch(/shape \[.* has/);
    }
    for (const shape of [
      [0, huge, huge],
      [2 ** 40, 2 ** 20, 0],
      [huge, 0],
    ]) {
      const { tensors } = await readHeader(saveFile(frame(headerOf({ a: ['U8', shape, 0, 0] }))));
      expect(tensors[0]?.elementCount).toBe(0);
    }
  });

  test('whose shape has more than 65,536 dimensions', async () => {
    const ones = (count: number): Buffer =>
      frame(headerOf({ a: ['U8', new Array<number>(count).fill(1), 0, 1] }), 1);
    expect((await readHeader(saveFile(ones(2 ** 16)))).tensors[0]?.elementCount).toBe(1);
    const told = (count: number): Uint8Array =>
      frame(headerOf({}, Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}`, '']))));
    expect((await readHeader(saveFile(told(2 ** 16)))).metadata.size).toBe(2 ** 16);
    expect(await refusalOfBytes(told(2 ** 16 + 1))).toMatch(/__metadata__: it has more than 65536 entries/);
    expect(await refusalOfBytes(ones(2 ** 16 + 1))).toMatch(
      /Tensor "a": shape: it has more than 65536 numbers/,
    );
  });

  test('whose tensors overlap, leave gaps, begin late or end early', async () => {
    const refusal = async (entries: Record<string, Entry>, data: number): Promise<string> =>
      await refusalOfBytes(frame(headerOf(entries), data));
    expect(await refusal({ a: GOOD, b: ['F32', [1], 20, 24] }, 24)).toMatch(/Tensor "b".*overlap/);
    expect(await refusal({ a: GOOD, b: GOOD }, 24)).toMatch(/overlap/);
    expect(await refusal({ a: GOOD, b: ['F32', [1], 25, 29] }, 29)).toMatch(/Tensor "b".*gap/);
    expect(await refusal({ a: ['F32', [1], 4, 8] }, 8)).toMatch(/Tensor "a".*gap/);
    expect(await refusal({ a: GOOD }, 23)).toMatch(/cut short.*24 bytes of data, but there are 23/);
    expect(await refusal({ a: GOOD }, 25)).toMatch(/behind the last tensor/);
    expect(await refusal({}, 1)).toMatch(/behind the last tensor/);
    expect(await refusal({ a: ['F32', [0], 3, 3], b: GOOD }, 24)).toMatch(/overlap/);
  });

  test('that is nested without end, before it fills memory or stack', async () => {
    for (const open of ['[', '{"a":']) {
      const json = `{"a":{"shape":${open.repeat(200_000)}`;
      expect(await refusalOfBytes(frame(json))).toMatch(/expected/);
    }
  });
});

test('a name of megabytes of quotes and backslashes takes time in proportion to its length', async () => {
  const name = '"\\'.repeat(2 ** 20);
  const { tensors } = await readHeader(saveFile(frame(headerOf({ [name]: GOOD }), 24)));
  expect(tensors[0]?.name).toBe(name);
});
