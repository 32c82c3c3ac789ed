/**
 * Fillers: how a thread fills a range of a draw. There are two, and they give the same bytes: the scalar specification
 * (domain/kernels/draw.ts) and the SIMD kernels.
 * @module
 */
import { fillRange, type Draw } from '../../domain/kernels/draw.js';
import { operate, type Operation } from '../../domain/operators/operation.js';
import { DTYPES, elementsAt } from '../../domain/tensors/tensor.js';
import { SimdFiller } from '../simd/filler.js';
import type { SimdCode } from '../simd/code.js';
import type { SharedMemory } from '../memory/wasm.js';

/** Fills ranges of draws on this thread. */
export interface Filler {
  /**
   * Fills elements start to start + elementCount - 1 of the draw, in place.
   * @param byteOffset  where the first of them goes, a multiple of the element width
   */
  fillMemory(draw: Draw, start: number, elementCount: number, memory: SharedMemory, byteOffset: number): void;
  /** The same in any shared buffer; SIMD kernels, which reach only WebAssembly memories, go through the scratch. */
  fillBuffer(
    draw: Draw,
    start: number,
    elementCount: number,
    buffer: SharedArrayBuffer,
    byteOffset: number,
  ): void;
  /**
   * The same in this thread's scratch.
   * @param elementCount  SCRATCH_BYTES of elements at most
   * @returns             their bytes, until the next fill
   */
  fillScratch(draw: Draw, start: number, elementCount: number): Uint8Array;
  /** Does it to float32 elements, in place. */
  operate(
    operation: Operation,
    start: number,
    elementCount: number,
    memory: SharedMemory | SharedArrayBuffer,
    byteOffset: number,
  ): void;
}

/**
 * 512 KiB: half of a second-level cache. Twice as much gains 1 % in writing and 5 % in copying, and costs a thread 0.5 MiB; half of it
 * loses 3 % in writing (bench/chunks.ts).
 */
export const SCRATCH_BYTES = 2 ** 19;

/** Which kernels fill: crosses threads with each job. */
export type KernelCode = { readonly name: 'specification' } | SimdCode;

/** Their names, as users see them. */
export type KernelSet = KernelCode['name'];

export const SPECIFICATION: KernelCode = { name: 'specification' };

let scratch: SharedArrayBuffer | undefined;

const specificationFiller: Filler = {
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
  operate(operation, start, elementCount, memory, byteOffset) {
    const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
    operate(operation, start, new Float32Array(buffer, byteOffset, elementCount));
  },
};

/** Of this thread: code arrives with every job, as a new object for the same code, and its tables cost 0.2 ms. */
const fillers = new Map<KernelSet, Filler>([['specification', specificationFiller]]);

/** The kernels were checked with this filler: the thread goes on with it. */
export function adoptFiller(name: KernelSet, filler: Filler): void {
  fillers.set(name, filler);
}

/** @param onFallback  told, once a thread and code, why the specification fills in its place */
export function openFiller(code: KernelCode, onFallback: (reason: string) => void): Filler {
  const known = fillers.get(code.name);
  if (known !== undefined || code.name === 'specification') return known ?? specificationFiller;
  const filler = attemptSimd(code, onFallback) ?? specificationFiller;
  fillers.set(code.name, filler);
  return filler;
}

function attemptSimd(code: SimdCode, onFallback: (reason: string) => void): Filler | undefined {
  try {
    return new SimdFiller(code, SCRATCH_BYTES);
  } catch (error) {
    onFallback(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
