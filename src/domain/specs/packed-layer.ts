/**
 * A WAGE layer whose codes are packed, as compressed-tensors stores it: a spec lists the weights, and a checkpoint holds three tensors.
 *
 * NAME_packed is int32, the codes of a row together (domain/kernels/packed-codes.ts), drawn by the weights' own name. NAME_scale is the
 * value of one code, the same for every row: strategy "channel", which all readers of `pack-quantized` know. NAME_shape is int64, the
 * weights' shape. Source: PackedQuantizationCompressor of compressed-tensors 0.20
 * (src/compressed_tensors/compressors/pack_quantized/base.py).
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { PACKED_BITS, PACKED_DTYPE, packedColumns } from '../kernels/packed-codes.js';
import { PACKED_CODES } from '../recipes/code-forms.js';
import type { Init, WageInit, WageVarianceScaling } from '../recipes/init.js';
import type { Facts } from '../recipes/recipe.js';
import { isOf, type Dtype } from '../tensors/dtypes.js';

/** A tensor of a spec with its initialiser. */
export interface SpecifiedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: Init;
}

type PackedInit = (WageInit | WageVarianceScaling) & { readonly codes: typeof PACKED_CODES };
export type PackedLayer = SpecifiedTensor & { readonly init: PackedInit };

/** A layer is listed by its weights; a tensor that is packed already says of what shape. */
export const isPackedLayer = (tensor: SpecifiedTensor): tensor is PackedLayer =>
  (tensor.init.kind === 'wage' || tensor.init.kind === 'wage_variance_scaling') &&
  tensor.init.codes === PACKED_CODES &&
  tensor.init.unpacked_shape === undefined;

/**
 * NAME_packed.
 * @throws {ValueError} BAD_SHAPE: not [rows, columns]; BAD_DTYPE: a dtype of weights that a scale cannot have
 */
export function packedTensor({ name, shape, dtype, init }: PackedLayer): SpecifiedTensor {
  const [rows, columns, ...more] = shape;
  if (rows === undefined || columns === undefined || more.length > 0) {
    const found = `${nameTensor(name)}: shape ${show(shape)} has ${shape.length} dimension${shape.length === 1 ? '' : 's'}.`;
    throw new ValueError('BAD_SHAPE', found, 'Packed codes are those of a Linear layer, [rows, columns].');
  }
  if (!isOf(dtype, 'float', 'half')) {
    const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
    const remedy = `With "codes": "${PACKED_CODES}" it is that of the scale: float32, bfloat16, float16 or float64.`;
    throw new ValueError('BAD_DTYPE', found, remedy);
  }
  // The recipe refuses other widths.
  const bits = PACKED_BITS.find((width) => width === init.bits) ?? 8;
  return {
    name: `${name}_packed`,
    shape: [rows, packedColumns(columns, bits)],
    dtype: PACKED_DTYPE,
    init: { ...init, unpacked_shape: shape },
  };
}

/** NAME_scale and NAME_shape. @param facts  those of the packed codes */
export function besidePacked(
  { name, shape, dtype }: PackedLayer,
  { step = 1, weightScale = 1 }: Facts,
): readonly SpecifiedTensor[] {
  const [rows = 0] = shape;
  return [
    {
      name: `${name}_scale`,
      shape: [rows, 1],
      dtype,
      init: { kind: 'constant', value: step / weightScale },
    },
    {
      name: `${name}_shape`,
      shape: [shape.length],
      dtype: 'int64',
      init: { kind: 'values', values: shape },
    },
  ];
}
