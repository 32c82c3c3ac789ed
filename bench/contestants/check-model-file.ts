/**
 * The check of a model's file: its tensors, and the values of the largest. A fast wrong answer is not a result.
 * @module
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { widenHalves } from '#built/domain/arithmetic/half.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { LENGTH_BYTES, parseHeader, readHeaderLength } from '#built/storage/format/header.js';
import { layersOf, type FirstModel, type Layer } from './first-models.js';

/** A sample of so many has a standard deviation within 5 % of the distribution's. */
const SAMPLE = 4096;
const SLACK = 0.1;

/** In a header. */
const STORED = { float32: 'F32', bfloat16: 'BF16' } as const;

/** @throws a tensor is missing or has another shape or dtype, or the largest one's values are not normal with its std */
export function checkModelFile(path: string, model: FirstModel): void {
  const descriptor = openSync(path, 'r');
  try {
    checkOpenFile(descriptor, path, model);
  } finally {
    closeSync(descriptor);
  }
}

function checkOpenFile(descriptor: number, path: string, model: FirstModel): void {
  const length = readHeaderLength(readBytes(descriptor, 0, LENGTH_BYTES), statSync(path).size);
  const { entries } = parseHeader(readBytes(descriptor, LENGTH_BYTES, length));
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  for (const { name, shape } of model.tensors) {
    const entry = found.get(name);
    if (entry?.dtype !== STORED[model.dtype] || String(entry.shape) !== String(shape))
      throw new Error(`${name} is not in the file as ${model.dtype} of ${String(shape)}`);
  }
  const largest = findLargest(layersOf(model));
  const begin = LENGTH_BYTES + length + (found.get(largest.name)?.begin ?? NaN);
  checkStd(largest, readValues(descriptor, begin, model));
}

type Normal = Extract<Layer, { readonly std: number }>;

const countOf = ({ shape }: Layer): number => shape.reduce((product, size) => product * size, 1);

function findLargest(layers: readonly Layer[]): Normal {
  const normals = layers.filter((layer): layer is Normal => 'std' in layer);
  const [largest] = normals.sort((a, b) => countOf(b) - countOf(a));
  if (largest === undefined) throw new Error('no layer is normal');
  return largest;
}

function checkStd({ name, std }: Normal, values: Float32Array): void {
  const found = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  // Not `>`: NaN is refused too.
  if (!(Math.abs(found / std - 1) < SLACK))
    throw new Error(`${name} has the standard deviation ${found}, not ${std}`);
}

function readValues(descriptor: number, begin: number, { dtype }: FirstModel): Float32Array {
  const values = new Float32Array(SAMPLE);
  const bytes = readBytes(descriptor, begin, SAMPLE * DTYPES[dtype].byteWidth);
  if (dtype === 'bfloat16') widenHalves(values, new Uint16Array(bytes.buffer), dtype);
  else values.set(new Float32Array(bytes.buffer));
  return values;
}

function readBytes(descriptor: number, begin: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (readSync(descriptor, bytes, 0, length, begin) < length) throw new Error('the file is too short');
  return bytes;
}
