/**
 * torch's CPU generator as its users see it: fills take words from it one after the other, as calls of torch do.
 * @module
 */
import { at } from '../base/at.js';
import type { GeneratorState } from '../domain/torch/generator-state.js';
import type { TorchSequence } from '../domain/torch/sequence.js';
import { OnDemand } from '../engine/host/on-demand.js';
import type * as torchParts from './torch-parts.js';

const parts = new OnDemand<typeof torchParts>('src/api/torch-parts.js');

/** Assigned by the class, whose private fields it reads. */
let readSequence: (generator: TorchGenerator) => TorchSequence;
let isTorchGenerator: (value: object) => value is TorchGenerator;

/**
 * The generator of `torch.manual_seed`: `engine.fill(tensor, init, { generator })` gives the bits that torch gives for the same calls in
 * the same order.
 *
 * A fill takes its words when it is called, so fills with one generator may run at the same time. A fill that is refused takes none. One
 * that is aborted has taken all of its words, even if its signal was aborted before the call.
 *
 * To go on where a torch run stood, save `torch.get_rng_state().numpy().tobytes()` there, and pass the bytes to `setState` here.
 */
export class TorchGenerator {
  /** Where the sequence begins; its cached normal is the sequence's. */
  #start: GeneratorState;
  #sequence: TorchSequence;

  static {
    readSequence = (generator) => generator.#sequence;
    isTorchGenerator = (value) => #sequence in value;
  }

  /**
   * @param seed  as `torch.manual_seed` takes it: a whole number from -2^63 to 2^64 - 1, negative ones modulo 2^64. As in torch, seeds
   *   with the same low 32 bits draw the same words
   * @throws {ValueError} BAD_SEED
   */
  constructor(seed: number | bigint) {
    const { checkSeed, seedState, torch, TorchSequence } = parts.load();
    const initialSeed = checkSeed(seed, 'torch');
    const root = torch.root(initialSeed);
    this.#start = { initialSeed, block: seedState(at(root, 0)), next: 0 };
    this.#sequence = new TorchSequence(root);
  }

  /** The seed, or that of the state set last, from 0 to 2^64 - 1: `torch.initial_seed()`. */
  get initialSeed(): bigint {
    return this.#start.initialSeed;
  }

  /** The words drawn so far, since construction or the last `setState`. */
  get position(): bigint {
    return BigInt(this.#sequence.position);
  }

  /** The state as `torch.get_rng_state()` gives it: 5056 bytes. It takes some milliseconds after a large fill. */
  getState(): Uint8Array<ArrayBuffer> {
    const { encodeState, stateAt } = parts.load();
    const { root, position, cachedNormal } = this.#sequence;
    const start = { ...this.#start, cachedNormal };
    if (position === 0) return encodeState(start);
    const { block, index } = stateAt(root, position - 1);
    return encodeState({ ...start, block, next: index + 1 });
  }

  /**
   * Goes on from a state of torch's, or of another TorchGenerator, with `position` 0.
   * @param bytes  the 5056 bytes of `torch.get_rng_state()`; a Buffer is a Uint8Array, too
   * @throws {ValueError} BAD_BUFFER: no such bytes, or a state that no generator has; this one stays as it was
   */
  setState(bytes: Uint8Array): void {
    const { decodeState, STATE_WORDS, TorchSequence } = parts.load();
    const start = decodeState(bytes);
    const { block, next, cachedNormal } = start;
    this.#start = start;
    this.#sequence = new TorchSequence([...block, next === 0 ? STATE_WORDS : next], {
      firstWord: 0,
      cachedNormal,
    });
  }

  /** Another generator that goes on from here, at the same position. */
  clone(): TorchGenerator {
    const copy = new TorchGenerator(0);
    const { root, position, cachedNormal } = this.#sequence;
    copy.#start = this.#start;
    copy.#sequence = new (parts.load().TorchSequence)(root, { firstWord: position, cachedNormal });
    return copy;
  }
}

/** The sequence of a generator; undefined for anything else. */
export function sequenceOf(generator: unknown): TorchSequence | undefined {
  const isObject = typeof generator === 'object' && generator !== null;
  return isObject && isTorchGenerator(generator) ? readSequence(generator) : undefined;
}
