/**
 * As normal-tail.ts, to the last digits of a double: depth(a, delta) = -ln(Q(a + delta) / Q(a)), its derivative in delta, which is the
 * hazard rate, and its inverse. The hazard rate is a double-double, so the difference of two near ones keeps its digits.
 * Only + - * / (double-double.ts): every engine gets the same doubles.
 * @module
 */
import { add, divide, multiply, subtract, twoProduct, twoSum, type DoubleDouble } from './double-double.js';
import { deltaAtDepth, FRACTION_FROM, fractionLevels, GAUSS, NARROW } from './normal-tail.js';
import { logarithm, logarithmOnePlus } from './portable-math.js';

/** sqrt(pi / 2). */
const SQRT_HALF_PI: DoubleDouble = [1.2533141373155003, -9.164289990229583e-17]; // 0x3ff40d931ff62706, 0xbc9a6a0d6f814637
const ONE: DoubleDouble = [1, 0];
/** If a or delta is as large as this, the logarithm contributes less than 2^-75 of the depth. */
const FAR = 2 ** 40;

/**
 * The hazard rate phi(x) / Q(x), the reciprocal of Mills' ratio, x >= 0; within 2^-62 relative, of which a double keeps 53.
 * Laplace's continued fraction and the series of normal-tail.ts: NIST Handbook, 7.9.2 and 7.6.2, https://dlmf.nist.gov/7.
 */
export function hazardRate(x: number): DoubleDouble {
  if (x >= FAR) return [x, 1 / x];
  if (x >= FRACTION_FROM) {
    let tail: DoubleDouble = [x, 0];
    for (let level = fractionLevels(x); level >= 1; level--) tail = add([x, 0], quotient(level, tail));
    return tail;
  }
  const square = twoProduct(x, x);
  let sum: DoubleDouble = [0, 0];
  for (let odd = 75; odd >= 3; odd -= 2) sum = multiply(add(ONE, sum), divide(square, [odd, 0]));
  const half: DoubleDouble = [square[0] / 2, square[1] / 2];
  let power = ONE;
  for (let k = 42; k >= 1; k--) power = add(ONE, multiply(power, divide(half, [k, 0])));
  const mills = subtract(multiply(SQRT_HALF_PI, power), multiply([x, 0], add(ONE, sum)));
  return divide(ONE, mills);
}

/** level / tail within 2^-100, for the continued fraction: shorter than divide. */
function quotient(level: number, tail: DoubleDouble): DoubleDouble {
  const first = level / tail[0];
  const [product, error] = twoProduct(first, tail[0]);
  return [first, (level - product - error - first * tail[1]) / tail[0]];
}

/** -ln(Q(a + delta) / Q(a)) for a >= 0 and delta >= 0; Infinity for an infinite delta. Within 1e-15 relative. */
export function depth64(a: number, delta: number): number {
  const straight = delta * (a + delta / 2);
  if (a >= FAR || delta >= FAR) return straight;
  if (delta <= NARROW && a < 1 / NARROW)
    return delta * GAUSS.reduce((sum, [node, weight]) => sum + weight * hazardRate(a + node * delta)[0], 0);
  const [end, rest] = twoSum(a, delta);
  const from = hazardRate(a);
  const to = hazardRate(end);
  // The hazard rate h at a + delta itself, end + rest: h' = h (h - x).
  const correction = rest * to[0] * (to[0] - end);
  const growth = (subtract(to, from)[0] + correction) / from[0];
  return straight + (growth < 0.4 ? logarithmOnePlus(growth) : logarithm(1 + growth));
}

/** The delta of a depth, within 1e-15 relative: one more step of Newton's iteration. */
export function deltaAtDepth64(a: number, target: number): number {
  const delta = deltaAtDepth(a, target);
  return delta - (depth64(a, delta) - target) / hazardRate(a + delta)[0];
}
