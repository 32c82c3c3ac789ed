interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

export function coveredIntervals(functions: readonly { readonly ranges: readonly Range[] }[]): number[];
export function union(a: readonly number[], b: readonly number[]): number[];
export function covers(intervals: readonly number[], offset: number): boolean;
