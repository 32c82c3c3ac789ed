/**
 * Chooses the streams of a fill, by seed, name and offset.
 * @module
 */
import { nameTensor } from '../base/wording.js';
import { checkSeed } from '../domain/streams/seed.js';
import { checkName } from '../domain/tensors/names.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import { checkOffset, type FillOptions } from './fill-options.js';

export interface Streams {
  readonly seed: bigint;
  readonly name: string;
  /** The index of the tensor's first element in the logical tensor. */
  readonly offset: number;
}

type Checked = Omit<Streams, 'name'> & { readonly name: string | undefined };

/** The streams of one engine's fills: it numbers those without a name. */
export class StreamChooser {
  readonly #seed: bigint;
  #unnamedFills = 0;

  constructor(seed: bigint) {
    this.#seed = seed;
  }

  /** @throws {ValueError} BAD_SEED, BAD_OFFSET, BAD_NAME */
  choose(tensor: AnyTensor, options: FillOptions): Streams {
    const { seed, offset, name } = this.check(tensor, options);
    return { seed, offset, name: name ?? `#${this.#unnamedFills++}` };
  }

  /**
   * The same without using up a number.
   * @throws {ValueError} BAD_SEED, BAD_OFFSET, BAD_NAME
   */
  check(tensor: AnyTensor, { seed = this.#seed, offset = 0, name = tensor.name }: FillOptions): Checked {
    return {
      seed: checkSeed(seed),
      offset: checkOffset(offset, tensor.length, nameTensor(tensor.name)),
      name: name === undefined ? undefined : checkName(name),
    };
  }
}
