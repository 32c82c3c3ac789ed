/**
 * Which bytes of a file have been handed out at least once: streams may read ranges in any order, and some of them twice.
 * @module
 */

interface Interval {
  readonly start: number;
  readonly end: number;
}

export class CoveredBytes {
  /** In order, apart from each other. */
  #intervals: readonly Interval[] = [];

  /**
   * Covers the bytes start to end - 1.
   * @returns  those of them that were not covered, in order
   */
  cover(start: number, end: number): readonly Interval[] {
    if (start >= end) return [];
    const before = this.#intervals.filter((interval) => interval.end < start);
    const after = this.#intervals.filter((interval) => interval.start > end);
    const touched = this.#intervals.slice(before.length, this.#intervals.length - after.length);
    const joined = {
      start: Math.min(start, touched[0]?.start ?? start),
      end: Math.max(end, touched.at(-1)?.end ?? end),
    };
    this.#intervals = [...before, joined, ...after];
    return gapsOf(touched, start, end);
  }
}

/** What lies between intervals, from start to end. */
function gapsOf(intervals: readonly Interval[], start: number, end: number): readonly Interval[] {
  const gaps: Interval[] = [];
  let from = start;
  for (const interval of intervals) {
    if (interval.start > from) gaps.push({ start: from, end: interval.start });
    from = Math.max(from, interval.end);
  }
  return from < end ? [...gaps, { start: from, end }] : gaps;
}
