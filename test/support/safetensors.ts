/**
 * A second reader of safetensors, written from the format's description and not from our writer, with the official reader's
 * checks: header within the file, offsets in order without holes or overlaps, sizes that match shape and dtype.
 */
import { readFileSync } from 'node:fs';

export interface ReadTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly data: Uint8Array;
}

export interface ReadFile {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the data. */
  readonly tensors: readonly ReadTensor[];
  /** The position at which the data begins. */
  readonly dataOffset: number;
}

/** Bytes of an element. */
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
  ...{ C64: 8, F8_E8M0: 1, F8_E4M3FNUZ: 1, F8_E5M2FNUZ: 1, F4: 1 / 2, F6_E2M3: 3 / 4, F6_E3M2: 3 / 4 },
};

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export function readSafetensors(path: string): ReadFile {
  const file = readFileSync(path);
  const length = Number(file.readBigUInt64LE(0));
  if (8 + length > file.length) throw new Error(`header of ${length} bytes in a file of ${file.length}`);
  const text = file.toString('utf8', 8, 8 + length);
  if (!text.startsWith('{')) throw new Error('the header does not begin with {');
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(text) as Record<string, Entry> & {
    __metadata__?: Record<string, string>;
  };
  for (const value of Object.values(metadata))
    if (typeof value !== 'string') throw new Error('metadata is not strings');
  const sorted = Object.entries(entries as Record<string, Entry>).sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let end = 0;
  const tensors = sorted.map(([name, { dtype, shape, data_offsets }]): ReadTensor => {
    if (data_offsets[0] !== end) throw new Error(`${name} begins at ${data_offsets[0]}, not ${end}`);
    const size = shape.reduce((product, n) => product * n, 1) * (WIDTHS[dtype] ?? NaN);
    end = data_offsets[1];
    if (end - data_offsets[0] !== size)
      throw new Error(`${name} has ${end - data_offsets[0]} bytes, not ${size}`);
    const begin = 8 + length + data_offsets[0];
    return { name, dtype, shape, begin, data: file.subarray(begin, begin + size) };
  });
  if (8 + length + end !== file.length)
    throw new Error(`${file.length - 8 - length - end} bytes after the last tensor`);
  return { metadata, tensors, dataOffset: 8 + length };
}
