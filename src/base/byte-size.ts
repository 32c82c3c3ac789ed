/**
 * Byte sizes as people write them: "5GB" is 5 * 10^9 bytes, as in Hugging Face's `max_shard_size`, and "5GiB" is 5 * 2^30.
 * Source: huggingface_hub, `split_torch_state_dict_into_shards`,
 * https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/serialization/_torch.py
 * @module
 */
import { ValueError } from './errors.js';
import { show } from './wording.js';

/** Whole part, fraction, unit, and an i for powers of 1024. The JSON Schema of a spec has the same pattern. */
export const BYTE_SIZE_PATTERN = '^([0-9]+)(?:\\.([0-9]+))?(?: ?([KMGTkmgt])([Ii]?)[Bb])?$';

const UNITS = ['k', 'm', 'g', 't'] as const;

/**
 * @param value  a whole number of bytes, or a text such as "5GB", "1.5 GiB" or "5000000000"
 * @param where  for messages: `shard_size`
 * @returns      bytes, from 1 to 2^53 - 1
 * @throws {ValueError} BAD_OPTION
 */
export function parseByteSize(value: unknown, where: string): number {
  const bytes = typeof value === 'string' ? readSize(value) : value;
  if (typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  const remedy =
    'Write a size such as "5GB", "500MB" or "2GiB", or a whole number of bytes from 1 to 2^53 - 1.';
  throw new ValueError('BAD_OPTION', `${where} is ${show(value)}.`, remedy);
}

/** In bigints: in doubles, 1.1GB would be 1100000000.0000002 bytes. */
function readSize(text: string): number | undefined {
  const match = new RegExp(BYTE_SIZE_PATTERN).exec(text.trim());
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit = '', binary = ''] = match;
  const base = binary === '' ? 1000n : 1024n;
  const power = UNITS.findIndex((candidate) => candidate === unit.toLowerCase()) + 1;
  const scaled = BigInt(whole + fraction) * base ** BigInt(power);
  const divisor = 10n ** BigInt(fraction.length);
  return scaled % divisor === 0n ? Number(scaled / divisor) : undefined;
}

/** The shortest exact text that parseByteSize reads, `5GB`, else the number of bytes. */
export function writeByteSize(bytes: number): number | string {
  const sizes = [1000, 1024].flatMap((base) =>
    UNITS.map((unit, i) => ({
      count: bytes / base ** (i + 1),
      unit: `${unit.toUpperCase()}${base === 1000 ? '' : 'i'}B`,
    })),
  );
  const whole = sizes.filter(({ count }) => Number.isInteger(count)).sort((a, b) => a.count - b.count)[0];
  return whole === undefined ? bytes : `${whole.count}${whole.unit}`;
}
