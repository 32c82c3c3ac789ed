/**
 * Messages to a crew's threads, the barrier, the shared claim counter, and the times at which threads end.
 * @module
 */
import type { Draw } from '#built/domain/draws/draw.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import type { SharedMemory } from '#built/engine/memory/wasm.js';
import type { PeerName } from '../../peers/javascript.js';

/** Work on a range of elements. */
export type Action =
  | {
      readonly kind: 'memory.fill';
      readonly memory: SharedMemory;
      /** @defaultValue FILL_BYTE */
      readonly byte?: number;
    }
  | { readonly kind: 'array.fill'; readonly buffer: SharedArrayBuffer }
  | {
      readonly kind: 'kernel';
      readonly kernels: KernelCode;
      readonly draw: Draw;
      readonly memory: SharedMemory;
    }
  | {
      readonly kind: 'write';
      readonly descriptor: number;
      /** Elements of the thread's scratch, and so of one write. */
      readonly scratchElements: number;
      /** Fills the scratch before each write; without it the same bytes are written again and again. */
      readonly source?: { readonly kernels: KernelCode; readonly draw: Draw };
    }
  | {
      /** Into the thread's scratch, again and again. */
      readonly kind: 'read';
      readonly descriptor: number;
      /** Elements of the scratch, and so of one read. */
      readonly scratchElements: number;
    }
  | {
      /** From the thread's scratch into a memory that kernels cannot reach. */
      readonly kind: 'copy';
      readonly buffer: SharedArrayBuffer;
      /** Elements of the scratch, and so of one copy. */
      readonly scratchElements: number;
      /** As for `write`. */
      readonly source?: { readonly kernels: KernelCode; readonly draw: Draw };
    }
  | { readonly kind: 'peer'; readonly name: PeerName; readonly buffer: SharedArrayBuffer }
  /** Nothing: the claims alone are measured. */
  | { readonly kind: 'claim' };

export interface Work {
  readonly action: Action;
  readonly elementCount: number;
  /** Bytes of an element. @defaultValue BYTES_PER_ELEMENT */
  readonly byteWidth?: number;
  /** The size of a claim. */
  readonly pieceElements: number;
  /** All pieces are written to the first elements, this many, which stay in the cache. */
  readonly residentElements?: number;
}

export interface CrewTask {
  readonly work: Work;
  readonly thread: number;
  readonly control: SharedArrayBuffer;
}

export type CrewReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly message: string };

const GO = 0;
const NEXT_PIECE = 1;
const FIELD_BYTES = 8;

export class CrewControl {
  readonly #fields: Int32Array;
  readonly #ends: BigInt64Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.#fields = new Int32Array(buffer, 0, FIELD_BYTES / 4);
    this.#ends = new BigInt64Array(buffer, FIELD_BYTES);
  }

  static create(threads: number): CrewControl {
    return new CrewControl(new SharedArrayBuffer(FIELD_BYTES + 8 * threads));
  }

  letGo(): void {
    Atomics.store(this.#fields, GO, 1);
    Atomics.notify(this.#fields, GO);
  }

  waitForGo(): void {
    Atomics.wait(this.#fields, GO, 0);
  }

  claim(): number {
    return Atomics.add(this.#fields, NEXT_PIECE, 1);
  }

  end(thread: number): void {
    Atomics.store(this.#ends, thread, process.hrtime.bigint());
  }

  /** On the clock of process.hrtime, which all threads share. */
  lastEnd(): bigint {
    return this.#ends.reduce((latest, end) => (end > latest ? end : latest));
  }
}
