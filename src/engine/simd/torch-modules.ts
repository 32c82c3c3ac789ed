/**
 * The modules of SIMD code for torch's draws (workers/simd, AssemblyScript): their names and what each exports.
 * @module
 */

export const TORCH_MODULES = ['torch-words', 'torch-normals'] as const;

/**
 * The exports of workers/simd/torch-words.ts. `raw` is the address of the window; groups of 16 words go to `dst`, which may be `raw`, and
 * the next window lies `groups` groups after it.
 */
export interface TorchWordsExports {
  /** The words themselves, for a transform. */
  fillTempered(raw: number, dst: number, groups: number): void;
  skipWords(raw: number, groups: number): void;
  /** Moves the window. */
  slide(to: number, from: number): void;
  /** The sum of the windows at raw + offset, for `count` offsets in bytes. */
  addWindows(raw: number, offsets: number, count: number, dst: number): void;
  fillScaled(raw: number, dst: number, groups: number, scale: number): void;
  fillCentred(raw: number, dst: number, groups: number, scale: number): void;
  fillScaled64(raw: number, dst: number, groups: number, scale: number): void;
  fillCentred64(raw: number, dst: number, groups: number, scale: number): void;
  /** Values from `top` on become `low`, in place. */
  replaceFrom(at: number, groups: number, top: number, low: number): void;
  addExactly(at: number, groups: number, scale: number, low: number, top: number): void;
  addFused(at: number, groups: number, scale: number, low: number, top: number): void;
  addFused64(at: number, groups: number, scale: number, low: number, top: number): void;
}

type TruncateTorch = (words: number, dst: number, blocks: number, mean: number, std: number) => void;

/**
 * The exports of workers/simd/torch-normals.ts: float32 normals of whole blocks of 16 words. mean and std are float32 numbers. Words and
 * values of a call should fit in the first-level cache.
 */
export interface TorchNormalsExports {
  /** 16 normals a block; dst may be `words`. */
  torchNormal(words: number, dst: number, blocks: number, mean: number, std: number): void;
  /**
   * Upstream's truncated normal, 4 values a block. Blocks are rounded up to a multiple of four, for which there must be room, and half as
   * much room again behind the words; dst lies outside of both.
   */
  torchTruncatedNormal: TruncateTorch;
  /** The same for halves: float32 numbers that are still to be narrowed. mean must be a half, and the largest value must not overflow. */
  torchTruncatedNormalFloat16: TruncateTorch;
  torchTruncatedNormalBfloat16: TruncateTorch;
}

/** The exports of each module. */
export interface TorchModuleExports {
  readonly 'torch-words': TorchWordsExports;
  readonly 'torch-normals': TorchNormalsExports;
}
