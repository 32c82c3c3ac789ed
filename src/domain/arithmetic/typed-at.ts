/**
 * `at` (base/at.ts) for loops over millions of elements: one function per type of array. V8 compiles a read for the types of array it
 * has seen there; `at` sees all of them, so each of its reads is a call. Here a read costs nothing in most loops, check included.
 * @module
 */
const missing = ({ length }: ArrayLike<number>, index: number): RangeError =>
  new RangeError(`There is no element ${index} of ${length}.`);

export function int8At(values: Int8Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}

export function uint8At(values: Uint8Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}

export function int32At(values: Int32Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}

export function uint16At(values: Uint16Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}

export function uint32At(values: Uint32Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}

export function float64At(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}

export function float32At(values: Float32Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw missing(values, index);
  return value;
}
