/**
 * What is drawn for quantized checkpoints: codes are random bits, and the scales beside them are constants with which the weights, once they are
 * decoded, have the standard deviation that the architecture draws.
 *
 * Layouts: compressed-tensors 0.20 (`pack-quantized`, `int-quantized`, `float-quantized`), GPTQ (`qweight`, `qzeros`, `scales`), AWQ, MLX
 * (`scales`, `biases`), 8-bit codes of bitsandbytes (`SCB`), block-wise float8 of DeepSeek-V3 (`weight_scale_inv`), NVFP4
 * (`weight_global_scale`), MXFP4 of gpt-oss (`_blocks`, `_scales`; OCP Microscaling Formats 1.0). A float8 without a scale beside it is a
 * parameter like any other.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { LikeTensor } from '../specs/listed-tensors.js';
import type { ChosenInit, DrawRow, ModelFacts } from './draw-row.js';
import { always, constant, draws, isFloat, isFloat8, isWhole, ones, zeros } from './draw-row.js';
import type { ModelConfig } from './model-config.js';

/** The standard deviation of codes that are all equally likely, of so many bits. */
const spreadOf = (bits: number): number => Math.sqrt((4 ** bits - 1) / 12);

/** A float8 holds 448 at most, its weights are drawn within four of these; e5m2 holds them, too. */
const FLOAT8_STD = 112;
const FLOAT8_BOUND = 4;

/** The root mean square of float4_e2m1's 16 values 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives. */
const FLOAT4_RMS = Math.sqrt((0 + 0.25 + 1 + 2.25 + 4 + 9 + 16 + 36) / 8);
/** Of the exponents of MXFP4's scales. */
const E8M0_BIAS = 127;

const CODES =
  'quantized codes are random bits, and their scales constants that give the weights the width the architecture draws';
const BITSANDBYTES =
  'what bitsandbytes stores beside 4-bit codes is 0, with which no model opens: keep "*absmax", "*quant_map" and "*quant_state*" of a local copy';
const noted = (init: ChosenInit['init']): ChosenInit => ({ init, note: CODES });

/** What the table does not know: zeros, or ones of a dtype that has no zero. */
const unknown = ({ dtype }: LikeTensor): ChosenInit =>
  dtype === 'F8_E8M0'
    ? { init: ones, note: 'tensors of F8_E8M0 that the table does not know are 1' }
    : { init: zeros, note: 'whole numbers, booleans and packed floats that the table does not know are 0' };

/** Before all other rows: dtypes that hold zeros alone, and one that holds none. */
export const NARROW_ROWS: readonly DrawRow[] = [
  draws((tensor) => {
    const isNarrow = /FNUZ$|^F[46]|^C/.test(tensor.dtype);
    const isExponent = tensor.dtype === 'F8_E8M0' && !tensor.name.includes('scale');
    return isNarrow || isExponent ? unknown(tensor) : undefined;
  }, '*'),
];

/** A row for floats alone. */
const floats = (choose: DrawRow['choose'], ...names: readonly string[]): DrawRow =>
  draws((tensor, facts) => (isFloat(tensor) ? choose(tensor, facts) : undefined), ...names);

export const QUANTIZED_ROWS: readonly DrawRow[] = [
  draws(unpackedShape, '*weight_shape'),
  draws((tensor) => (isWhole(tensor) ? { kind: 'arange', repeat: groupOf(tensor) } : undefined), '*g_idx'),
  // Symmetric codes: GPTQ stores the zero point less 1, AWQ as it is.
  draws(
    (tensor, { whole }) => (isWhole(tensor) ? noted(constant(zeroPoints(tensor, whole))) : undefined),
    '*.qzeros',
  ),
  draws(scale, '*weight_scale', '*weight_scale_inv', '*.scales', '*_proj_scales'),
  draws(scale, '*_proj_scale', '*_proj_scale_inv', '*.scale_weight'),
  floats(lowest, '*.biases'),
  // The largest of a row, which a code of 127 is.
  floats((_, { std }) => noted(constant((127 * std) / spreadOf(8))), '*.SCB'),
  floats((_, { std }) => noted(factor(FLOAT4_RMS, std)), '*weight_global_scale'),
  floats((_, { std }) => noted(factor(std, FLOAT4_RMS)), '*weight_scale_2'),
  always(ones, '*input_scale', '*input_global_scale', '*output_scale', '*.k_scale', '*.v_scale'),
  always({ init: zeros, note: BITSANDBYTES }, '*quant_map', '*absmax', '*quant_state*'),
  draws(
    (tensor) => (isWhole(tensor) ? noted({ kind: 'bits' }) : undefined),
    '*.qweight',
    '*_packed',
    '*_blocks',
    '*weight',
  ),
  draws(
    (tensor, facts) =>
      isFloat8(tensor) && hasScale(tensor.name, facts)
        ? noted({ kind: 'truncated_normal', std: FLOAT8_STD, low: -FLOAT8_BOUND, high: FLOAT8_BOUND })
        : undefined,
    '*',
  ),
  draws((tensor) => (isFloat(tensor) || isFloat8(tensor) ? undefined : unknown(tensor)), '*'),
];

/** A quotient; 1 where it is none. */
const factor = (above: number, below: number): InitInput =>
  above > 0 && below > 0 ? constant(above / below) : ones;

/** What ends the name of a scale, and of its weights. */
const SCALES: readonly (readonly [scale: string, weights: string])[] = [
  ['weight_scale', 'weight'],
  ['weight_scale_inv', 'weight'],
  ['_proj_scale', '_proj'],
  ['_proj_scale_inv', '_proj'],
  ['.scale_weight', '.weight'],
  ['.scales', '.weight'],
  ['.scales', '.qweight'],
];

const hasScale = (name: string, { shapeOf }: ModelFacts): boolean =>
  SCALES.some(
    ([scale, weights]) => name.endsWith(weights) && shapeOf(replaceEnd(name, weights, scale)) !== undefined,
  );

/** The dtype of the weights that a scale multiplies; undefined if they are not found. */
const codesOf = (name: string, { dtypeOf }: ModelFacts): LikeTensor['dtype'] | undefined =>
  SCALES.flatMap(([scale, weights]) =>
    name.endsWith(scale) ? (dtypeOf(replaceEnd(name, scale, weights)) ?? []) : [],
  )[0];

const replaceEnd = (name: string, end: string, other: string): string =>
  `${name.slice(0, name.length - end.length)}${other}`;

/** The factors of codes: constants. @returns undefined for a model that is not quantized */
function scale(tensor: LikeTensor, facts: ModelFacts): ChosenInit | undefined {
  const { std } = facts;
  if (tensor.dtype === 'U8') return noted(constant(exponentOf(std)));
  // Of blocks of 4-bit floats, beside a factor of the whole tensor.
  if (isFloat8(tensor)) return noted(ones);
  const spread = isWhole(tensor) ? undefined : spreadOfCodes(tensor.name, facts);
  if (spread === undefined) return undefined;
  const value = std / spread;
  return noted(constant(tensor.dtype === 'F8_E8M0' ? 2 ** Math.round(Math.log2(value)) : value));
}

/** The standard deviation of the codes that a scale multiplies. */
function spreadOfCodes(name: string, facts: ModelFacts): number | undefined {
  const dtype = codesOf(name, facts);
  const quantization = quantizationOf(facts.whole);
  if (dtype === undefined && quantization === undefined) return undefined;
  if (dtype === 'I8') return spreadOf(8);
  const isFloat =
    dtype === undefined || !isWhole({ dtype })
      ? name.endsWith('_inv') || /float|fp8/.test(methodOf(quantization)) || (dtype && isFloat8({ dtype }))
      : false;
  return isFloat ? FLOAT8_STD : spreadOf(bitsOf(quantization));
}

/** MLX adds it to codes from 0: minus half their range. */
function lowest({ name }: LikeTensor, facts: ModelFacts): ChosenInit | undefined {
  const scales = replaceEnd(name, 'biases', 'scales');
  if (facts.shapeOf(scales) === undefined) return undefined;
  const bits = bitsOf(quantizationOf(facts.whole));
  return noted(constant((-facts.std / spreadOf(bits)) * ((2 ** bits - 1) / 2)));
}

/** MLX has a key of its own. */
const quantizationOf = (whole: ModelConfig): ModelConfig | undefined =>
  whole.part('quantization_config') ?? whole.part('quantization');

const methodOf = (quantization: ModelConfig | undefined): string =>
  `${quantization?.text('quant_method') ?? ''} ${quantization?.text('format') ?? ''}`;

/** Of one code: that of the first group of compressed-tensors, else of GPTQ, AWQ and MLX. */
function bitsOf(quantization: ModelConfig | undefined): number {
  const weights = quantization?.part('config_groups')?.part('group_0')?.part('weights');
  const bits = weights?.count('num_bits') ?? quantization?.count('bits', 'w_bit') ?? 4;
  return Math.min(bits, 16);
}

/** The shape of the weights, [rows, columns], as bits and packed columns make it. */
function unpackedShape(
  { name, shape, dtype }: LikeTensor,
  { whole, shapeOf }: ModelFacts,
): InitInput | undefined {
  const [rows, words] = shapeOf(name.replace(/_shape$/, '_packed')) ?? [];
  const quantization = quantizationOf(whole);
  if (quantization === undefined || rows === undefined || words === undefined) return undefined;
  if (dtype !== 'I64' || shape.length !== 1 || shape[0] !== 2) return undefined;
  return { kind: 'values', values: [rows, Math.floor((words * 32) / bitsOf(quantization))] };
}

/** GPTQ's usual one; a header does not say it. */
const groupOf = ({ shape: [columns = 1] }: LikeTensor): number =>
  columns % 128 === 0 ? 128 : Math.max(columns, 1);

/** Of as many codes as a word of the dtype has room for. */
function zeroPoints({ dtype }: LikeTensor, whole: ModelConfig): number {
  const quantization = quantizationOf(whole);
  const bits = bitsOf(quantization);
  const isStoredAsIs =
    methodOf(quantization).includes('awq') || quantization?.text('checkpoint_format') === 'gptq_v2';
  const point = 2 ** (bits - 1) - (isStoredAsIs ? 0 : 1);
  const width = Math.min(Number(dtype.slice(1)), 32);
  let word = 0;
  for (let at = 0; at + bits <= width; at += bits) word += point * 2 ** at;
  const isNegative = dtype.startsWith('I') && dtype !== 'I64' && word >= 2 ** (width - 1);
  return isNegative ? word - 2 ** width : word;
}

const exponentOf = (std: number): number =>
  std === 0 ? 0 : Math.min(Math.max(E8M0_BIAS + Math.round(Math.log2(std / FLOAT4_RMS)), 0), 254);
