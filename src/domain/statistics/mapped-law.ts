/**
 * The law of a map of drawn values (value-map.ts): distribution function and density through the map's inverse, moments as sums over the nodes of
 * an integral of the values that are mapped.
 * @module
 */
import { GAUSS } from '../arithmetic/normal-tail.js';
import { applyMap, invertMap, slopeOfMap, type ValueMap } from '../arithmetic/value-map.js';
import { mapInterval } from '../recipes/mapped-values.js';
import { blurOf, leastBlurAt } from './blur.js';
import type { ExpectedDistribution, Law } from './laws.js';

/** A value, and its share of all of them. */
type Node = readonly [value: number, weight: number];

/** A law within bounds, as nodes of an integral too. */
export interface SampledLaw extends Law, Pick<ExpectedDistribution, 'blurAt' | 'blur'> {
  readonly low: number;
  readonly high: number;
  readonly nodes: readonly Node[];
}

const PANELS = 256;

/** Gauss and Legendre's five-point rule on equal panels. */
export function sampleLaw(law: Law, low: number, high: number): SampledLaw {
  const width = (high - low) / PANELS;
  const nodes = Array.from({ length: PANELS }, (_, panel) =>
    GAUSS.map(([node, weight]): Node => {
      const x = low + (panel + node) * width;
      return [x, weight * width * law.density(x)];
    }),
  ).flat();
  const total = nodes.reduce((sum, [, weight]) => sum + weight, 0);
  return {
    ...law,
    ...blurOf(law),
    low,
    high,
    nodes: nodes.map(([x, weight]) => [x, weight / total]),
  };
}

/** The map grows or falls, and a floor gathers what lies below it at one value. */
export function mapLaw(of: SampledLaw, map: ValueMap): SampledLaw {
  const { floor = -Infinity } = map;
  const from = Math.max(of.low, floor);
  const grows = applyMap(map, from) <= applyMap(map, of.high);
  const [low, high] = mapInterval(map, [from, Math.max(of.high, floor)]);
  const within = (y: number): number => Math.min(Math.max(y, low), high);
  const blurAt = (y: number): number => {
    const x = invertMap(map, within(y));
    const blur = of.blurAt(x);
    const ends = [Math.min(x + blur, of.high), Math.max(x - blur, from)];
    return Math.max(...ends.map((end) => Math.abs(applyMap(map, end) - within(y)))) + leastBlurAt(y);
  };
  const nodes = of.nodes.map(([x, weight]): Node => [applyMap(map, x), weight]);
  return {
    ...momentsOf(nodes),
    low,
    high,
    nodes,
    shareBelow: (y) => {
      if (y <= low) return 0;
      if (y > high) return 1;
      const below = of.shareBelow(invertMap(map, y));
      return grows ? below : 1 - below;
    },
    density: (y) => {
      if (y < low || y > high) return 0;
      const x = invertMap(map, y);
      return of.density(x) / Math.abs(slopeOfMap(map, x));
    },
    blurAt,
    blur: Math.sqrt(nodes.reduce((sum, [y, weight]) => sum + weight * blurAt(y) ** 2, 0)),
  };
}

function momentsOf(nodes: readonly Node[]): Pick<Law, 'mean' | 'std' | 'kurtosis'> {
  const moment = (power: number, centre: number): number =>
    nodes.reduce((sum, [y, weight]) => sum + weight * (y - centre) ** power, 0);
  const mean = moment(1, 0);
  const variance = moment(2, mean);
  return { mean, std: Math.sqrt(variance), kurtosis: moment(4, mean) / (variance * variance) };
}
