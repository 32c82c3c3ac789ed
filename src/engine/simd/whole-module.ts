/**
 * The module of SIMD code for whole numbers and two values (workers/simd, AssemblyScript): what it exports.
 * @module
 */

type FillTwo<Pattern> = (dst: number, groups: number, last: number, below: Pattern, other: Pattern) => void;

type FillIntegers<Low> = (dst: number, groups: number, range: number, low: Low) => void;

/**
 * The exports of workers/simd/whole-fills.ts, from the lane states on: groups of 16 elements, 8 of integers. `range` and `last`, one less,
 * are unsigned.
 */
export interface WholeFillsExports {
  fillBits8(dst: number, groups: number): void;
  fillBits16(dst: number, groups: number): void;
  /** Patterns of that many bits: `below` for words up to `last`. */
  readonly fillTwo8: FillTwo<number>;
  readonly fillTwo16: FillTwo<number>;
  readonly fillTwo32: FillTwo<number>;
  readonly fillTwo64: FillTwo<bigint>;
  /** A range of less than 2^32 numbers, from low on. */
  readonly fillIntegers8: FillIntegers<number>;
  readonly fillIntegers16: FillIntegers<number>;
  readonly fillIntegers32: FillIntegers<number>;
  readonly fillIntegers64: FillIntegers<bigint>;
  readonly fillIntegersFloat32: FillIntegers<number>;
  readonly fillIntegersFloat64: FillIntegers<number>;
  /** A range of 2^32. */
  fillUpperHalves(dst: number, groups: number, low: number): void;
  /** Numbers from low to low + last, from 64-bit words in place. */
  spreadWords64(at: number, groups: number, last: bigint, low: bigint): void;
  spreadWordsFloat64(at: number, groups: number, last: bigint, low: bigint): void;
}
