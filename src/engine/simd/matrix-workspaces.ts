/**
 * Workspaces of a job in shared memory, a few, however many matrices it has. A thread enters the one of its matrix, or takes one that
 * nobody is in; without one it makes all parts for itself. One that a dead thread was in stays taken: that costs time, never bytes.
 *
 * Each has a header of 32-bit numbers, states of its parts, and their bytes. A lock guards headers for the few microseconds of an
 * entry; a thread that cannot get it does without.
 * @module
 */
import { doubleHighBits, doubleLowBits } from '../../domain/arithmetic/bits.js';
import type { Draw } from '../../domain/draws/draw.js';
import type { OrthogonalDraw } from '../../domain/draws/orthogonal-draw.js';
import { matricesOf, workspaceSize, type WorkspaceSize } from './matrix-plan.js';

/** What a thread works in: parts' states and bytes, until it leaves. */
export interface Workspace {
  readonly states: Int32Array;
  readonly bytes: Uint8Array;
  leave(): void;
}

/** The buffer's own fields: the lock, the number of workspaces, the parts of one; then a double, the bytes of one. */
const LOCK = 0;
const COUNT = 1;
const PARTS = 2;
const FIELDS_BYTES = 64;

/** A header: how many threads are in it, and the matrix that it is for. */
const USERS = 0;
const KEY = 1;
const KEY_LENGTH = 10;
const HEADER_LENGTH = 16;

/** Of all workspaces of a job, unless one alone takes more. */
const MOST_BYTES = 2 ** 30;

const LOCK_ATTEMPTS = 200;
const LOCK_WAIT_MS = 1;

const roundUp = (byteLength: number): number => 64 * Math.ceil(byteLength / 64);

export class Workspaces {
  readonly #buffer: SharedArrayBuffer;
  readonly #fields: Int32Array;
  readonly #size: WorkspaceSize;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#fields = new Int32Array(buffer, 0, 4);
    this.#size = {
      parts: this.#fields[PARTS] ?? 0,
      byteLength: new Float64Array(buffer, FIELDS_BYTES / 2, 1)[0] ?? 0,
    };
  }

  /**
   * Workspaces for the matrices of these draws; undefined if threads share none of them, or there is no room.
   * @param threads  each may be at a matrix of its own
   */
  static create(draws: readonly Draw[], threads: number): SharedArrayBuffer | undefined {
    const sizes = draws
      .flatMap(matricesOf)
      .map(workspaceSize)
      .filter((size) => size !== undefined);
    if (sizes.length === 0) return undefined;
    const parts = Math.max(...sizes.map((size) => size.parts));
    const byteLength = roundUp(Math.max(...sizes.map((size) => size.byteLength)));
    const most = Math.max(1, Math.floor(MOST_BYTES / byteLength));
    return allocate(Math.min(sizes.length, threads, most), { parts, byteLength });
  }

  /** @returns  undefined if there is none for this matrix */
  enter(draw: OrthogonalDraw): Workspace | undefined {
    const wanted = workspaceSize(draw);
    if (wanted === undefined || !fits(wanted, this.#size) || !this.#lock()) return undefined;
    try {
      return this.#find(keyOf(draw));
    } finally {
      Atomics.store(this.#fields, LOCK, 0);
      Atomics.notify(this.#fields, LOCK);
    }
  }

  #lock(): boolean {
    for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
      if (Atomics.compareExchange(this.#fields, LOCK, 0, 1) === 0) return true;
      Atomics.wait(this.#fields, LOCK, 1, LOCK_WAIT_MS);
    }
    return false;
  }

  #find(key: readonly number[]): Workspace | undefined {
    const headers = Array.from({ length: this.#fields[COUNT] ?? 0 }, (_, i) => this.#header(i));
    const known = headers.findIndex((header) => key.every((word, i) => header[KEY + i] === word));
    const index = known >= 0 ? known : headers.findIndex((header) => Atomics.load(header, USERS) === 0);
    const header = headers[index];
    if (header === undefined) return undefined;
    const { states, bytes } = this.#contents(index);
    if (known < 0) {
      header.set(key, KEY);
      states.fill(0);
    }
    Atomics.add(header, USERS, 1);
    return {
      states,
      bytes,
      leave: () => {
        Atomics.sub(header, USERS, 1);
      },
    };
  }

  #offset(index: number): number {
    return FIELDS_BYTES + index * strideOf(this.#size);
  }

  #header(index: number): Int32Array {
    return new Int32Array(this.#buffer, this.#offset(index), HEADER_LENGTH);
  }

  #contents(index: number): Pick<Workspace, 'states' | 'bytes'> {
    const { parts, byteLength } = this.#size;
    const begin = this.#offset(index) + 4 * HEADER_LENGTH;
    return {
      states: new Int32Array(this.#buffer, begin, parts),
      bytes: new Uint8Array(this.#buffer, begin + roundUp(4 * parts), byteLength),
    };
  }
}

/** Real only once it is written. */
function allocate(count: number, size: WorkspaceSize): SharedArrayBuffer | undefined {
  try {
    const buffer = new SharedArrayBuffer(FIELDS_BYTES + count * strideOf(size));
    new Int32Array(buffer, 0, 4).set([0, count, size.parts]);
    new Float64Array(buffer, FIELDS_BYTES / 2, 1)[0] = size.byteLength;
    return buffer;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const fits = (wanted: WorkspaceSize, size: WorkspaceSize): boolean =>
  wanted.parts <= size.parts && wanted.byteLength <= size.byteLength;

const strideOf = ({ parts, byteLength }: WorkspaceSize): number =>
  4 * HEADER_LENGTH + roundUp(4 * parts) + byteLength;

/** Numbers that differ for different matrices; the last is never 0, as in an unused header. */
function keyOf({ root, matrix, dtype }: OrthogonalDraw): readonly number[] {
  const { rows, columns, first } = matrix;
  const words = [...root.slice(0, 4), rows | 0, columns | 0, doubleHighBits(first), doubleLowBits(first)];
  return [...words, (rows / 2 ** 32) | 0, dtype === 'float64' ? 2 : 1]
    .slice(0, KEY_LENGTH)
    .map((word) => word | 0);
}
