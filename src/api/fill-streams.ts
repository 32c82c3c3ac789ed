/**
 * Chooses where the words of a fill come from: streams by seed, name and offset, or the sequence of a generator.
 * @module
 */
import { ValueError } from '../base/errors.js';
import { nameTensor, show } from '../base/wording.js';
import { checkName } from '../domain/tensors/names.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import type { TorchSequence } from '../domain/torch/sequence.js';
import {
  checkOffset,
  checkStreamSeed,
  STREAM_KEYS,
  type FillOptions,
  type StreamOptions,
} from './fill-options.js';
import { sequenceOf } from './torch-generator.js';

export interface Streams {
  readonly seed: bigint;
  readonly name: string;
  /** The index of the tensor's first element in the logical tensor. */
  readonly offset: number;
}

type Checked = Omit<Streams, 'name'> & { readonly name: string | undefined };

/** The streams of one engine's fills: it numbers those without a name. */
export class StreamChooser {
  readonly #engine: { readonly seed: bigint };
  #unnamedFills = 0;

  constructor(engine: { readonly seed: bigint }) {
    this.#engine = engine;
  }

  /** @throws {ValueError} BAD_SEED, BAD_OFFSET, BAD_NAME */
  choose(tensor: AnyTensor, options: StreamOptions): Streams {
    const { seed, offset, name } = this.check(tensor, options);
    return { seed, offset, name: name ?? `#${this.#unnamedFills++}` };
  }

  /**
   * The same without using up a number.
   * @throws {ValueError} BAD_SEED, BAD_OFFSET, BAD_NAME
   */
  check(
    tensor: AnyTensor,
    { seed = this.#engine.seed, offset = 0, name = tensor.name }: StreamOptions,
  ): Checked {
    return {
      seed: checkStreamSeed(seed),
      offset: checkOffset(offset, tensor.length, nameTensor(tensor.name)),
      name: name === undefined ? undefined : checkName(name),
    };
  }
}

/**
 * The sequence of a fill's generator; undefined for a fill from streams.
 * @param where  what a message calls the tensor
 * @throws {ValueError} BAD_OPTION: not a TorchGenerator, or an option beside it that chooses streams
 */
export function checkSequence(options: FillOptions, where: string): TorchSequence | undefined {
  const generator: unknown = options.generator;
  if (generator === undefined) return undefined;
  const sequence = sequenceOf(generator);
  if (sequence === undefined) {
    const found = `${where}: the generator is ${show(generator)}.`;
    throw new ValueError(
      'BAD_OPTION',
      found,
      'Pass a TorchGenerator of this copy of jumpfill: new TorchGenerator(seed).',
    );
  }
  const beside = STREAM_KEYS.find((key) => options[key] !== undefined);
  if (beside === undefined) return sequence;
  throw new ValueError(
    'BAD_OPTION',
    `${where}: a generator and the option ${beside} are both given.`,
    'Leave one of them out: seed, name and offset choose streams, and a generator gives its next words.',
  );
}
