/**
 * Codes of 2, 4 or 8 bits in int32 words, and back: the layout of compressed-tensors' `pack-quantized` (domain/packed.ts).
 * @module
 */
import {
  packCodes as pack,
  packedColumns,
  unpackCodes as unpack,
  type PackedBits,
} from '../domain/packed.js';
import { codeStep } from '../domain/codes.js';
import { countElements, nameTensor } from '../domain/tensor.js';
import { show } from '../domain/words.js';
import { requireLittleEndian } from '../engine/platform.js';
import type { SharedTensor } from '../engine/shared-tensor.js';
import { ValueError } from '../errors.js';

/** By the names that the format has for them. */
export interface PackedWeight {
  /** Rows of packedColumns words, row-major. */
  readonly weight_packed: Int32Array;
  /** The shape unpacked. */
  readonly weight_shape: readonly number[];
  /** What a code is worth: step / WAGE's weightScale. */
  readonly weight_scale: number;
}

/**
 * @param codes  an int8 tensor of codes, shape [..., columns]
 * @param bits   2, 4 or 8; no code may need more
 * @throws {ValueError} BAD_DTYPE, BAD_SHAPE: a scalar; BAD_BITS; BAD_RANGE: a code that does not fit
 */
export function packCodes(codes: SharedTensor<'int8'>, bits: PackedBits): PackedWeight {
  requireLittleEndian();
  const where = nameTensor(codes.name);
  if ((codes.dtype as string) !== 'int8') {
    throw new ValueError('BAD_DTYPE', `${where}: dtype is ${show(codes.dtype)}.`, 'Codes are int8.');
  }
  checkPackedBits(bits, where);
  const columns = codes.shape.at(-1);
  if (columns === undefined) throw new ValueError('BAD_SHAPE', `${where} is a scalar.`, 'Rows are packed.');
  const half = 2 ** (bits - 1);
  const misfit = codes.data.findIndex((code) => code < -half || code >= half);
  if (misfit >= 0) {
    const found = `${where}: element ${misfit} is ${codes.data[misfit]}.`;
    throw new ValueError('BAD_RANGE', found, `${bits} bits hold ${-half} to ${half - 1}.`);
  }
  const rows = columns === 0 ? 0 : codes.length / columns;
  const packed = new Int32Array(rows * packedColumns(columns, bits));
  pack(packed, codes.data, columns, bits);
  return {
    weight_packed: packed,
    weight_shape: codes.shape,
    weight_scale: (codes.step ?? codeStep(bits)) / (codes.weightScale ?? 1),
  };
}

/**
 * @param out  shape of the codes, overwritten
 * @throws {ValueError} BAD_BITS; BAD_SHAPE: lengths that do not fit the shape
 */
export function unpackCodes(
  out: Int8Array,
  { weight_packed, weight_shape }: PackedWeight,
  bits: PackedBits,
): void {
  requireLittleEndian();
  checkPackedBits(bits, 'unpackCodes');
  const columns = weight_shape.at(-1) ?? 1;
  const codes = countElements(weight_shape);
  const words = columns === 0 ? 0 : (codes / columns) * packedColumns(columns, bits);
  if (out.length !== codes || weight_packed.length !== words) {
    const found = `unpackCodes: ${weight_packed.length} words for ${out.length} codes of shape ${show(weight_shape)}.`;
    throw new ValueError('BAD_SHAPE', found, `It takes ${words} words and ${codes} codes.`);
  }
  unpack(out, weight_packed, columns, bits);
}

function checkPackedBits(bits: unknown, where: string): void {
  if (bits === 2 || bits === 4 || bits === 8) return;
  throw new ValueError('BAD_BITS', `${where}: the bit width is ${show(bits)}.`, '2, 4 and 8 are packed.');
}
