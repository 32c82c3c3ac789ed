/**
 * Codes of 2, 4 or 8 bits in int32 words, and back: the layout of compressed-tensors' `pack-quantized` (domain/kernels/packed-codes.ts).
 * @module
 */
import {
  packCodes as pack,
  packedColumns,
  unpackCodes as unpack,
  type PackedBits,
} from '../domain/kernels/packed-codes.js';
import { CODE_DTYPE, codeStep } from '../domain/kernels/codes.js';
import { checkPositive } from '../base/parameter-checks.js';
import { isPlainObject } from '../base/objects.js';
import { checkDimensions, countElements, isSameShape } from '../domain/tensors/shapes.js';
import { nameTensor, show } from '../base/wording.js';
import { requireLittleEndian } from '../engine/host/platform.js';
import type { SharedTensor } from '../engine/memory/shared-tensor.js';
import { checkAt, ValueError } from '../base/errors.js';
import { checkTensor } from './check-tensor.js';

/** A packed weight, with the format's own names. */
export interface PackedWeight {
  /** Rows of packedColumns words, row-major. */
  readonly weight_packed: Int32Array;
  /** The shape unpacked. */
  readonly weight_shape: readonly number[];
  /** The value of one code: step / WAGE's weightScale. */
  readonly weight_scale: number;
}

/**
 * @param codes  an int8 tensor of codes, shape [..., columns]
 * @param bits   2, 4 or 8; no code may need more
 * @throws {ValueError} BAD_BUFFER: not a SharedTensor; BAD_DTYPE; BAD_SHAPE: a scalar; BAD_BITS; BAD_RANGE: a code that does not
 *   fit, or an invalid step or weight scale
 */
export function packCodes(codes: SharedTensor<'int8'>, bits: PackedBits): PackedWeight {
  requireLittleEndian();
  checkCodes(codes, 'packCodes: the codes');
  const where = nameTensor(codes.name);
  checkPackedBits(bits, where);
  const columns = codes.shape.at(-1);
  if (columns === undefined) throw new ValueError('BAD_SHAPE', `${where} is a scalar.`, 'Rows are packed.');
  const half = 2 ** (bits - 1);
  const misfit = codes.data.findIndex((code) => code < -half || code >= half);
  if (misfit >= 0) {
    const found = `${where}: element ${misfit} is ${codes.data[misfit]}.`;
    throw new ValueError('BAD_RANGE', found, `${bits} bits hold ${-half} to ${half - 1}.`);
  }
  const { step = codeStep(bits), weightScale = 1, name } = codes;
  const weight_scale = checkPositive(step, 'step', name) / checkPositive(weightScale, 'weightScale', name);
  const rows = columns === 0 ? 0 : codes.length / columns;
  const packed = new Int32Array(rows * packedColumns(columns, bits));
  pack(packed, codes.data, columns, bits);
  return { weight_packed: packed, weight_shape: codes.shape, weight_scale };
}

/**
 * @param out  the codes, overwritten: an Int8Array of the same length, or an int8 tensor of that shape, whose step becomes the
 *   value of one code and whose weight scale becomes 1
 * @throws {ValueError} BAD_BUFFER: an `out` that is neither; BAD_DTYPE; BAD_OPTION: not a packed weight; BAD_RANGE: an invalid
 *   weight_scale; BAD_BITS; BAD_SHAPE: lengths that do not fit the shape
 */
export function unpackCodes(
  out: Int8Array | SharedTensor<'int8'>,
  packed: PackedWeight,
  bits: PackedBits,
): void {
  requireLittleEndian();
  checkPackedBits(bits, 'unpackCodes');
  if (!(out instanceof Int8Array)) checkCodes(out, 'unpackCodes: out');
  const { weight_packed, weight_shape, weight_scale } = checkPacked(packed);
  const columns = weight_shape.at(-1) ?? 1;
  const codes = countElements(weight_shape);
  const words = columns === 0 ? 0 : (codes / columns) * packedColumns(columns, bits);
  const isFitting =
    out.length === codes && (out instanceof Int8Array || isSameShape(out.shape, weight_shape));
  if (!isFitting || weight_packed.length !== words) {
    const taken = out instanceof Int8Array ? `${out.length} codes` : `a tensor of shape ${show(out.shape)}`;
    const found = `unpackCodes: ${weight_packed.length} words of shape ${show(weight_shape)} for ${taken}.`;
    throw new ValueError('BAD_SHAPE', found, `That shape takes ${words} words and ${codes} codes.`);
  }
  unpack(out instanceof Int8Array ? out : out.data, weight_packed, columns, bits);
  if (out instanceof Int8Array) return;
  out.step = weight_scale;
  out.weightScale = 1;
}

/** @throws {ValueError} BAD_BUFFER, BAD_DTYPE: not an int8 tensor */
function checkCodes(codes: SharedTensor<'int8'>, what: string): void {
  checkTensor(codes, what);
  if ((codes.dtype as string) === CODE_DTYPE) return;
  const found = `${nameTensor(codes.name)}: dtype is ${show(codes.dtype)}.`;
  throw new ValueError('BAD_DTYPE', found, `Codes are ${CODE_DTYPE}.`);
}

/** @throws {ValueError} BAD_OPTION, BAD_SHAPE, BAD_RANGE */
function checkPacked(packed: PackedWeight): PackedWeight {
  const remedy = 'Pass what packCodes gives: weight_packed, weight_shape and weight_scale.';
  if (!isPlainObject(packed)) {
    throw new ValueError('BAD_OPTION', `unpackCodes: the packed weight is ${show(packed)}.`, remedy);
  }
  const { weight_packed, weight_shape, weight_scale } = packed as PackedWeight;
  if (!((weight_packed as unknown) instanceof Int32Array)) {
    throw new ValueError('BAD_OPTION', `unpackCodes: weight_packed is ${show(weight_packed)}.`, remedy);
  }
  return {
    weight_packed,
    weight_shape: checkAt('unpackCodes: weight_shape', () => checkDimensions(weight_shape)),
    weight_scale: checkPositive(weight_scale, 'weight_scale', undefined),
  };
}

function checkPackedBits(bits: unknown, where: string): void {
  if (bits === 2 || bits === 4 || bits === 8) return;
  throw new ValueError('BAD_BITS', `${where}: the bit width is ${show(bits)}.`, '2, 4 and 8 are packed.');
}
