/**
 * Resolves WAGE's codes to packed ones: one of the three tensors of compressed-tensors' `pack-quantized` (domain/kernels/packed-codes.ts).
 * @module
 */
import { badParameter } from '../../base/parameter-checks.js';
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { CODE_DTYPE } from '../kernels/codes.js';
import { PACKED_BITS, PACKED_DTYPE, packedColumns } from '../kernels/packed-codes.js';
import { checkDimensions, isSameShape } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { PACKED_CODES } from './code-forms.js';
import type { Distribution } from './distribution.js';
import type { WageInit, WageVarianceScaling } from './init.js';
import { resolveCodes } from './resolve-kernel.js';
import { resolveConstant } from './resolve-constant.js';
import type { ResolvedConstant, ResolvedPacked } from './resolved-draw.js';

type Layer = Pick<WageInit | WageVarianceScaling, 'codes' | 'unpacked_shape'>;

/**
 * The form of a layer's weights: that of the tensor, or of what it packs.
 * @throws {ValueError} BAD_OPTION: an unpacked shape of codes that are not packed, or none of those that are; BAD_SHAPE: not 2
 *   dimensions, or another one than the tensor's packed
 */
export function formOfWeights({ codes, unpacked_shape: unpacked }: Layer, form: TensorForm): TensorForm {
  if (codes !== PACKED_CODES) {
    if (unpacked === undefined) return form;
    const found = `${nameTensor(form.name)}: unpacked_shape is ${show(unpacked)}.`;
    const remedy = `Only codes that are packed have one: "codes": "${PACKED_CODES}".`;
    throw new ValueError('BAD_OPTION', found, remedy, { parameter: 'unpacked_shape' });
  }
  if (unpacked === undefined) {
    const found = `${nameTensor(form.name)}: unpacked_shape is missing.`;
    const remedy =
      'Pass the shape of the weights, [rows, columns]. (A spec lists the weights themselves, by that shape.)';
    throw new ValueError('BAD_OPTION', found, remedy, { parameter: 'unpacked_shape' });
  }
  return { ...form, shape: checkDimensions(unpacked, form.name) };
}

/** @throws {ValueError} BAD_BITS: not 2, 4 or 8; BAD_DTYPE: not int32; BAD_SHAPE; as resolveCodes */
export function resolvePacked(
  distribution: Distribution,
  bits: number,
  form: TensorForm,
  weights: TensorForm,
): ResolvedPacked | ResolvedConstant {
  const packedBits = PACKED_BITS.find((width) => width === bits);
  if (packedBits === undefined)
    throw badParameter('BAD_BITS', 'bits', bits, form.name, 'Packed codes have 2, 4 or 8 bits.');
  checkPackedForm(form, weights, packedBits);
  const codes = resolveCodes(distribution, bits, { ...weights, dtype: CODE_DTYPE });
  // Of no weights.
  if (codes.kind === 'constant') return resolveConstant(0, form);
  const [, columns = 0] = weights.shape;
  return { kind: 'packed', codes, columns, bits: packedBits };
}

function checkPackedForm(
  { shape, dtype, name }: TensorForm,
  weights: TensorForm,
  bits: (typeof PACKED_BITS)[number],
): void {
  const [rows = 0, columns = 0] = weights.shape;
  if (weights.shape.length !== 2) {
    const found = `${nameTensor(name)}: the weights have ${weights.shape.length} dimensions.`;
    throw new ValueError('BAD_SHAPE', found, 'Packed codes are those of a Linear layer, [rows, columns].');
  }
  if (dtype !== PACKED_DTYPE) {
    const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
    throw new ValueError('BAD_DTYPE', found, `Packed codes are ${PACKED_DTYPE}.`);
  }
  const packed = [rows, packedColumns(columns, bits)];
  if (isSameShape(shape, packed)) return;
  const found = `${nameTensor(name)}: shape ${show(shape)} is not that of ${show(weights.shape)} packed.`;
  throw new ValueError('BAD_SHAPE', found, `At ${bits} bits that is ${show(packed)}.`);
}
