/**
 * Fills a tensor in a file: draws into this thread's scratch memory and writes that at the tensor's position.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { SCRATCH_BYTES, type Filler } from '../../engine/fillers/filler.js';
import type { DrawnTensor, FileTarget } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { writeAt } from '../files/write-at.js';

export function fillFile(
  { draw }: DrawnTensor,
  { descriptor, path, position }: FileTarget,
  filler: Filler,
): Work {
  const { byteWidth } = DTYPES[draw.dtype];
  // Whole bytes of elements below 8 bits.
  const pieceElements = SCRATCH_BYTES / Math.max(byteWidth, 1);
  return {
    run(start, elementCount, first) {
      filler.expect(start, elementCount);
      for (let done = 0; done < elementCount; done += pieceElements) {
        const bytes = filler.fillScratch(draw, start + done, Math.min(pieceElements, elementCount - done));
        writeAt(descriptor, path, bytes, position + (first + done) * byteWidth);
      }
    },
  };
}
