/**
 * A generator gives a root for a seed and a name, and the words of any block. The table of generators is generators.ts.
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

/** A block's words from some element on. */
export interface WordSource {
  /** Overwrites `out` with the next uint32 words, in block order. Ask for whole steps, except at the end. */
  read(out: Uint32Array): void;
}

export interface Generator {
  /** The state every stream of the tensor is jumped from. */
  root(seed: bigint, name: string): StreamState;
  /**
   * @param block      which block of the logical tensor, from 0
   * @param firstWord  the uint32 word of the block to begin with, the first of a step
   */
  openBlock(root: StreamState, block: number, firstWord: number): WordSource;
}
