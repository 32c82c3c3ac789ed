/**
 * The header of a safetensors file: 8 bytes of its length, then JSON, then the tensors without holes.
 * Source: https://github.com/huggingface/safetensors, README, section "Format".
 * @module
 */
import { DTYPES, type Dtype } from '../../domain/tensors/dtypes.js';
import { ValueError } from '../../base/errors.js';

/** A tensor's place in a file. */
export interface Placement {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** The official reader refuses longer headers. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Data begins at a multiple of this: the official writer's alignment, enough for every dtype. */
const DATA_ALIGNMENT = 8;

/** Of the header's length, a little-endian u64. */
export const LENGTH_BYTES = 8;

/**
 * @param placements  in file order
 * @param metadata    strings only: the format allows nothing else
 * @returns           all bytes before the data; the data of placement i begins after those of the placements before it
 * @throws {ValueError} TOO_LARGE: more than 100 MB of names and metadata
 */
export function encodeHeader(
  placements: readonly Placement[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let begin = 0;
  const entries = placements.map(({ name, dtype, shape, byteLength }) => {
    const offsets = [begin, (begin += byteLength)];
    return [name, { dtype: DTYPES[dtype].safetensors, shape, data_offsets: offsets }] as const;
  });
  // Joined by hand: an object would move names like "10" to the front.
  const members = [['__metadata__', metadata] as const, ...entries].map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  return frameHeader(new TextEncoder().encode(`{${members.join(',')}}`));
}

function frameHeader(json: Uint8Array): Uint8Array {
  const length = Math.ceil((LENGTH_BYTES + json.length) / DATA_ALIGNMENT) * DATA_ALIGNMENT - LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES) {
    const found = `The header of the safetensors file would have ${length} bytes.`;
    throw new ValueError('TOO_LARGE', found, `Readers accept ${MAX_HEADER_BYTES}: split the model.`);
  }
  const header = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, LENGTH_BYTES);
  return header;
}
