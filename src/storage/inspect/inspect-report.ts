/**
 * What inspecting a checkpoint comes to: plain data that JSON holds as it is.
 * @module
 */
import type { Figures } from '../../domain/statistics/figures.js';
import type { Histogram } from '../../domain/statistics/histogram.js';
import type { InitJson } from '../../domain/recipes/init.js';
import type { Verdict } from '../../domain/statistics/verdict.js';
import type { RecordedFacts } from '../format/tensor-metadata.js';

export interface InspectReport {
  /** Absolute. */
  readonly path: string;
  readonly files: readonly InspectedFile[];
  /** What all files say alike in `__metadata__`, but for this package's own entry. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the expectations come from; left out if there are none. */
  readonly recipe?: RecipeSource;
  readonly elementCount: number;
  /** Of all tensors. */
  readonly byteLength: number;
  readonly threads: number;
  readonly elapsedMs: number;
  /** In the order of the files. */
  readonly tensors: readonly InspectedTensor[];
  /** How many tensors have which verdict. */
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** Tensors that should be there, by the spec, the metadata or the index, and are not. */
  readonly missing: readonly string[];
  /** What a person should know. */
  readonly warnings: readonly string[];
}

export interface InspectedFile {
  /** Absolute. */
  readonly path: string;
  readonly byteLength: number;
  readonly tensorCount: number;
}

export type RecipeSource =
  | { readonly from: 'spec' }
  /** The seed in decimal digits. */
  | { readonly from: 'metadata'; readonly version: string; readonly seed: string };

export interface InspectedTensor {
  readonly name: string;
  /** As in the header: `BF16`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly elementCount: number;
  readonly byteLength: number;
  /** Index into the files. */
  readonly file: number;
  /** Left out of dtypes that are not measured: F4, F6 and C64. */
  readonly figures?: Figures;
  /** Left out without a finite value. */
  readonly histogram?: Histogram;
  /** Each value and its share, ascending: of a tensor of few values that come often, and of one whose recipe has levels. */
  readonly levels?: readonly Level[];
  /** What the metadata tell of it. */
  readonly stored?: RecordedFacts;
  /** What its recipe makes of it. */
  readonly expected?: Expected;
  readonly verdict: Verdict;
}

export type Level = readonly [value: number, share: number];

export interface Expected {
  readonly init: InitJson;
  /** No value lies outside. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** Left out of a constant. */
  readonly kurtosis?: number;
  readonly weightScale?: number;
  /** What a code is worth before the weight scale is divided out. */
  readonly step?: number;
  /** Value and probability density, at equal distances over the histogram's interval; left out of codes and constants. */
  readonly density?: readonly (readonly [value: number, density: number])[];
  /** Of codes and constants. */
  readonly levels?: readonly Level[];
}
