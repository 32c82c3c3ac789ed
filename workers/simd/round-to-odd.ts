// Sums that can be rounded again: src/domain/arithmetic/fma.ts has the sources.

/**
 * The sum of two doubles, rounded to odd: rounded again, to fewer places, it gives what one rounding of the exact sum gives. Knuth's
 * error-free sum tells what the first rounding lost. Where it lost something, the exact sum lies between two neighbours, the sum and that
 * on the lost side, and the odd one is wanted. Cut off below, towards zero, the last place is a 1 either way.
 */
// @ts-ignore: decorator
@inline
export function addToOdd(a: v128, b: v128): v128 {
  const sum = f64x2.add(a, b), share = f64x2.sub(sum, a);
  const lost = f64x2.add(f64x2.sub(a, f64x2.sub(sum, share)), f64x2.sub(b, share));
  const inexact = f64x2.ne(lost, f64x2.splat(0));
  // 1 where sum and loss have different signs: the exact sum is smaller.
  const above = i64x2.shr_u(v128.xor(sum, lost), 63);
  const cut = i64x2.sub(sum, v128.and(above, inexact));
  return v128.or(cut, i64x2.shr_u(inexact, 63));
}
