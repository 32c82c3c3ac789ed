/**
 * Axes: from values to positions, and where the ticks are.
 * @module
 */

export interface Axis {
  /** Position of a value, between the ends given. */
  readonly toPosition: (value: number) => number;
  readonly ticks: readonly number[];
}

/** From 0 to a round number beyond the largest value. */
export function linearAxis(largest: number, from: number, to: number): Axis {
  const step = chooseStep(largest);
  const top = Math.max(step, Math.ceil(largest / step) * step);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  return { toPosition: (value) => from + (value / top) * (to - from), ticks };
}

/** 1, 2 or 5 times a power of ten, so that there are about five steps. */
function chooseStep(largest: number): number {
  const rough = (largest > 0 ? largest : 1) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * magnitude >= rough) ?? 10;
  return factor * magnitude;
}

/** Whole powers of the base around all values. */
export function logAxis(values: readonly number[], base: number, from: number, to: number): Axis {
  const log = (value: number): number => Math.log(value) / Math.log(base);
  // A hair inside, so that an exact power is its own bound.
  const low = Math.floor(log(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(log(Math.max(...values)) - 1e-9));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => base ** (low + i));
  return { toPosition: (value) => from + ((log(value) - low) / (high - low)) * (to - from), ticks };
}

/** Equal distances, for values such as thread counts. */
export function stepAxis(values: readonly number[], from: number, to: number): Axis {
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  const gap = (to - from) / ticks.length;
  return { toPosition: (value) => from + gap * (ticks.indexOf(value) + 0.5), ticks };
}
