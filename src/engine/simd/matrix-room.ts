/**
 * A thread's room to work on a matrix: a memory with named areas, the kernels on it, and the matrix's normals.
 * @module
 */
import type { CarrierArray } from '../../domain/matrices/orthogonal-matrix.js';
import type { SharedMemory } from '../memory/wasm.js';
import type { MatrixExports } from './matrix-modules.js';
import type { Precision } from './matrix-precision.js';

export interface MatrixRoom {
  readonly memory: SharedMemory;
  readonly precision: Precision;
  readonly kernels: MatrixExports;
  /** Draws `count` normals, those of the tensor's elements from `first` on, to address `at`. */
  fillNormals(first: number, count: number, at: number): void;
  /** @throws {StoppedError} the job was stopped */
  readonly checkRunning: () => void;
}

/** Numbers in the room's memory. */
export const numbersAt = ({ memory, precision }: MatrixRoom, at: number, count: number): CarrierArray =>
  precision.view(memory.buffer, at, count);

export const bytesAt = ({ memory }: MatrixRoom, at: number, byteLength: number): Uint8Array =>
  new Uint8Array(memory.buffer, at, byteLength);

/** Where areas of a memory begin: one after the other, whole lines each. */
export class Areas {
  byteLength = 0;

  /** @returns the address of an area */
  add(byteLength: number): number {
    const at = this.byteLength;
    this.byteLength += 64 * Math.ceil(byteLength / 64);
    return at;
  }
}
