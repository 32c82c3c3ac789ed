/**
 * Kernels that give every element the same value: zeros, ones, constant. They take no words.
 * @module
 */
export interface ConstantParameters {
  readonly kind: 'constant';
  /** float32. */
  readonly value: number;
}

export interface Constant64Parameters {
  readonly kind: 'constant64';
  readonly value: number;
}

export function fillConstant(out: Float32Array, { value }: ConstantParameters): void {
  out.fill(value);
}

export function fillConstant64(out: Float64Array, { value }: Constant64Parameters): void {
  out.fill(value);
}
