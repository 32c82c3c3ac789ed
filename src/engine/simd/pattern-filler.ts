/**
 * Fills ranges of patterns: the specification, except that the kernel of constants writes what is 0 between the spots of an identity.
 * @module
 */
import { makeConstantDraw } from '../../domain/draws/stream-draw.js';
import type { PatternDraw } from '../../domain/draws/pattern-draw.js';
import { putSpots } from '../../domain/patterns/spots.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import { specificationFiller } from '../fillers/specification-filler.js';
import type { SharedMemory } from '../memory/wasm.js';
import type { LanesFiller } from './lanes-filler.js';
import type { RangeFiller } from './range-filler.js';

/** Zeros of every dtype are zero bits, which float32's are as well. */
const ZEROS = makeConstantDraw('float32', { kernel: { kind: 'constant', value: 0 } });
const ZERO_BYTES = Float32Array.BYTES_PER_ELEMENT;

export class PatternFiller implements RangeFiller<PatternDraw> {
  readonly #lanes: LanesFiller;

  constructor(lanes: LanesFiller) {
    this.#lanes = lanes;
  }

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
    this.#fillZeros(elementCount * DTYPES[dtype].byteWidth, memory, byteOffset);
    putSpots(dtype, pattern, start - first, elementsAt(dtype, memory.buffer, byteOffset, elementCount));
  }

  #fillZeros(byteCount: number, memory: SharedMemory, byteOffset: number): void {
    const count = Math.floor(byteCount / ZERO_BYTES);
    this.#lanes.fillMemory(ZEROS, 0, count, memory, byteOffset);
    const done = count * ZERO_BYTES;
    new Uint8Array(memory.buffer, byteOffset + done, byteCount - done).fill(0);
  }
}
