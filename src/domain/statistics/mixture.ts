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
import type { ExpectedDistribution } from './laws.js';

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
  const count = sum(components, ({ count: n }) => n);
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
    // A component of one value may lie on the edge of a bin.
    blurAt: (x) => Math.max(leastBlurAt(x), ...parts.map(({ of }) => of.blurAt(x))),
    blur: Math.max(...parts.map(({ of }) => of.blur)),
    ...squareErrorOf(parts, std),
    shareError: Math.max(...parts.map(({ of }) => of.shareError ?? 0)) + 1 / Math.sqrt(count),
  };
}

/**
 * About one mean, mean squares that are no matter of chance have a mean that is none; those of single values are among them. About
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
