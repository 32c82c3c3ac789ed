/**
 * Resolves a constant to the bytes of an element: the value nearest to it in a float, exactly it in a dtype of whole numbers.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { nameTensor, show } from '../../base/wording.js';
import { FLOAT8_FORMATS } from '../arithmetic/float8.js';
import { HALF_FORMATS } from '../arithmetic/half.js';
import { decodeElement } from '../tensors/element.js';
import { DTYPES, isOf, wholeRange, type Dtype, type DtypesOf, type WholeDtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkHeld } from './ranges.js';
import type { ResolvedConstant } from './resolved-draw.js';

/**
 * @param value  a whole number beyond 2^53 is a bigint
 * @throws {ValueError} BAD_RANGE: a value that the dtype cannot hold, or that becomes 0 in it; BAD_DTYPE: a dtype that holds no such
 *   constant
 */
export function resolveConstant(value: number | bigint, form: TensorForm): ResolvedConstant {
  const { dtype } = form;
  if (typeof value !== 'bigint') checkFinite(value, 'value', form.name);
  const bytes = isOf(dtype, 'integer', 'boolean')
    ? encodeWhole(checkWhole(value, dtype, form.name), dtype)
    : isOf(dtype, 'opaque')
      ? encodeOpaque(value, dtype, form)
      : encodeFloat(value, dtype, form);
  return { kind: 'constant', bytes, value: decodeElement(dtype, Uint8Array.from(bytes)) };
}

type Float = DtypesOf['float' | 'half' | 'float8'];

function encodeFloat(value: number | bigint, dtype: Float, form: TensorForm): readonly number[] {
  if (typeof value === 'bigint')
    throw badParameter(
      'BAD_RANGE',
      'value',
      value,
      form.name,
      'Only int64 and uint64 hold whole numbers that large exactly.',
    );
  checkHeld(value, 'value', dtype, form.name);
  // -0 becomes 0: JSON.stringify writes no -0, so the metadata could not hold it.
  const bytes = encode(value + 0, dtype);
  if (value === 0 || decodeElement(dtype, Uint8Array.from(bytes)) !== 0) return bytes;
  throw badParameter(
    'BAD_RANGE',
    'value',
    value,
    form.name,
    `So small a value is 0 as a ${dtype}: use zeros.`,
  );
}

/** To nearest, ties to even; the narrow ones by way of a float32. */
function encode(value: number, dtype: Float): readonly number[] {
  const view = new DataView(new ArrayBuffer(DTYPES[dtype].byteWidth));
  switch (dtype) {
    case 'float32':
      view.setFloat32(0, value, true);
      break;
    case 'float64':
      view.setFloat64(0, value, true);
      break;
    case 'float16':
    case 'bfloat16':
      view.setUint16(0, HALF_FORMATS[dtype].toBits(Math.fround(value)), true);
      break;
    case 'float8_e4m3fn':
    case 'float8_e5m2':
      view.setUint8(0, FLOAT8_FORMATS[dtype].toBits(Math.fround(value)));
      break;
  }
  return [...new Uint8Array(view.buffer)];
}

/**
 * A whole number that the dtype holds.
 * @throws {ValueError} BAD_RANGE: not one, or a number beyond 2^53, which may have been rounded when it was read
 */
export function checkWhole(value: unknown, dtype: WholeDtype, name: string | undefined): bigint {
  const { least, largest } = wholeRange(dtype);
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  if (!isWhole || value < least || value > largest) {
    const remedy =
      dtype === 'bool'
        ? 'As bool it is 0 or 1.'
        : `As ${dtype} it is a whole number from ${least} to ${largest}.`;
    throw badParameter('BAD_RANGE', 'value', value, name, remedy);
  }
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return BigInt(value);
  const remedy =
    'From 2^53 on a number may have been rounded: write the digits in a string, or pass a bigint.';
  throw badParameter('BAD_RANGE', 'value', value, name, remedy);
}

/** Two's complement, little-endian. */
function encodeWhole(value: bigint, dtype: WholeDtype): readonly number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value, true);
  return [...new Uint8Array(view.buffer, 0, DTYPES[dtype].byteWidth)];
}

function encodeOpaque(
  value: number | bigint,
  dtype: DtypesOf['opaque'],
  form: TensorForm,
): readonly number[] {
  if (dtype === 'float8_e8m0fnu') return [encodePower(value, form)];
  if (value === 0) return new Array<number>(Math.ceil(DTYPES[dtype].byteWidth)).fill(0);
  throw refuseDtype(form, `${dtype} holds zeros only.`);
}

const POWER_BIAS = 127;

/** OCP Microscaling Formats 1.0, section 5.4.1: an exponent, no sign, no zero. */
function encodePower(value: number | bigint, form: TensorForm): number {
  if (value === 0) throw refuseDtype(form, 'It has no 0: use ones, or a constant that is a power of two.');
  const exponent = Math.log2(Number(value));
  // Math.log2 need not be exact: the power is compared.
  const nearest = Math.round(exponent);
  if (Math.abs(nearest) <= POWER_BIAS && isPower(value, nearest)) return nearest + POWER_BIAS;
  const remedy = 'A float8_e8m0fnu is a power of two from 2^-127 to 2^127.';
  throw badParameter('BAD_RANGE', 'value', value, form.name, remedy);
}

const isPower = (value: number | bigint, exponent: number): boolean =>
  typeof value === 'bigint' ? exponent >= 0 && BigInt(2 ** exponent) === value : 2 ** exponent === value;

function refuseDtype(
  { dtype, name }: { readonly dtype: Dtype; readonly name?: string | undefined },
  remedy: string,
): ValueError {
  return new ValueError('BAD_DTYPE', `${nameTensor(name)}: dtype is ${show(dtype)}.`, remedy);
}
