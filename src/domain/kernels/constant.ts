/**
 * Every element the same: zeros, ones, constant. No words.
 * @module
 */
export interface ConstantParameters {
  readonly kind: 'constant';
  /** float32. */
  readonly value: number;
}

export function fillConstant(out: Float32Array, { value }: ConstantParameters): void {
  out.fill(value);
}
