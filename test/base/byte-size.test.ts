import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueError } from '../../src/base/errors.js';
import { parseByteSize, writeByteSize } from '../../src/base/byte-size.js';

test.each<[value: unknown, bytes: number]>([
  ['5GB', 5e9],
  ['500MB', 5e8],
  ['20KB', 20_000],
  ['2TB', 2e12],
  ['5GiB', 5 * 2 ** 30],
  ['5 gib', 5 * 2 ** 30],
  ['1MiB', 2 ** 20],
  ['1kib', 1024],
  ['1TiB', 2 ** 40],
  ['1.5GB', 1.5e9],
  ['1.1GB', 1_100_000_000],
  ['0.5KiB', 512],
  ['1.0', 1],
  ['5000000000', 5e9],
  [5e9, 5e9],
  [1, 1],
  ['9007199254740991', 2 ** 53 - 1],
])('%j is %d bytes', (value, bytes) => {
  expect(parseByteSize(value, 'shard_size')).toBe(bytes);
});

const refused: unknown[] = [
  ...['', 'GB', '5XB', '5G', '-5GB', '5e9', '1,5GB', '.5GB', '5.GB', '0x10', '5  GB', '1.5', '0.0001KB'],
  ...[
    '0',
    '0GB',
    '9007199254740992',
    '9007.2TiB',
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    null,
    undefined,
    5n,
    [],
  ],
];

test.each(refused.map((value) => ({ value })))('$value is refused, with examples', ({ value }) => {
  const parse = (): number => parseByteSize(value, 'shard_size');
  expect(parse).toThrow(ValueError);
  expect(parse).toThrow(/^shard_size is .*\. Write a size such as "5GB"/);
});

test.each<[bytes: number, written: number | string]>([
  [5e9, '5GB'],
  [5 * 2 ** 30, '5GiB'],
  [1.5e9, '1500MB'],
  [2 ** 50, '1024TiB'],
  [1000, '1KB'],
  [1024, '1KiB'],
  [1_024_000, '1000KiB'],
  [1001, 1001],
])('%d bytes are written %j', (bytes, written) => {
  expect(writeByteSize(bytes)).toBe(written);
});

test('a size that was written is read as that size', () => {
  const anySize = fc.tuple(
    fc.integer({ min: 1, max: 2 ** 20 }),
    fc.constantFrom(1, 1e3, 1e6, 1e9, 2 ** 10, 2 ** 30),
  );
  const law = fc.property(anySize, ([count, unit]) => {
    expect(parseByteSize(writeByteSize(count * unit), 'written')).toBe(count * unit);
  });
  fc.assert(law);
});
