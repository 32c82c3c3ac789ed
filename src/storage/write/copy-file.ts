/**
 * Copies a tensor's bytes out of a file, into another or into memory. Between two files they pass through this thread's buffer: Node has no
 * call that copies a range within the system.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { SCRATCH_BYTES } from '../../engine/fillers/filler.js';
import type { CopiedTensor, FileTarget, MemoryTarget } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { readIntoSync } from '../files/read-at.js';
import { writeAt } from '../files/write-at.js';

/** Read before it is written: what was read is then still in the second-level cache. */
const PIECE_BYTES = SCRATCH_BYTES;

/** This thread's buffer, made at the first copy. */
let pieceBuffer: Buffer | undefined;

export function copyFile({ dtype, source, target }: CopiedTensor): Work {
  const { byteWidth } = DTYPES[dtype];
  return {
    run(_start, elementCount, first) {
      const [begin, byteLength] = [first * byteWidth, elementCount * byteWidth];
      if (target.kind === 'file') copyToFile(source, target, begin, byteLength);
      else copyToMemory(source, target, begin, byteLength);
    },
  };
}

/** @param begin  of the range, from the beginning of the extent */
function copyToFile(source: FileTarget, target: FileTarget, begin: number, byteLength: number): void {
  pieceBuffer ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let done = 0; done < byteLength; done += PIECE_BYTES) {
    const piece = pieceBuffer.subarray(0, Math.min(PIECE_BYTES, byteLength - done));
    readIntoSync(source.descriptor, source.path, source.position + begin + done, piece);
    writeAt(target.descriptor, target.path, piece, target.position + begin + done);
  }
}

function copyToMemory(source: FileTarget, target: MemoryTarget, begin: number, byteLength: number): void {
  const bytes = new Uint8Array(target.buffer, target.byteOffset + begin, byteLength);
  readIntoSync(source.descriptor, source.path, source.position + begin, bytes);
}
