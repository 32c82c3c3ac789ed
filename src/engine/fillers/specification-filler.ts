/**
 * The scalar specification as a filler: any buffer, any range, no SIMD.
 * @module
 */
import { fillRange } from '../../domain/draws/draw.js';
import { operate } from '../../domain/operators/operation.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import { SCRATCH_BYTES, type Filler } from './filler.js';

let scratch: SharedArrayBuffer | undefined;

const ignore = (): void => undefined;

export const specificationFiller: Filler = {
  enter: ignore,
  leave: ignore,
  expect: ignore,
  fillMemory(draw, start, elementCount, memory, byteOffset) {
    this.fillBuffer(draw, start, elementCount, memory.buffer, byteOffset);
  },
  fillBuffer(draw, start, elementCount, buffer, byteOffset) {
    fillRange(draw, start, elementsAt(draw.dtype, buffer, byteOffset, elementCount));
  },
  fillScratch(draw, start, elementCount) {
    scratch ??= new SharedArrayBuffer(SCRATCH_BYTES);
    this.fillBuffer(draw, start, elementCount, scratch, 0);
    return new Uint8Array(scratch, 0, elementCount * DTYPES[draw.dtype].byteWidth);
  },
  compareScratch: () => undefined,
  operate(operation, start, elementCount, memory, byteOffset) {
    const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
    operate(operation, start, new Float32Array(buffer, byteOffset, elementCount));
  },
};
