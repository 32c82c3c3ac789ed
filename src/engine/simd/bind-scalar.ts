/**
 * Binds draws without SIMD code of their own: SIMD makes the words, in the thread's own memory, and the specification turns them into
 * elements of any width. (scalar-transform.ts does so in place, where words and values are of the same size.)
 * @module
 */
import { runDraw, type StreamDraw } from '../../domain/draws/stream-draw.js';
import { wordsPerElement } from '../../domain/kernels/kernel.js';
import { STEP_WORDS } from '../../domain/streams/generator.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import type { BoundDraw } from './bound-draw.js';
import { leavingNone } from './bind-narrow.js';
import { GROUP_BYTES, TILE_GROUPS } from './groups.js';
import type { Kernels } from './kernels.js';

/** Room for the words of a tile, in the thread's own memory. */
export interface WordRoom {
  readonly own: Pick<Kernels, 'memory' | 'fills' | 'fills64'>;
  readonly byteOffset: number;
}

export const WORD_ROOM_BYTES = GROUP_BYTES * TILE_GROUPS;

export function bindScalar(
  { memory }: Pick<Kernels, 'memory'>,
  draw: StreamDraw,
  { own, byteOffset }: WordRoom,
): BoundDraw {
  const { byteWidth } = DTYPES[draw.dtype];
  const groupElements = STEP_WORDS / wordsPerElement(draw.kernel);
  const fillTile = (dst: number, groups: number): void => {
    if (groupElements === STEP_WORDS) own.fills.fillWords(byteOffset, groups);
    else own.fills64.fillWords64(byteOffset, groups);
    const words = new Uint32Array(own.memory.buffer, byteOffset, groups * STEP_WORDS);
    runDraw(draw, elementsAt(draw.dtype, memory.buffer, dst, groups * groupElements), words);
  };
  const fill = (dst: number, groups: number): void => {
    for (let done = 0; done < groups; done += TILE_GROUPS) {
      const at = dst + done * groupElements * byteWidth;
      fillTile(at, Math.min(groups - done, TILE_GROUPS));
    }
  };
  return { elementBytes: byteWidth, groupElements, fill: leavingNone(fill) };
}
