/**
 * The report of a verification.
 * @module
 */
import type { GeneratorName } from '../../domain/streams/generators.js';
import type { MetadataDifference } from './compare-facts.js';

/** A value in its dtype, and its bits: as numbers -0 and 0 look alike, and so do all NaNs. */
export interface ElementValue {
  /** Null for a NaN; "-inf" or "inf"; whole numbers beyond 2^53 in decimal digits; `1-2j` for complex numbers. */
  readonly value: number | string | null;
  /** `0x3f800000`; of an element below 8 bits, `0b0110` */
  readonly bits: string;
}

export interface TensorDifference {
  readonly name: string;
  /** The number of checked elements that differ. */
  readonly differing: number;
  readonly first: {
    /** Its index in the row-major tensor. */
    readonly element: number;
    /** The same, one number per dimension. */
    readonly index: readonly number[];
    readonly expected: ElementValue;
    readonly found: ElementValue;
    /** Its position in the file. */
    readonly byteOffset: number;
    readonly file: string;
  };
}

export interface VerifyReport {
  /** Absolute. */
  readonly path: string;
  /** Among what was checked, no element and no fact in the metadata differs, and no tensor is missing: true, too, if nothing could be checked. */
  readonly equal: boolean;
  readonly generator: GeneratorName;
  /** In decimal digits. */
  readonly seed: string;
  readonly threads: number;
  readonly checkedElements: number;
  readonly checkedBytes: number;
  /** The size of all tensors, checked or not. */
  readonly totalBytes: number;
  readonly elapsedMs: number;
  /** In the order of the files. */
  readonly differences: readonly TensorDifference[];
  readonly metadataDifferences: readonly MetadataDifference[];
  /** Tensors that the spec, the metadata or the index name and the checkpoint lacks; with `tensors`, only those. */
  readonly missing: readonly string[];
  /**
   * Kept tensors that were not compared whole, for lack of the checkpoint that they were kept of (`like`); their first and last 4096
   * bytes were, where the metadata record a hash. `equal` is about the rest; a warning tells of them.
   */
  readonly unchecked: readonly string[];
  /** Warnings for people to read. */
  readonly warnings: readonly string[];
  /** The reason why the metadata could not be compared with the spec. */
  readonly metadataFault?: string;
  /** With `sample`, in decimal digits: the same seed checks the same blocks again. */
  readonly sampleSeed?: string;
}
