/**
 * Mean and central moments of many values, from runs that are measured on their own and combined: one pass, no loss.
 *
 * Each run is summed in powers of the distance from a centre near its mean, and runs are combined by the formulas of Chan,
 * Golub and LeVeque, The American Statistician 37(3), 1983, https://doi.org/10.1080/00031305.1983.10483115, for the third and
 * fourth moments those of Pébay, SAND2008-6212, 2008, https://doi.org/10.2172/1028931. Runs are combined pairwise in the order of
 * the tensor, so the figures do not depend on which thread measured which run, and the error grows with the logarithm of their
 * number.
 * @module
 */

/** Moments of finite values. m2 to m4 are sums, not means, of powers of the distances from the mean. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
}

export const NO_MOMENTS: Moments = { count: 0, mean: 0, m2: 0, m3: 0, m4: 0 };

/** Sums of the first four powers of the distances of `count` values from a centre. */
export interface PowerSums {
  readonly count: number;
  readonly centre: number;
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
  readonly s4: number;
}

/** Moves the origin of the powers from the centre to the mean. What cancels is small if the centre lies near the mean. */
export function momentsOf({ count, centre, s1, s2, s3, s4 }: PowerSums): Moments {
  if (count === 0) return NO_MOMENTS;
  const e = s1 / count;
  const e2 = e * e;
  return {
    count,
    mean: centre + e,
    m2: Math.max(s2 - e * s1, 0),
    m3: s3 - 3 * e * s2 + 2 * e2 * s1,
    m4: Math.max(s4 - 4 * e * s3 + 6 * e2 * s2 - 3 * e2 * e * s1, 0),
  };
}

export function combineMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const delta = b.mean - a.mean;
  const shareA = a.count / count;
  const shareB = b.count / count;
  const step = delta * delta;
  // In shares of the whole: products of counts may exceed the integers that a double holds.
  const between = shareA * shareB * count;
  return {
    count,
    mean: a.mean + delta * shareB,
    m2: a.m2 + b.m2 + step * between,
    m3:
      a.m3 + b.m3 + step * delta * between * (shareA - shareB) + 3 * delta * (shareA * b.m2 - shareB * a.m2),
    m4:
      a.m4 +
      b.m4 +
      step * step * between * (shareA * shareA - shareA * shareB + shareB * shareB) +
      6 * step * (shareA * shareA * b.m2 + shareB * shareB * a.m2) +
      4 * delta * (shareA * b.m3 - shareB * a.m3),
  };
}

/** Combines runs pairwise, in order. */
export function combineAll(runs: readonly Moments[]): Moments {
  if (runs.length <= 2) return runs.reduce(combineMoments, NO_MOMENTS);
  const middle = Math.ceil(runs.length / 2);
  return combineMoments(combineAll(runs.slice(0, middle)), combineAll(runs.slice(middle)));
}

/** @param counts  of each value how often it occurs; they may be shares of a whole */
export function weightedMoments(counts: ReadonlyMap<number, number>): Moments {
  let count = 0;
  let sum = 0;
  counts.forEach((times, value) => {
    if (times === 0) return;
    count += times;
    sum += times * value;
  });
  if (count === 0) return NO_MOMENTS;
  const centre = sum / count;
  const sums = { count, centre, s1: 0, s2: 0, s3: 0, s4: 0 };
  counts.forEach((times, value) => {
    if (times === 0) return;
    const d = value - centre;
    const square = d * d;
    sums.s1 += times * d;
    sums.s2 += times * square;
    sums.s3 += times * square * d;
    sums.s4 += times * square * square;
  });
  return momentsOf(sums);
}

/** Moments as a person reads them. */
export interface Spread {
  readonly mean: number;
  /** Divided by the number of values, not by one less. */
  readonly std: number;
  /** Pearson's: a normal distribution has 3. Undefined if all values are the same. */
  readonly kurtosis: number | undefined;
}

/** Undefined if there are no values, or if their powers overflow. */
export function spreadOf({ count, mean, m2, m4 }: Moments): Spread | undefined {
  const std = Math.sqrt(m2 / count);
  if (count === 0 || !Number.isFinite(mean) || !Number.isFinite(std)) return undefined;
  const kurtosis = (m4 / m2) * (count / m2);
  return { mean, std, kurtosis: m2 > 0 && kurtosis > 0 && kurtosis < Infinity ? kurtosis : undefined };
}
