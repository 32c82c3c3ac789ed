/**
 * Fills ranges with the SIMD kernels: whole groups in place; pieces of groups at the ends of a range, and groups without room to be made
 * in place, by way of the thread's own memory.
 * @module
 */
import { at } from '../../base/at.js';
import type { Draw, StreamDraw } from '../../domain/kernels/draw.js';
import { BLOCK_ELEMENTS, type StreamState } from '../../domain/streams/generator.js';
import { isRandom } from '../../domain/kernels/kernel.js';
import type { Operation } from '../../domain/operators/operation.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import type { Filler } from '../fillers/filler.js';
import { specificationFiller } from '../fillers/specification-filler.js';
import { allocateMemory, instantiate, WASM_PAGE_BYTES, type SharedMemory } from '../memory/wasm.js';
import { bindDraw, type BoundDraw } from './bind-draw.js';
import type { SimdCode } from './code.js';
import { operateSimd, takesWords } from './operators.js';
import { kernelsOn, type Kernels } from './kernels.js';
import type { LanesExports } from './modules.js';

/** Elements that an operator handles at a time in the scratch: half of it, with the other half for as many words. */
const OPERATED_ELEMENTS = 65_536;

/** The thread's memory: a page with the lanes' tables at its beginning and room for a few groups in its second half, then the scratch. */
const ASIDE_OFFSET = WASM_PAGE_BYTES / 2;
const SCRATCH_OFFSET = WASM_PAGE_BYTES;

/** A draw, bound to the memory it fills and to the thread's own. */
interface BoundFill {
  readonly draw: StreamDraw;
  readonly memory: SharedMemory;
  readonly inPlace: BoundDraw;
  readonly aside: BoundDraw;
}

export class SimdFiller implements Filler {
  readonly #code: SimdCode;
  /** The thread's memory. */
  readonly #own: SharedMemory;
  readonly #scratchBytes: number;
  readonly #lanes: LanesExports;
  /** On the calling thread a tensor's memory stays the same object; other threads get a new one with each job. */
  readonly #kernels = new WeakMap<SharedMemory, Kernels>();
  #last: BoundFill | undefined;
  /** The root that the lanes module has. */
  #root: StreamState = [];

  /** @throws {Error} there is no memory for tables and scratch */
  constructor(code: SimdCode, scratchBytes: number) {
    const own = allocateMemory(SCRATCH_OFFSET + scratchBytes);
    if (own === undefined) throw new Error('there is no room for a WebAssembly memory');
    this.#code = code;
    this.#own = own;
    this.#scratchBytes = scratchBytes;
    this.#lanes = instantiate(code.lanes, { env: { memory: own } }) as LanesExports;
    this.#lanes.prepare();
  }

  fillMemory(
    draw: Draw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    if (draw.generator === 'xoroshiro128+') this.#fillStreams(draw, start, elementCount, memory, byteOffset);
    else specificationFiller.fillMemory(draw, start, elementCount, memory, byteOffset);
  }

  #fillStreams(
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

  fillBuffer(
    draw: Draw,
    start: number,
    elementCount: number,
    buffer: SharedArrayBuffer,
    byteOffset: number,
  ): void {
    const { byteWidth } = DTYPES[draw.dtype];
    const copyElements = this.#scratchBytes / byteWidth;
    const out = new Uint8Array(buffer, byteOffset, byteWidth * elementCount);
    for (let done = 0; done < elementCount; done += copyElements) {
      const count = Math.min(copyElements, elementCount - done);
      out.set(this.fillScratch(draw, start + done, count), byteWidth * done);
    }
  }

  fillScratch(draw: Draw, start: number, elementCount: number): Uint8Array {
    this.fillMemory(draw, start, elementCount, this.#own, SCRATCH_OFFSET);
    return new Uint8Array(this.#own.buffer, SCRATCH_OFFSET, DTYPES[draw.dtype].byteWidth * elementCount);
  }

  operate(
    operation: Operation,
    start: number,
    elementCount: number,
    memory: SharedMemory | SharedArrayBuffer,
    byteOffset: number,
  ): void {
    if (!(memory instanceof SharedArrayBuffer) && !takesWords(operation)) {
      operateSimd(this.#kernelsOn(memory).operators, operation, { at: byteOffset, count: elementCount });
      return;
    }
    const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
    const values = new Float32Array(buffer, byteOffset, elementCount);
    for (let done = 0; done < elementCount; done += OPERATED_ELEMENTS) {
      const piece = values.subarray(done, done + OPERATED_ELEMENTS);
      this.#operateAside(operation, start + done, piece);
    }
  }

  /** Copies the values to the scratch, with the words after them, and the results back. */
  #operateAside(operation: Operation, start: number, values: Float32Array): void {
    const count = values.length;
    const copy = new Float32Array(this.#own.buffer, SCRATCH_OFFSET, count);
    copy.set(values);
    const wordsAt = SCRATCH_OFFSET + 4 * OPERATED_ELEMENTS;
    if (takesWords(operation)) this.fillMemory(operation.words, start, count, this.#own, wordsAt);
    const { operators } = this.#kernelsOn(this.#own);
    operateSimd(operators, operation, { at: SCRATCH_OFFSET, count }, wordsAt);
    if (operation.kind !== 'measure') values.set(copy);
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

  #fillPiece({ aside, memory }: BoundFill, skip: number, count: number, byteOffset: number): void {
    const { elementBytes, groupElements, fill } = aside;
    fill(ASIDE_OFFSET, Math.ceil((skip + count) / groupElements));
    const begin = ASIDE_OFFSET + skip * elementBytes;
    const piece = new Uint8Array(this.#own.buffer, begin, count * elementBytes);
    new Uint8Array(memory.buffer, byteOffset, piece.length).set(piece);
  }

  /** Remembers the last: chunks of a tensor follow one another, and binding may take microseconds. */
  #bind(draw: StreamDraw, memory: SharedMemory): BoundFill {
    const last = this.#last;
    if (last?.draw === draw && last.memory === memory) return last;
    const inPlace = bindDraw(this.#kernelsOn(memory), draw, memory, false);
    const aside = bindDraw(this.#kernelsOn(this.#own), draw, this.#own, true);
    return (this.#last = { draw, memory, inPlace, aside });
  }

  #kernelsOn(memory: SharedMemory): Kernels {
    const known = this.#kernels.get(memory);
    if (known !== undefined) return known;
    const kernels = kernelsOn(this.#code, this.#lanes, memory);
    this.#kernels.set(memory, kernels);
    return kernels;
  }

  #setRoot(root: StreamState): void {
    if (root.every((word, i) => word === this.#root[i])) return;
    this.#lanes.setRoot(at(root, 0), at(root, 1), at(root, 2), at(root, 3));
    this.#root = root;
  }
}
