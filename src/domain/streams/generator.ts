/**
 * Generators: where the words of a draw come from. There are two orders. With streams, every tensor has streams of its own, found by its
 * name, and a draw begins at the first word of them. With a sequence, draws take their words one after the other from the one sequence of a
 * seed. The table of generators is generators.ts.
 * @module
 */
/**
 * Elements of a block, the unit of stream assignment: element i of a tensor always belongs to block
 * floor(i / BLOCK_ELEMENTS). Part of the byte contract; changing it changes every byte.
 */
export const BLOCK_ELEMENTS = 65_536;

/** uint32 words come in steps of this many, for all lanes of a block together. Part of the byte contract. */
export const STEP_WORDS = 16;

/** A generator's state as plain numbers, so that it crosses threads. */
export type StreamState = readonly number[];

/** Words from some position on. */
export interface WordSource {
  /** Overwrites `out` with the next uint32 words. From the streams of a block, ask for whole steps, except at the end. */
  read(out: Uint32Array): void;
}

interface GeneratorFacts {
  /** The byte contract that its draws follow; files record it. A number is never used for another contract. */
  readonly contract: number;
  /** The least seed; one below 0 stands for its remainder modulo 2^64. */
  readonly leastSeed: bigint;
}

/** A generator that gives every tensor streams of its own. */
export interface StreamGenerator extends GeneratorFacts {
  readonly order: 'streams';
  /** The state every stream of the tensor is jumped from. */
  root(seed: bigint, name: string): StreamState;
  /**
   * @param block      which block of the logical tensor, from 0
   * @param firstWord  the uint32 word of the block to begin with, the first of a step
   */
  openBlock(root: StreamState, block: number, firstWord: number): WordSource;
}

/** A generator whose draws follow one another in one sequence of words. */
export interface SequenceGenerator extends GeneratorFacts {
  readonly order: 'sequence';
  /** The state that the seed's sequence begins with. */
  root(seed: bigint): StreamState;
}
