/**
 * Fills ranges of patterns: the specification, except that what is 0 between the spots of an identity is filled as a constant is.
 * @module
 */
import { fillConstantBytes } from '../../domain/draws/constant-draw.js';
import type { PatternDraw } from '../../domain/draws/pattern-draw.js';
import { putSpots } from '../../domain/patterns/spots.js';
import { elementsAt } from '../../domain/tensors/dtypes.js';
import { specificationFiller } from '../fillers/specification-filler.js';
import type { SharedMemory } from '../memory/wasm.js';
import type { RangeFiller } from './range-filler.js';

export class PatternFiller implements RangeFiller<PatternDraw> {
  fillMemory(
    draw: PatternDraw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const { dtype, pattern, first } = draw;
    if (pattern.kind !== 'spots') {
      specificationFiller.fillMemory(draw, start, elementCount, memory, byteOffset);
      return;
    }
    fillConstantBytes({ kind: 'constant', dtype, bytes: [0] }, elementCount, memory.buffer, byteOffset);
    putSpots(dtype, pattern, start - first, elementsAt(dtype, memory.buffer, byteOffset, elementCount));
  }
}
