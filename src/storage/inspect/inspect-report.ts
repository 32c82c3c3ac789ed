/**
 * The report of an inspection: plain data that JSON holds unchanged.
 * @module
 */
import type { Figures } from '../../domain/statistics/figures.js';
import type { Histogram } from '../../domain/statistics/histogram.js';
import type { InitJson } from '../../domain/recipes/init.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import type { Verdict } from '../../domain/statistics/verdict.js';
import type { RecordedFacts } from '../format/tensor-metadata.js';

export interface InspectReport {
  /** Absolute. */
  readonly path: string;
  readonly files: readonly InspectedFile[];
  /** The entries of `__metadata__` that all files share, without this package's own. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The source of the expectations; left out if there are none. */
  readonly recipe?: RecipeSource;
  readonly elementCount: number;
  /** The size of all tensors. */
  readonly byteLength: number;
  readonly threads: number;
  readonly elapsedMs: number;
  /** In the order of the files. */
  readonly tensors: readonly InspectedTensor[];
  /** The number of tensors with each verdict. */
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** Tensors that the spec, the metadata or the index name and the checkpoint lacks. */
  readonly missing: readonly string[];
  /** Warnings for people to read. */
  readonly warnings: readonly string[];
}

export interface InspectedFile {
  /** Absolute. */
  readonly path: string;
  readonly byteLength: number;
  readonly tensorCount: number;
}

export type RecipeSource =
  | { readonly from: 'spec'; readonly generator: GeneratorName }
  /** `seed` in decimal digits. */
  | {
      readonly from: 'metadata';
      readonly version: string;
      readonly generator: GeneratorName;
      readonly seed: string;
    };

export interface InspectedTensor {
  readonly name: string;
  /** As in the header: `BF16`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly elementCount: number;
  readonly byteLength: number;
  /** Index into the files. */
  readonly file: number;
  /** Left out for dtypes that cannot be measured: F4, F6 and C64. */
  readonly figures?: Figures;
  /** Left out for a tensor without a finite value. */
  readonly histogram?: Histogram;
  /** Each value and its share, ascending: for a tensor with few values that come often, or whose recipe has levels. */
  readonly levels?: readonly Level[];
  /** The facts that the metadata record. */
  readonly stored?: RecordedFacts;
  /** The distribution that its recipe draws. */
  readonly expected?: Expected;
  /** Values beyond 2 standard deviations; only for xbtorch's truncated normal, drawn by torch's generator. */
  readonly leak?: FoundLeak;
  readonly verdict: Verdict;
}

/** Numbers of values. */
export interface FoundLeak {
  readonly expected: number;
  readonly found: number;
}

export type Level = readonly [value: number, share: number];

export interface Expected {
  readonly init: InitJson;
  /** No value lies outside. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** Left out for a constant. */
  readonly kurtosis?: number;
  readonly weightScale?: number;
  /** The value of one code before division by the weight scale. */
  readonly step?: number;
  /** Value and probability density, at equal distances over the histogram's interval; left out for codes and constants. */
  readonly density?: readonly (readonly [value: number, density: number])[];
  /** For codes and constants: each value and its probability. */
  readonly levels?: readonly Level[];
}
