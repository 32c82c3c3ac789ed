/**
 * Fills ranges of torch's draws. Values that are as large as their words are made in place: a window of raw words is lent to the memory,
 * slides through it ahead of the values, and is taken back before the last of them. The others, and pieces, are made in the thread's own
 * memory and copied.
 * @module
 */
import { numbersPerElement } from '../../domain/torch/normal-layout.js';
import { runsOf } from '../../domain/torch/runs.js';
import type { TorchDraw } from '../../domain/torch/torch-draw.js';
import { specificationFiller } from '../fillers/specification-filler.js';
import type { SharedMemory } from '../memory/wasm.js';
import { bindTorch } from './bind-torch.js';
import type { BoundTorch, FillTorch } from './bound-torch.js';
import type { SimdCode } from './code.js';
import { GROUP_BYTES, GROUP_ELEMENTS } from './groups.js';
import { kernelsOn, type Kernels } from './kernels.js';
import type { RangeFiller } from './range-filler.js';
import { ASIDE_GROUPS, VALUES_OFFSET, WINDOW_GROUPS } from './torch-area.js';
import { TorchWindow } from './torch-window.js';

/** Fewer groups are not worth lending the window. */
const LEAST_IN_PLACE = WINDOW_GROUPS;

/** A draw, bound to the memory it fills and to the thread's own. */
interface BoundFill {
  readonly draw: TorchDraw;
  readonly memory: SharedMemory;
  /** Undefined where an element is smaller than its words. */
  readonly inPlace: FillTorch | undefined;
  readonly aside: BoundTorch;
}

export class TorchFiller implements RangeFiller<TorchDraw> {
  readonly #code: SimdCode;
  readonly #own: SharedMemory;
  readonly #valuesAt: number;
  readonly #ownKernels: Kernels;
  readonly #window: TorchWindow;
  readonly #kernels = new WeakMap<SharedMemory, Kernels>();
  #last: BoundFill | undefined;

  /**
   * @param own   the thread's memory
   * @param base  the address of this filler's part of it, TORCH_BYTES
   * @throws {Error} a file is missing
   */
  constructor(code: SimdCode, own: SharedMemory, base: number) {
    this.#code = code;
    this.#own = own;
    this.#valuesAt = base + VALUES_OFFSET;
    this.#ownKernels = kernelsOn(code, undefined, own);
    this.#window = new TorchWindow(this.#ownKernels['torch-words'], own, base);
  }

  fillMemory(
    draw: TorchDraw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const bound = this.#bind(draw, memory);
    if (bound === undefined) {
      specificationFiller.fillMemory(draw, start, elementCount, memory, byteOffset);
      return;
    }
    const { elementBytes, groupElements } = bound.aside;
    const numbers = numbersPerElement(draw.kernel);
    for (const { first, end, firstWord } of runsOf(draw)) {
      // The numbers of a block are of whole elements.
      const firstElement = first / numbers;
      const from = Math.max(start, firstElement);
      const count = Math.min(start + elementCount, end / numbers) - from;
      if (count <= 0) continue;
      const group = Math.floor((from - firstElement) / groupElements);
      this.#window.seek(draw.root, firstWord + GROUP_ELEMENTS * group);
      const skip = from - firstElement - groupElements * group;
      this.#fillFromWindow(bound, skip, count, byteOffset + elementBytes * (from - start));
    }
  }

  /** @param skip  the number of elements of the first group that lie before the range */
  #fillFromWindow(bound: BoundFill, skip: number, count: number, byteOffset: number): void {
    const { elementBytes, groupElements } = bound.aside;
    const head = skip === 0 ? 0 : Math.min(groupElements - skip, count);
    this.#fillAside(bound, skip, head, byteOffset);
    const groups = Math.floor((count - head) / groupElements);
    const done = head + groupElements * this.#fillInPlace(bound, groups, byteOffset + elementBytes * head);
    this.#fillAside(bound, 0, count - done, byteOffset + elementBytes * done);
  }

  /** @returns  how many groups it filled: all but as many as a window has, or none */
  #fillInPlace({ inPlace, memory }: BoundFill, groups: number, byteOffset: number): number {
    const filled = groups - WINDOW_GROUPS;
    if (inPlace === undefined || filled < LEAST_IN_PLACE) return 0;
    this.#window.lend(memory, byteOffset);
    inPlace(byteOffset, byteOffset, filled);
    this.#window.takeBack(memory, byteOffset + GROUP_BYTES * filled, filled);
    return filled;
  }

  #fillAside({ aside, memory }: BoundFill, skip: number, count: number, byteOffset: number): void {
    const { elementBytes, groupElements, fill } = aside;
    let begin = skip;
    for (let done = 0; done < count;) {
      const end = Math.min(begin + count - done, ASIDE_GROUPS * groupElements);
      fill(this.#window.raw, this.#valuesAt, Math.ceil(end / groupElements));
      const made = new Uint8Array(
        this.#own.buffer,
        this.#valuesAt + elementBytes * begin,
        elementBytes * (end - begin),
      );
      new Uint8Array(memory.buffer, byteOffset + elementBytes * done, made.length).set(made);
      this.#window.advance(Math.floor(end / groupElements));
      done += end - begin;
      begin = 0;
    }
  }

  /** Remembers the last: chunks of a tensor follow one another. */
  #bind(draw: TorchDraw, memory: SharedMemory): BoundFill | undefined {
    const last = this.#last;
    if (last?.draw === draw && last.memory === memory) return last;
    const aside = bindTorch(this.#ownKernels, draw);
    if (aside === undefined) return undefined;
    const fits = aside.elementBytes * aside.groupElements === GROUP_BYTES;
    const inPlace = fits ? bindTorch(this.#kernelsOn(memory), draw)?.fill : undefined;
    return (this.#last = { draw, memory, inPlace, aside });
  }

  #kernelsOn(memory: SharedMemory): Kernels {
    const known = this.#kernels.get(memory);
    if (known !== undefined) return known;
    const kernels = kernelsOn(this.#code, undefined, memory);
    this.#kernels.set(memory, kernels);
    return kernels;
  }
}
