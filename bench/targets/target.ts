/**
 * A target: a number that the project set itself, and how to find the measured one among the answers.
 * @module
 */
import type { Figure, GridTable, NamedAnswer, ThroughputRow, ThroughputTable } from '../measure/answer.js';

export interface Found {
  readonly value: number;
  readonly note?: string;
}

export interface Target {
  readonly label: string;
  readonly unit: string;
  /** The floor, which must be reached: a plain prototype reached it on two cores. */
  readonly floor: number;
  /** The aim beyond the floor. */
  readonly aim: number;
  readonly isLowerBetter: boolean;
  /** The question that measures it. */
  readonly question: string;
  readonly read: (answer: NamedAnswer) => Found | undefined;
}

export type Bounds = readonly [floor: number, aim: number];

/** One number was promised. */
export const owed = (bound: number): Bounds => [bound, bound];

export const ofFill = (
  label: string,
  [floor, aim]: Bounds,
  question: string,
  read: Target['read'],
): Target => ({
  ...{ label, unit: 'of fill', floor, aim, isLowerBetter: false, question, read },
});

export const atMost = (
  label: string,
  unit: string,
  [floor, aim]: Bounds,
  question: string,
  read: Target['read'],
): Target => ({
  ...{ label, unit, floor, aim, isLowerBetter: true, question, read },
});

export const found = (value: number | undefined): Found | undefined =>
  value === undefined ? undefined : { value };

const throughputs = ({ tables }: NamedAnswer, label: string): ThroughputRow[] =>
  tables
    .filter((table): table is ThroughputTable => table.kind === 'throughput')
    .flatMap(({ rows }) => rows)
    .filter((row) => row.label === label);

export const figures = ({ tables }: NamedAnswer): Figure[] =>
  tables.flatMap((table) => (table.kind === 'figures' ? table.rows : []));

/** Chooses among rows of the same label. */
export type ChooseThreads = (counts: readonly number[]) => number;

export const one: ChooseThreads = () => 1;
export const most: ChooseThreads = (counts) => Math.max(...counts);

/** The row's ratio to its ceiling. */
export const ratio =
  (label: string, threads?: ChooseThreads): Target['read'] =>
  (answer) => {
    const rows = throughputs(answer, label);
    const wanted = threads?.(rows.map((row) => row.threads));
    const row = rows.find((candidate) => wanted === undefined || candidate.threads === wanted);
    return found(row?.ofCeiling?.median);
  };

export const figure =
  (label: string): Target['read'] =>
  (answer) =>
    found(figures(answer).find((row) => row.label === label)?.value);

/** A number of a grid, by its row and column. */
export const cell =
  (label: string, column: string): Target['read'] =>
  ({ tables }) => {
    const grids = tables.filter((table): table is GridTable => table.kind === 'grid');
    const cells = grids.map(({ rows, columns }) => {
      const row = rows.find((candidate) => candidate.label === label);
      return row?.values[columns.indexOf(column)];
    });
    return found(cells.find((value) => value !== undefined));
  };

/** Microseconds of a call. */
export const callOf =
  (label: string, elementCount: number): Target['read'] =>
  (answer) => {
    const row = throughputs(answer, label).find((candidate) => candidate.elementCount === elementCount);
    return found(row && row.elapsedMs.median * 1000);
  };
