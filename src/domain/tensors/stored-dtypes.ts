/**
 * Dtypes by their names in safetensors headers.
 * Source: https://github.com/huggingface/safetensors, safetensors/src/tensor.rs, `enum Dtype` and `bitsize`.
 * @module
 */
import { DTYPE_NAMES, DTYPES, isOf, type Dtype } from './dtypes.js';

/** Bits of an element. Elements below 8 bits are packed, and a tensor of them fills whole bytes. */
export const STORED_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type StoredDtype = keyof typeof STORED_BITS;

export const STORED_DTYPES = Object.keys(STORED_BITS) as readonly StoredDtype[];

const byStoredName = new Map<string, Dtype>(DTYPE_NAMES.map((dtype) => [DTYPES[dtype].safetensors, dtype]));

export function dtypeOf(stored: StoredDtype): Dtype {
  const dtype = byStoredName.get(stored);
  if (dtype === undefined) throw new TypeError(`${stored} is in no table of dtypes`);
  return dtype;
}

/** Whether its values are whole numbers: integers and bools. */
export function holdsWholes(stored: string): boolean {
  const dtype = byStoredName.get(stored);
  return dtype !== undefined && isOf(dtype, 'integer', 'boolean');
}
