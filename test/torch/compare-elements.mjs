/** Bytes of two tensors compared: the first element that differs, and by how many units in the last place any does. */

const WIDTHS = { float32: 4, float64: 8, float16: 2, bfloat16: 2 };

const bitsAt = (bytes, i, width) =>
  BigInt(
    `0x${Buffer.from(bytes.subarray(i * width, (i + 1) * width))
      .reverse()
      .toString('hex')}`,
  );

/** Maps bits to integers in the order of the numbers: neighbours differ by 1. */
const rank = (bits, width) => {
  const sign = 1n << BigInt(8 * width - 1);
  return bits & sign ? sign - bits : bits;
};

const hex = (bits, width) => bits.toString(16).padStart(2 * width, '0');

/** @returns undefined if the bytes are equal */
export function compareElements(dtype, here, there) {
  const width = WIDTHS[dtype];
  let first;
  let count = 0;
  let ulps = 0n;
  for (let i = 0; i < there.length / width; i++) {
    const [ours, torchs] = [bitsAt(here, i, width), bitsAt(there, i, width)];
    if (ours === torchs) continue;
    count++;
    first ??= { element: i, here: hex(ours, width), torch: hex(torchs, width) };
    const distance = rank(ours, width) - rank(torchs, width);
    const size = distance < 0n ? -distance : distance;
    if (size > ulps) ulps = size;
  }
  return first && { ...first, count, ulps: Number(ulps) };
}
