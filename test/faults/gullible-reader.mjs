/** Reads headers in five lines, without checks: the fuzzer must find what it lets through. */
import { readFileSync } from 'node:fs';

export function readHeader(path) {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]) => ({
      name,
      storedDtype: dtype,
      shape,
      elementCount: shape.reduce((product, size) => product * size, 1),
      byteLength: end - begin,
      position: 8 + length + begin,
    }),
  );
  return { byteLength: bytes.length, metadata: new Map(Object.entries(metadata)), tensors };
}
