/**
 * Fills ranges of draws from streams: whole groups in place; pieces of groups at the ends of a range, and groups without room to be made
 * in place, by way of the thread's own memory.
 * @module
 */
import { at } from '../../base/at.js';
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { BLOCK_ELEMENTS, type StreamState } from '../../domain/streams/generator.js';
import { isRandom } from '../../domain/kernels/kernel-kinds.js';
import { instantiate, WASM_PAGE_BYTES, type SharedMemory } from '../memory/wasm.js';
import { bindCompare, type GroupsDiffer } from './bind-compare.js';
import { bindDraw } from './bind-draw.js';
import type { BoundDraw } from './bound-draw.js';
import type { SimdCode } from './code.js';
import { kernelsOn, type Kernels } from './kernels.js';
import { GROUP_BYTES, GROUP_ELEMENTS } from './groups.js';
import type { LanesExports } from './modules.js';
import type { RangeFiller } from './range-filler.js';

/** The lanes' page of the thread's memory: tables at its beginning, room for a few groups in its second half. */
export const LANES_BYTES = WASM_PAGE_BYTES;
const ASIDE_OFFSET = LANES_BYTES / 2;

/** A draw, bound to the memory it fills and to the thread's own. */
interface BoundFill {
  readonly draw: StreamDraw;
  readonly memory: SharedMemory;
  readonly inPlace: BoundDraw;
  /** Bound when it is first needed. */
  aside: BoundDraw | undefined;
}

export class LanesFiller implements RangeFiller<StreamDraw> {
  readonly #code: SimdCode;
  /** The thread's memory, whose first page is this filler's. */
  readonly #own: SharedMemory;
  readonly #lanes: LanesExports;
  /** On the calling thread a tensor's memory stays the same object; other threads get a new one with each job. */
  readonly #kernels = new WeakMap<SharedMemory, Kernels>();
  #last: BoundFill | undefined;
  /** The root that the lanes module has. */
  #root: StreamState = [];

  /** @param own  its first LANES_BYTES are left to this filler */
  constructor(code: SimdCode, own: SharedMemory) {
    this.#code = code;
    this.#own = own;
    this.#lanes = instantiate(code.lanes, { env: { memory: own } }) as LanesExports;
    this.#lanes.prepare();
  }

  fillMemory(
    draw: StreamDraw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const bound = this.#bind(draw, memory);
    const { elementBytes, groupElements } = bound.inPlace;
    const random = isRandom(draw.kernel);
    if (random) this.#setRoot(draw.root);
    for (let done = 0; done < elementCount;) {
      const block = Math.floor((start + done) / BLOCK_ELEMENTS);
      const inBlock = start + done - block * BLOCK_ELEMENTS;
      const count = Math.min(elementCount - done, BLOCK_ELEMENTS - inBlock);
      if (random) {
        this.#lanes.seekBlock(block);
        this.#lanes.skipGroups(Math.floor(inBlock / groupElements));
      }
      this.#fillWithinBlock(bound, inBlock % groupElements, count, byteOffset + elementBytes * done);
      done += count;
    }
  }

  /**
   * A comparison of whole groups of the draw with their bytes, from an address of the thread's own memory on; undefined where no kernel
   * compares them.
   */
  comparison(
    draw: StreamDraw,
    start: number,
    elementCount: number,
  ): ((stored: number) => boolean) | undefined {
    if (start % GROUP_ELEMENTS !== 0 || elementCount % GROUP_ELEMENTS !== 0) return undefined;
    const differ = bindCompare(this.kernelsOn(this.#own), draw);
    return differ && ((stored) => this.#equals(draw, { start, elementCount }, stored, differ));
  }

  #equals(
    { root }: StreamDraw,
    { start, elementCount }: { readonly start: number; readonly elementCount: number },
    stored: number,
    differ: GroupsDiffer,
  ): boolean {
    this.#setRoot(root);
    for (let done = 0; done < elementCount;) {
      const block = Math.floor((start + done) / BLOCK_ELEMENTS);
      const inBlock = start + done - block * BLOCK_ELEMENTS;
      const count = Math.min(elementCount - done, BLOCK_ELEMENTS - inBlock);
      this.#lanes.seekBlock(block);
      this.#lanes.skipGroups(inBlock / GROUP_ELEMENTS);
      const groupsBefore = done / GROUP_ELEMENTS;
      if (differ(stored + GROUP_BYTES * groupsBefore, count / GROUP_ELEMENTS)) return false;
      done += count;
    }
    return true;
  }

  /** The modules' instances on a memory. */
  kernelsOn(memory: SharedMemory): Kernels {
    const known = this.#kernels.get(memory);
    if (known !== undefined) return known;
    const kernels = kernelsOn(this.#code, this.#lanes, memory);
    this.#kernels.set(memory, kernels);
    return kernels;
  }

  /** @param skip  the number of elements of the first group that lie before the range */
  #fillWithinBlock(bound: BoundFill, skip: number, count: number, byteOffset: number): void {
    const { elementBytes, groupElements, fill } = bound.inPlace;
    const head = skip === 0 ? 0 : Math.min(groupElements - skip, count);
    const groups = Math.floor((count - head) / groupElements);
    if (head > 0) this.#fillPiece(bound, skip, head, byteOffset);
    const left = groups > 0 ? fill(byteOffset + elementBytes * head, groups) : 0;
    const tail = count - head - (groups - left) * groupElements;
    if (tail > 0) this.#fillPiece(bound, 0, tail, byteOffset + elementBytes * (count - tail));
  }

  #fillPiece(bound: BoundFill, skip: number, count: number, byteOffset: number): void {
    const { draw, memory } = bound;
    bound.aside ??= bindDraw(this.kernelsOn(this.#own), draw, true);
    const { elementBytes, groupElements, fill } = bound.aside;
    fill(ASIDE_OFFSET, Math.ceil((skip + count) / groupElements));
    const begin = ASIDE_OFFSET + skip * elementBytes;
    const piece = new Uint8Array(this.#own.buffer, begin, count * elementBytes);
    new Uint8Array(memory.buffer, byteOffset, piece.length).set(piece);
  }

  /** Remembers the last: chunks of a tensor follow one another, and binding may take microseconds. */
  #bind(draw: StreamDraw, memory: SharedMemory): BoundFill {
    const last = this.#last;
    if (last?.draw === draw && last.memory === memory) return last;
    const inPlace = bindDraw(this.kernelsOn(memory), draw, false);
    return (this.#last = { draw, memory, inPlace, aside: undefined });
  }

  #setRoot(root: StreamState): void {
    if (root.every((word, i) => word === this.#root[i])) return;
    this.#lanes.setRoot(at(root, 0), at(root, 1), at(root, 2), at(root, 3));
    this.#root = root;
  }
}
