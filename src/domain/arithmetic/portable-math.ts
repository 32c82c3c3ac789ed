/**
 * Logarithm and exponential in double precision from + - * / alone. IEEE 754 fixes each of those to the last bit; Math.log
 * and Math.exp are left to the engine and have changed between versions of V8. Everything that decides bytes uses these.
 * The logarithm is within 4e-16 relative, exp(x) within 4e-16 (1 + |x|) (portable-math.test.ts).
 * @module
 */
export const LN2 = 0.6931471805599453; // 0x3fe62e42fefa39ef
/** ln 2 - LN2. */
const LN2_REST = 2.3190468138462996e-17; // 0x3c7abc9e3b39803f
const SQRT_HALF = 0.7071067811865476; // 0x3fe6a09e667f3bcd

/** The natural logarithm of a normal double. */
export function logarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= 2 * SQRT_HALF; exponent++) mantissa *= 0.5;
  for (; mantissa < SQRT_HALF; exponent--) mantissa *= 2;
  return exponent * LN2 + (exponent * LN2_REST + logarithmOnePlus(mantissa - 1));
}

/**
 * ln(1 + x), without loss for small x: twice the inverse hyperbolic tangent of x / (2 + x), by its series.
 * @param x  -0.3 to 0.42
 */
export function logarithmOnePlus(x: number): number {
  const t = x / (2 + x);
  const square = t * t;
  let sum = 0;
  for (let odd = 27; odd >= 3; odd -= 2) sum = (sum + 1 / odd) * square;
  return 2 * t + 2 * t * sum;
}

/** exp(x) - 1, without loss for small x; -1 for x = -Infinity. */
export function exponentialMinusOne(x: number): number {
  if (x < -50) return -1;
  const doublings = Math.round(x / LN2);
  const rest = x - doublings * LN2 - doublings * LN2_REST;
  let sum = 0;
  for (let k = 18; k >= 2; k--) sum = (sum + 1) * (rest / k);
  let value = rest + rest * sum;
  // expm1 of twice the argument would be (value + 1)^2 - 1; here only powers of two remain.
  let scale = 1;
  for (let k = 0; k < doublings; k++) scale *= 2;
  for (let k = 0; k > doublings; k--) scale *= 0.5;
  value = value * scale + (scale - 1);
  return value;
}

/** exp(x) for x <= 700; 0 below -700. */
export function exponential(x: number): number {
  if (x < -700) return 0;
  const doublings = Math.round(x / LN2);
  const rest = x - doublings * LN2 - doublings * LN2_REST;
  let sum = 0;
  for (let k = 18; k >= 1; k--) sum = (sum + 1) * (rest / k);
  let value = 1 + sum;
  for (let k = 0; k < doublings; k++) value *= 2;
  for (let k = 0; k > doublings; k--) value *= 0.5;
  return value;
}
