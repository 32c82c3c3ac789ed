/**
 * All that crosses to a crew's threads: what to do, the barrier, the shared claim counter, when each ended.
 * @module
 */
import type { Draw } from '#built/domain/kernels/draw.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import type { SharedMemory } from '#built/engine/memory/wasm.js';
import type { PeerName } from '../../peers/javascript.js';

/** What is done to a range of elements. */
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
      /** What fills the scratch before each write; without it the same bytes are written again and again. */
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
  /** What a thread claims at a time. */
  readonly pieceElements: number;
  /** All pieces go, one over the other, to the first so many elements, which stay in the cache. */
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
const WORDS_BYTES = 8;

export class CrewControl {
  readonly #words: Int32Array;
  readonly #ends: BigInt64Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, WORDS_BYTES / 4);
    this.#ends = new BigInt64Array(buffer, WORDS_BYTES);
  }

  static create(threads: number): CrewControl {
    return new CrewControl(new SharedArrayBuffer(WORDS_BYTES + 8 * threads));
  }

  letGo(): void {
    Atomics.store(this.#words, GO, 1);
    Atomics.notify(this.#words, GO);
  }

  waitForGo(): void {
    Atomics.wait(this.#words, GO, 0);
  }

  claim(): number {
    return Atomics.add(this.#words, NEXT_PIECE, 1);
  }

  end(thread: number): void {
    Atomics.store(this.#ends, thread, process.hrtime.bigint());
  }

  /** Of the clock that process.hrtime reads, the same for all threads. */
  lastEnd(): bigint {
    return this.#ends.reduce((latest, end) => (end > latest ? end : latest));
  }
}
