import { describe, expect, test } from 'vitest';
import { STORED_DTYPES } from '../../../src/domain/tensors/stored-dtypes.js';
import { valueTypeOf } from '../../../src/domain/tensors/stored-values.js';

/** The values of these patterns, each with as many bytes as the type has. */
function decode(dtype: string, bytes: Uint8Array): number[] {
  const type = valueTypeOf(dtype) ?? expect.fail(`${dtype} is not measured`);
  const count = bytes.length / type.byteWidth;
  const own = new Uint8Array(bytes).buffer;
  if (type.kind === 'decoded') return [...type.decode(own, 0, count, new Float64Array(count))];
  const patterns = type.byteWidth === 1 ? new Uint8Array(own) : new Uint16Array(own);
  return [...patterns].map((pattern) => type.valueAt(pattern));
}

const bytesOf = ({ buffer }: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(buffer);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const halves = (...values: number[]): Uint8Array => bytesOf(Uint16Array.from(values));

describe('known patterns have the values of their standard', () => {
  test.each<[string, Uint8Array, number[]]>([
    ['BOOL', bytes(0, 1), [0, 1]],
    ['U8', bytes(0, 127, 128, 255), [0, 127, 128, 255]],
    ['I8', bytes(0, 127, 128, 255), [0, 127, -128, -1]],
    // OCP 8-bit floating point specification, tables 1 and 2: largest, least normal, largest and least subnormal.
    [
      'F8_E4M3',
      bytes(0x38, 0x7e, 0x08, 0x07, 0x01, 0xfe, 0x80),
      [1, 448, 2 ** -6, 0.875 * 2 ** -6, 2 ** -9, -448, -0],
    ],
    ['F8_E4M3', bytes(0x7f, 0xff), [NaN, NaN]],
    [
      'F8_E5M2',
      bytes(0x3c, 0x7b, 0x04, 0x03, 0x01, 0x80),
      [1, 57_344, 2 ** -14, 0.75 * 2 ** -14, 2 ** -16, -0],
    ],
    ['F8_E5M2', bytes(0x7c, 0xfc, 0x7d, 0xff), [Infinity, -Infinity, NaN, NaN]],
    ['F8_E4M3FNUZ', bytes(0x40, 0x7f, 0x01, 0x80, 0xff), [1, 240, 2 ** -10, NaN, -240]],
    ['F8_E5M2FNUZ', bytes(0x40, 0x7f, 0x01, 0x80), [1, 57_344, 2 ** -17, NaN]],
    ['F8_E8M0', bytes(127, 0, 254, 255), [1, 2 ** -127, 2 ** 127, NaN]],
    ['U16', halves(0, 0x8000, 0xffff), [0, 32_768, 65_535]],
    ['I16', halves(0, 0x7fff, 0x8000, 0xffff), [0, 32_767, -32_768, -1]],
    [
      'F16',
      halves(0x3c00, 0x7bff, 0x0001, 0xc000, 0x7c00, 0xfc00, 0x7e00),
      [1, 65_504, 2 ** -24, -2, Infinity, -Infinity, NaN],
    ],
    [
      'BF16',
      halves(0x3f80, 0x7f7f, 0x0001, 0xc000, 0x7f80, 0x7fc0),
      [1, (2 - 2 ** -7) * 2 ** 127, 2 ** -133, -2, Infinity, NaN],
    ],
    ['F32', bytesOf(Float32Array.of(0.1, -0, NaN, -Infinity)), [Math.fround(0.1), -0, NaN, -Infinity]],
    ['F64', bytesOf(Float64Array.of(0.1, 1e300, NaN)), [0.1, 1e300, NaN]],
    ['I32', bytesOf(Int32Array.of(-1, 2 ** 31 - 1, -(2 ** 31))), [-1, 2 ** 31 - 1, -(2 ** 31)]],
    ['U32', bytesOf(Uint32Array.of(1, 2 ** 32 - 1)), [1, 2 ** 32 - 1]],
    [
      'I64',
      bytesOf(BigInt64Array.of(-1n, 2n ** 53n, -(2n ** 63n), -5_000_000_000n)),
      [-1, 2 ** 53, -(2 ** 63), -5e9],
    ],
    ['U64', bytesOf(BigUint64Array.of(1n, 2n ** 53n - 1n, 2n ** 63n)), [1, 2 ** 53 - 1, 2 ** 63]],
  ])('%s %j', (dtype, patterns, values) => {
    expect(decode(dtype, patterns)).toEqual(values);
  });
});

test('every dtype of the format is measured, except complex numbers and those narrower than a byte', () => {
  const left = STORED_DTYPES.filter((dtype) => valueTypeOf(dtype) === undefined);
  expect(left).toEqual(['F4', 'F6_E2M3', 'F6_E3M2', 'C64']);
  expect(valueTypeOf('toString')).toBeUndefined();
});
