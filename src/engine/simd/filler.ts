/**
 * Fills ranges with the SIMD kernels: whole groups of 16 elements in place, the pieces of groups at the ends of a
 * range by way of a memory of their own.
 * @module
 */
import type { Draw } from '../../domain/draw.js';
import { BLOCK_ELEMENTS, type StreamState } from '../../domain/generator.js';
import { isRandom, type Kernel } from '../../domain/kernel.js';
import type { Filler } from '../filler.js';
import { allocateMemory, instantiate, WASM_PAGE_BYTES, type SharedMemory } from '../wasm.js';
import { bindKernel, setCoefficients, type FillGroups, type Kernels } from './bind.js';
import type { FillsExports, LanesExports, SimdCode, TransformsExports } from './code.js';

/** What one step of the eight lanes gives. */
const GROUP_ELEMENTS = 16;
const ELEMENT_BYTES = 4;

/** The thread's memory: a page that begins with the lanes' tables and ends with a group, then the scratch. */
const GROUP_OFFSET = WASM_PAGE_BYTES / 2;
const SCRATCH_OFFSET = WASM_PAGE_BYTES;

/** A kernel on the tensor's memory, and the same on the memory for pieces of groups. */
interface BoundKernel {
  readonly inPlace: FillGroups;
  readonly aside: FillGroups;
}

export class SimdFiller implements Filler {
  readonly #code: SimdCode;
  /** Tables, group and scratch. */
  readonly #own: SharedMemory;
  readonly #scratchBytes: number;
  readonly #group: Float32Array;
  readonly #lanes: LanesExports;
  /**
   * One pair of instances a memory, 15 us each. A tensor keeps its memory on the calling thread; to the others it comes as a
   * new object with each job.
   */
  readonly #kernels = new WeakMap<SharedMemory, Kernels>();
  /** Whose lanes the lanes module holds. */
  #root: StreamState = [];

  /** @throws {Error} no memory for tables and scratch */
  constructor(code: SimdCode, scratchBytes: number) {
    const own = allocateMemory(SCRATCH_OFFSET + scratchBytes);
    if (own === undefined) throw new Error('there is no room for a WebAssembly memory');
    this.#code = code;
    this.#own = own;
    this.#scratchBytes = scratchBytes;
    this.#group = new Float32Array(own.buffer, GROUP_OFFSET, GROUP_ELEMENTS);
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
    const bound = this.#bind(draw.kernel, memory);
    const random = isRandom(draw.kernel);
    if (random) this.#setRoot(draw.root);
    for (let done = 0; done < elementCount;) {
      const block = Math.floor((start + done) / BLOCK_ELEMENTS);
      const inBlock = start + done - block * BLOCK_ELEMENTS;
      const count = Math.min(elementCount - done, BLOCK_ELEMENTS - inBlock);
      if (random) this.#seek(block, inBlock);
      this.#fillWithinBlock(
        bound,
        inBlock % GROUP_ELEMENTS,
        count,
        memory,
        byteOffset + ELEMENT_BYTES * done,
      );
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
    const out = new Uint8Array(buffer, byteOffset, ELEMENT_BYTES * elementCount);
    const copyElements = this.#scratchBytes / ELEMENT_BYTES;
    for (let done = 0; done < elementCount; done += copyElements) {
      const count = Math.min(copyElements, elementCount - done);
      out.set(this.fillScratch(draw, start + done, count), ELEMENT_BYTES * done);
    }
  }

  fillScratch(draw: Draw, start: number, elementCount: number): Uint8Array {
    this.fillMemory(draw, start, elementCount, this.#own, SCRATCH_OFFSET);
    return new Uint8Array(this.#own.buffer, SCRATCH_OFFSET, ELEMENT_BYTES * elementCount);
  }

  /** @param skip  how many elements of the first group lie before the range */
  #fillWithinBlock(
    { inPlace, aside }: BoundKernel,
    skip: number,
    count: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const head = skip === 0 ? 0 : Math.min(GROUP_ELEMENTS - skip, count);
    const groups = Math.floor((count - head) / GROUP_ELEMENTS);
    const tail = count - head - groups * GROUP_ELEMENTS;
    if (head > 0) this.#fillPiece(aside, skip, head, memory, byteOffset);
    if (groups > 0) inPlace(byteOffset + ELEMENT_BYTES * head, groups);
    if (tail > 0) this.#fillPiece(aside, 0, tail, memory, byteOffset + ELEMENT_BYTES * (count - tail));
  }

  #fillPiece(aside: FillGroups, skip: number, count: number, memory: SharedMemory, byteOffset: number): void {
    aside(GROUP_OFFSET, 1);
    new Float32Array(memory.buffer, byteOffset, count).set(this.#group.subarray(skip, skip + count));
  }

  #bind(kernel: Kernel, memory: SharedMemory): BoundKernel {
    return {
      inPlace: bindKernel(this.#kernelsOn(memory), kernel),
      aside: bindKernel(this.#kernelsOn(this.#own), kernel),
    };
  }

  #kernelsOn(memory: SharedMemory): Kernels {
    const known = this.#kernels.get(memory);
    if (known !== undefined) return known;
    const env = { memory };
    const fills = instantiate(this.#code.fills, { env, lanes: this.#lanes }) as FillsExports;
    const transforms = instantiate(this.#code.transforms, { env, lanes: this.#lanes }) as TransformsExports;
    setCoefficients(transforms);
    const kernels = { fills, transforms };
    this.#kernels.set(memory, kernels);
    return kernels;
  }

  #setRoot(root: StreamState): void {
    if (root.every((word, i) => word === this.#root[i])) return;
    const [firstHigh = 0, firstLow = 0, secondHigh = 0, secondLow = 0] = root;
    this.#lanes.setRoot(firstHigh, firstLow, secondHigh, secondLow);
    this.#root = root;
  }

  #seek(block: number, inBlock: number): void {
    this.#lanes.seekBlock(block);
    this.#lanes.skipGroups(Math.floor(inBlock / GROUP_ELEMENTS));
  }
}
