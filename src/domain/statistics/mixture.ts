/**
 * The distribution of a tensor whose elements are drawn in different ways, so many in each.
 *
 * The verdict's bounds hold for it as for one distribution: the means of values with fixed shares vary less than those of values that
 * each choose their way by chance, and Bernstein's inequality needs no equal distributions. Massart's does, so `shareError` is larger
 * by 1 / sqrt(n). That is enough without his inequality up to 10^10 elements: by Hoeffding's (JASA 58(301), 1963, theorem 1,
 * https://doi.org/10.1080/01621459.1963.10500830), which holds for unequal distributions, at 16 sqrt(n) quantiles, between which
 * a share is off by at most 1 / (16 sqrt(n)) more. For more elements it is enough if the probability is at most e^15 times Massart's;
 * Bretagnolle ("Statistique de Kolmogorov-Smirnov pour un échantillon non équiréparti", Colloq. CNRS 307, 1980) has a constant
 * that does not depend on n.
 * @module
 */
import { leastBlurAt } from './blur.js';
import { MOST_LEVELS } from './distinct-values.js';
import { levelDistribution, type ExpectedDistribution } from './laws.js';

export interface Component {
  /** Elements that are drawn so. */
  readonly count: number;
  readonly of: ExpectedDistribution;
}

/** Undefined where values leak: they could not be told from those of another component. */
export function mixtureOf(components: readonly Component[]): ExpectedDistribution | undefined {
  const [first, ...others] = components;
  if (first === undefined || components.some(({ of }) => of.leak !== undefined)) return undefined;
  if (others.length === 0) return first.of;
  return levelMixture(components) ?? realMixture(components);
}

/** Undefined unless every component has levels, and few of them together. */
function levelMixture(components: readonly Component[]): ExpectedDistribution | undefined {
  const shares = sumLevels(
    components,
    ({ count, of }) => of.levels && [...of.levels].map(([value, share]) => [value, share * count]),
  );
  if (shares === undefined || shares.size > MOST_LEVELS) return undefined;
  const count = countOf(components);
  const counts = sumLevels(components, countsOf);
  return {
    ...levelDistribution(new Map([...shares].map(([value, times]) => [value, times / count]))),
    // As its values are counted, a level may lie on the edge of a bin.
    blurAt: leastBlurAt,
    blur: Math.max(...components.map(({ of }) => of.blur)),
    shareError: shareErrorOf(components),
    ...(counts && { counts }),
  };
}

type Occurrences = readonly (readonly [value: number, times: number])[];

/** How often each value occurs, where nothing about it is random. */
function countsOf({ count, of: { levels, counts } }: Component): Occurrences | undefined {
  if (counts !== undefined) return [...counts];
  return levels?.size === 1 ? [...levels.keys()].map((value) => [value, count]) : undefined;
}

/** Ascending; undefined if it is undefined for one of them. */
function sumLevels(
  components: readonly Component[],
  occurrencesOf: (component: Component) => Occurrences | undefined,
): ReadonlyMap<number, number> | undefined {
  const sums = new Map<number, number>();
  for (const component of components) {
    const occurrences = occurrencesOf(component);
    if (occurrences === undefined) return undefined;
    for (const [value, times] of occurrences) sums.set(value + 0, (sums.get(value + 0) ?? 0) + times);
  }
  return new Map([...sums].sort(([a], [b]) => a - b));
}

function realMixture(components: readonly Component[]): ExpectedDistribution {
  const count = countOf(components);
  const mean = sum(components, ({ count: n, of }) => (n / count) * of.mean);
  const parts = components.map(({ count: n, of }) => ({ share: n / count, of, distance: of.mean - mean }));
  const std = Math.sqrt(sum(parts, ({ share, of, distance }) => share * (of.std ** 2 + distance ** 2)));
  const fourth = sum(parts, ({ share, of, distance }) => share * fourthMoment(of, distance));
  return {
    mean,
    std,
    kurtosis: std === 0 ? undefined : fourth / std ** 4,
    lowest: Math.min(...parts.map(({ of }) => of.lowest)),
    highest: Math.max(...parts.map(({ of }) => of.highest)),
    shareBelow: (x) => sum(parts, ({ share, of }) => share * shareWithin(of, x)),
    // A level of a component may lie on the edge of a bin.
    blurAt: (x) => Math.max(leastBlurAt(x), ...parts.map(({ of }) => of.blurAt(x))),
    blur: Math.max(...parts.map(({ of }) => of.blur)),
    ...squareErrorOf(parts, std),
    shareError: shareErrorOf(components),
  };
}

const countOf = (components: readonly Component[]): number => sum(components, ({ count }) => count);

const shareErrorOf = (components: readonly Component[]): number =>
  Math.max(...components.map(({ of }) => of.shareError ?? 0)) + 1 / Math.sqrt(countOf(components));

/**
 * If every component has an exact mean square about the common mean, so has the mixture; single values are such components. About
 * another mean than a component's own, its mean counts too, which is random.
 */
function squareErrorOf(
  parts: readonly { readonly share: number; readonly of: ExpectedDistribution; readonly distance: number }[],
  std: number,
): Pick<ExpectedDistribution, 'squareError'> {
  const isExact = parts.every(
    ({ of, distance }) => distance === 0 && (of.std === 0 || of.squareError !== undefined),
  );
  if (!isExact || std === 0) return {};
  return { squareError: sum(parts, ({ share, of }) => share * (of.squareError ?? 0)) };
}

/**
 * About the mixture's mean. Where a component may be skewed, the largest that it can be: the square of a skewness is less than the
 * kurtosis (Pearson, Phil. Trans. A 216, 1916, https://doi.org/10.1098/rsta.1916.0009).
 */
function fourthMoment({ mean, std, kurtosis = 1, lowest, highest }: ExpectedDistribution, d: number): number {
  const isSymmetric = std === 0 || Math.abs(highest - mean - (mean - lowest)) <= 1e-6 * std;
  const skewness = isSymmetric ? 0 : Math.sqrt(Math.max(kurtosis - 1, 0));
  return kurtosis * std ** 4 + 4 * Math.abs(d) * skewness * std ** 3 + 6 * d * d * std * std + d ** 4;
}

const shareWithin = ({ lowest, highest, shareBelow }: ExpectedDistribution, x: number): number =>
  x < lowest ? 0 : x >= highest ? 1 : shareBelow(x);

const sum = <T>(items: readonly T[], term: (item: T) => number): number =>
  items.reduce((total, item) => total + term(item), 0);
