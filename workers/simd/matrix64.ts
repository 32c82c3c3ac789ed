// Products of float64 matrices: src/domain/matrices is the specification. One rounding an operation, and each sum in
// the order of its terms, so how many sums are on their way at a time makes no difference.
//
// Sums lie side by side in the lanes: a line is 64 bytes, 8 numbers of one step of `right` or one row of `to`. Two
// lines of sums, eight vectors, fill the registers and hide each other's latency.

/** Adds the sums of `terms` products to `outs` lines, or subtracts them. Steps are in bytes. */
// @ts-ignore: decorator
@inline
function accumulate(
  subtract: bool, to: usize, toStep: usize, outs: i32,
  left: usize, leftStep: usize, termStep: usize, right: usize, rightStep: usize, terms: i32,
): void {
  for (; outs > 1; outs -= 2) {
    let p$ = f64x2.splat(0);
    let q$ = f64x2.splat(0);
    let at = left, line = right;
    for (let term = terms; term > 0; term--) {
      const x$ = v128.load(line, $offset);
      const first = v128.load64_splat(at), second = v128.load64_splat(at + leftStep);
      p$ = f64x2.add(p$, f64x2.mul(first, x$));
      q$ = f64x2.add(q$, f64x2.mul(second, x$));
      at += termStep;
      line += rightStep;
    }
    const next = to + toStep;
    if (subtract) {
      v128.store(to, f64x2.sub(v128.load(to, $offset), p$), $offset);
      v128.store(next, f64x2.sub(v128.load(next, $offset), q$), $offset);
    } else {
      v128.store(to, f64x2.add(v128.load(to, $offset), p$), $offset);
      v128.store(next, f64x2.add(v128.load(next, $offset), q$), $offset);
    }
    to = next + toStep;
    left += leftStep + leftStep;
  }
  if (outs == 0) return;
  let p$ = f64x2.splat(0);
  for (; terms > 0; terms--) {
    const first = v128.load64_splat(left);
    p$ = f64x2.add(p$, f64x2.mul(first, v128.load(right, $offset)));
    left += termStep;
    right += rightStep;
  }
  if (subtract) {
    v128.store(to, f64x2.sub(v128.load(to, $offset), p$), $offset);
  } else {
    v128.store(to, f64x2.add(v128.load(to, $offset), p$), $offset);
  }
}

export function addProducts(
  to: usize, toStep: usize, outs: i32,
  left: usize, leftStep: usize, termStep: usize, right: usize, rightStep: usize, terms: i32,
): void {
  accumulate(false, to, toStep, outs, left, leftStep, termStep, right, rightStep, terms);
}

export function subtractProducts(
  to: usize, toStep: usize, outs: i32,
  left: usize, leftStep: usize, termStep: usize, right: usize, rightStep: usize, terms: i32,
): void {
  accumulate(true, to, toStep, outs, left, leftStep, termStep, right, rightStep, terms);
}

/** Scales vectors, four at a time. */
export function scale(at: usize, lines: i32, factor: f64): void {
  const factors = f64x2.splat(factor);
  for (; lines > 0; lines--, at += 64) {
    v128.store(at, f64x2.mul(factors, v128.load(at, $offset)), $offset);
  }
}

/** factor * (0 - x). */
export function negateAndScale(at: usize, lines: i32, factor: f64): void {
  const factors = f64x2.splat(factor), zeros = f64x2.splat(0);
  for (; lines > 0; lines--, at += 64) {
    v128.store(at, f64x2.mul(factors, f64x2.sub(zeros, v128.load(at, $offset))), $offset);
  }
}

/** Two vectors of two numbers, `fromStep` apart, to two others: what was a row becomes a column. */
// @ts-ignore: decorator
@inline
function transpose(to: usize, toStep: usize, from: usize, fromStep: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStep);
  v128.store(to, v128.shuffle<f64>(r0, r1, 0, 2));
  v128.store(to + toStep, v128.shuffle<f64>(r0, r1, 1, 3));
}

/** A line of each of `count` columns becomes 8 rows; the count is rounded up to a multiple of 2. */
export function linesToRows(rows: usize, rowStep: usize, lines: usize, count: i32): void {
  for (; count > 0; count -= 2, lines += 128, rows += 16) {
    for (let i: usize = 0; i < 4; i++) transpose(rows + 2 * i * rowStep, rowStep, lines + 16 * i, 64);
  }
}

/** The reverse. */
export function rowsToLines(lines: usize, rows: usize, rowStep: usize, count: i32): void {
  for (; count > 0; count -= 2, lines += 128, rows += 16) {
    for (let i: usize = 0; i < 4; i++) transpose(lines + 16 * i, 64, rows + 2 * i * rowStep, rowStep);
  }
}

/** Copies `count` lines of each row to as many strips, which have a line for each row. */
export function rowsToStrips(
  strips: usize, stripStep: usize, rows: usize, rowStep: usize, rowCount: i32, count: i32,
): void {
  for (; count > 0; count--, strips += stripStep, rows += 64) {
    let to = strips, from = rows;
    for (let row = rowCount; row > 0; row--, to += 64, from += rowStep) {
      v128.store(to, v128.load(from, $offset), $offset);
    }
  }
}
