/**
 * Fillers: how a thread fills a range of a draw. There are two, which give the same bytes: the scalar specification
 * (specification-filler.ts) and the SIMD kernels (engine/simd/simd-filler.ts). engine/choice/open-filler.ts opens one.
 * @module
 */
import type { Draw } from '../../domain/draws/draw.js';
import type { Operation } from '../../domain/operators/operation.js';
import type { SharedMemory } from '../memory/wasm.js';

/** Ends work in the middle of a chunk, when the job was stopped: the chunk is not marked. */
export class StoppedError extends Error {}

/** The job that a thread works for, as far as it concerns draws that take long. */
export interface FilledJob {
  /** Backing of the workspaces of its matrices, which its threads share. */
  readonly workspaces: SharedArrayBuffer | undefined;
  readonly isStopped: () => boolean;
}

/** Fills ranges of draws on this thread. A fill throws a StoppedError once its job is stopped, if it sees that in time. */
export interface Filler {
  /** Fills until `leave` are for this job. */
  enter(job: FilledJob): void;
  leave(): void;
  /** Announces that the next fills lie within this range of elements: some draws make more than is asked for at once. */
  expect(start: number, elementCount: number): void;
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
  /**
   * Whether the elements have the bytes that `read` puts into this thread's scratch: compared as they are drawn, so nothing is stored and
   * read again. Undefined, and nothing read, where there is no kernel for that.
   * @param elementCount  SCRATCH_BYTES of elements at most
   */
  compareScratch(
    draw: Draw,
    start: number,
    elementCount: number,
    read: (scratch: Uint8Array) => void,
  ): boolean | undefined;
  /** Applies the operation to float32 elements, in place. */
  operate(
    operation: Operation,
    start: number,
    elementCount: number,
    memory: SharedMemory | SharedArrayBuffer,
    byteOffset: number,
  ): void;
}

/**
 * 512 KiB: half of a second-level cache. Twice as much gains 1 % in writing and 5 % in copying but costs each thread 0.5 MiB; half as
 * much loses 3 % in writing (`npm run bench -- chunks`).
 */
export const SCRATCH_BYTES = 2 ** 19;
