/**
 * Measures the bounded normal kernel over many intervals: errors of the distance from the anchor, relative to it.
 * @module
 */
import { boundedNormalParameters, signedDelta } from '#built/domain/kernels/bounded-normal.js';
import { exactDelta } from './reference/bounded-normal.js';

const INTERVALS: readonly (readonly [low: number, high: number])[] = [
  ...[0, 1e-9, 0.01, 0.1, 0.3, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 12, 20, 60, 1000, 1e6].map(
    (low) => [low, Infinity] as const,
  ),
  ...([
    [-2, 2],
    [-1, 30],
    [-1e-3, 1e-3],
    [5, 5.0001],
    [6, 7],
    [-40, -39.9],
    [-Infinity, -3],
    [-Infinity, Infinity],
  ] as const),
];
const WORDS = 200_000;

function measure(low: number, high: number): number {
  const parameters = boundedNormalParameters(0, 1, low, high);
  const exact = exactDelta(low, high);
  let worst = 0;
  let sum = 0;
  let inversions = 0;
  let previous = -Infinity;
  for (let i = 0; i < WORDS; i++) {
    const word = Math.floor(((i + 0.4) / WORDS) * 2 ** 32) - 2 ** 31;
    const wanted = exact(word);
    const found = signedDelta(word, parameters);
    const error = Math.abs(found / wanted - 1);
    worst = Math.max(worst, error);
    sum += error;
    if (found < previous) inversions++;
    previous = found;
  }
  const mean = (sum / WORDS).toExponential(2);
  console.log(`[${low}, ${high}]: max ${worst.toExponential(2)}, mean ${mean}, ${inversions} out of order`);
  return worst;
}

export function run(): void {
  const errors = INTERVALS.map(([low, high]) => measure(low, high));
  console.log(`largest: ${Math.max(...errors).toExponential(2)}`);
}
