/**
 * Transforms without SIMD, in place, of what SIMD kernels made in a memory: words become values, or values others.
 * @module
 */
import type { SharedMemory } from '../memory/wasm.js';
import { GROUP_BYTES, TILE_GROUPS, type FillGroups } from './groups.js';

/** The bytes as 32-bit words, and as the values that they are or become. */
export type Transform<Values> = (values: Values, words: Uint32Array) => void;

/** A tile's bytes where typed arrays may lie: elements of 1 or 2 bytes begin anywhere. */
const aligned = new ArrayBuffer(GROUP_BYTES * TILE_GROUPS);

export const onFloats = (
  memory: Pick<SharedMemory, 'buffer'>,
  transform: Transform<Float32Array>,
): FillGroups => onBytes(memory, Float32Array, transform);

export const onDoubles = (
  memory: Pick<SharedMemory, 'buffer'>,
  transform: Transform<Float64Array>,
): FillGroups => onBytes(memory, Float64Array, transform);

type FloatArrayOf<Values> = { readonly BYTES_PER_ELEMENT: number } & (new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => Values);

/** At most a tile of groups at a time. */
function onBytes<Values>(
  memory: Pick<SharedMemory, 'buffer'>,
  ArrayType: FloatArrayOf<Values>,
  transform: Transform<Values>,
): FillGroups {
  const { BYTES_PER_ELEMENT: width } = ArrayType;
  const apply = (buffer: ArrayBufferLike, at: number, bytes: number): void => {
    transform(new ArrayType(buffer, at, bytes / width), new Uint32Array(buffer, at, bytes / 4));
  };
  return (at, groups) => {
    const bytes = groups * GROUP_BYTES;
    if (at % width === 0) {
      apply(memory.buffer, at, bytes);
      return;
    }
    const inMemory = new Uint8Array(memory.buffer, at, bytes);
    const copy = new Uint8Array(aligned, 0, bytes);
    copy.set(inMemory);
    apply(aligned, 0, bytes);
    inMemory.set(copy);
  };
}
