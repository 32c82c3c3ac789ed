/**
 * The answer to a question, for the terminal, results.json and the page: tables of rows, not formatted text.
 * @module
 */
import { DEFAULT_DTYPE, DTYPES } from '#built/domain/tensors/dtypes.js';
import { summarise, type Quartiles } from './statistics.js';

/** A contestant is ours, the ceiling that the others are compared with, another way to fill, or another library. */
export type Role = 'jumpfill' | 'ceiling' | 'fill' | 'peer';

/** One contestant's times over the same elements. */
export interface ThroughputRow {
  readonly label: string;
  /** Rows of one series are one line of a chart. */
  readonly series: string;
  readonly role: Role;
  readonly threads: number;
  readonly elementCount: number;
  /** Bytes of an element, the mean of a model's. @defaultValue BYTES_PER_ELEMENT */
  readonly byteWidth?: number;
  /** Every counted run, in order. */
  readonly roundsMs: readonly number[];
  readonly elapsedMs: Quartiles;
  /** The ceiling's time over this row's, round by round: 1 is as fast as the ceiling. */
  readonly ofCeiling?: Quartiles;
}

/** A single number, or a sample of it. */
export interface Figure {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly spread?: Quartiles;
  readonly note?: string;
}

/** The chart of a table of throughputs. */
export type Chart =
  | { readonly kind: 'lines'; readonly x: 'threads' | 'elementCount' }
  | { readonly kind: 'bars'; readonly scale: 'linear' | 'log' };

export interface ThroughputTable {
  readonly kind: 'throughput';
  readonly title: string;
  readonly rows: readonly ThroughputRow[];
  /** The title of the ratio's column. @defaultValue 'of fill' */
  readonly ratio?: string;
  readonly chart?: Chart;
}

/** A row of several numbers. */
export interface GridRow {
  readonly label: string;
  /** One a column; undefined leaves the cell empty. */
  readonly values: readonly (number | undefined)[];
}

export interface GridTable {
  readonly kind: 'grid';
  readonly title: string;
  /** The titles of the columns, with units. */
  readonly columns: readonly string[];
  readonly rows: readonly GridRow[];
}

export type Table =
  | ThroughputTable
  | { readonly kind: 'figures'; readonly title: string; readonly rows: readonly Figure[] }
  | GridTable;

export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface Answer {
  readonly tables: readonly Table[];
  /** Notes on how to read the tables, and on their limits. */
  readonly notes: readonly string[];
  readonly leftOut?: readonly LeftOut[];
}

/** Facts by what they are: processor, Node, commit, date, command. */
export type Facts = Readonly<Record<string, string>>;

/** The conditions of an answer, which decide whether its numbers count for a target. */
export interface Conditions {
  readonly isQuick: boolean;
  readonly threads: number;
  readonly elements: number;
}

export interface NamedAnswer extends Answer {
  readonly name: string;
  readonly asks: string;
  /** The machine and date of this answer: answers of one file may come from several runs. */
  readonly machine: Facts;
  readonly conditions: Conditions;
}

export interface Results {
  /** The machine of the last run. */
  readonly machine: Facts;
  readonly answers: readonly NamedAnswer[];
}

/** The width where no dtype is given. */
export const BYTES_PER_ELEMENT = DTYPES[DEFAULT_DTYPE].byteWidth;

/** Thousands of millions of elements a second. */
export const gigaElements = ({ elementCount, elapsedMs }: ThroughputRow): number =>
  elementCount / elapsedMs.median / 1e6;

export const gigaBytes = (row: ThroughputRow): number =>
  gigaElements(row) * (row.byteWidth ?? BYTES_PER_ELEMENT);

export const figureOf = (label: string, unit: string, sample: readonly number[], note?: string): Figure => {
  const spread = summarise(sample);
  return { label, unit, value: spread.median, spread, ...(note !== undefined && { note }) };
};
