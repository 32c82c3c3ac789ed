// Sums that can be rounded again: src/domain/arithmetic/fma.ts has the sources.

/**
 * The sum of two doubles, rounded to odd: rounded again, to fewer places, it gives what one rounding of the exact sum gives. Knuth's
 * error-free sum tells what the first rounding lost; where it lost something and left an even number, the neighbour on the lost side is
 * the odd one.
 */
// @ts-ignore: decorator
@inline
export function addToOdd(a: v128, b: v128): v128 {
  const sum = f64x2.add(a, b), share = f64x2.sub(sum, a);
  const lost = f64x2.add(f64x2.sub(a, f64x2.sub(sum, share)), f64x2.sub(b, share));
  const ones = i64x2.splat(1);
  // 1 where both have one sign, so that the magnitude grows, and otherwise -1.
  const away = v128.or(i64x2.shr_s(v128.xor(sum, lost), 63), ones);
  const isOdd = i64x2.eq(v128.and(sum, ones), ones);
  const wanted = v128.andnot(f64x2.ne(lost, f64x2.splat(0)), isOdd);
  return i64x2.add(sum, v128.and(away, wanted));
}
