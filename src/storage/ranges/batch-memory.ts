/**
 * Shared memory that batches are drawn into. V8 does not count it as its own, and would let dropped buffers pile up: ended streams give
 * theirs to those that follow.
 * @module
 */
import { allocateMemory, type SharedMemory } from '../../engine/memory/wasm.js';

export interface BatchMemory {
  readonly buffer: SharedArrayBuffer;
  /** The memory that the buffer belongs to, where WebAssembly has room for one. */
  readonly memory: SharedMemory | undefined;
}

/** All are of one size: what a batch does not write takes no room. */
export class BatchMemories {
  readonly #byteLength: number;
  readonly #free: BatchMemory[] = [];

  constructor(byteLength: number) {
    this.#byteLength = byteLength;
  }

  take(): BatchMemory {
    return this.#free.pop() ?? this.#allocate();
  }

  /** Only when no thread writes to it. */
  giveBack(memory: BatchMemory): void {
    this.#free.push(memory);
  }

  #allocate(): BatchMemory {
    const memory = allocateMemory(this.#byteLength);
    return { buffer: memory?.buffer ?? new SharedArrayBuffer(this.#byteLength), memory };
  }
}
