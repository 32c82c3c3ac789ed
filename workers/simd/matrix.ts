// Products of float32 matrices: src/domain/matrices is the specification. One rounding an operation, and each sum in
// the order of its terms, so how many sums are on their way at a time makes no difference.
//
// Sums lie side by side in the lanes: a line is 64 bytes, 16 numbers of one step of `right` or one row of `to`. Two
// lines of sums, eight vectors, fill the registers and hide each other's latency.

/** Adds the sums of `terms` products to `outs` lines, or subtracts them. Steps are in bytes. */
// @ts-ignore: decorator
@inline
function accumulate(
  subtract: bool, to: usize, toStep: usize, outs: i32,
  left: usize, leftStep: usize, termStep: usize, right: usize, rightStep: usize, terms: i32,
): void {
  for (; outs > 1; outs -= 2) {
    let p$ = f32x4.splat(0);
    let q$ = f32x4.splat(0);
    let at = left, line = right;
    for (let term = terms; term > 0; term--) {
      const x$ = v128.load(line, $offset);
      const first = v128.load32_splat(at), second = v128.load32_splat(at + leftStep);
      p$ = f32x4.add(p$, f32x4.mul(first, x$));
      q$ = f32x4.add(q$, f32x4.mul(second, x$));
      at += termStep;
      line += rightStep;
    }
    const next = to + toStep;
    if (subtract) {
      v128.store(to, f32x4.sub(v128.load(to, $offset), p$), $offset);
      v128.store(next, f32x4.sub(v128.load(next, $offset), q$), $offset);
    } else {
      v128.store(to, f32x4.add(v128.load(to, $offset), p$), $offset);
      v128.store(next, f32x4.add(v128.load(next, $offset), q$), $offset);
    }
    to = next + toStep;
    left += leftStep + leftStep;
  }
  if (outs == 0) return;
  let p$ = f32x4.splat(0);
  for (; terms > 0; terms--) {
    const first = v128.load32_splat(left);
    p$ = f32x4.add(p$, f32x4.mul(first, v128.load(right, $offset)));
    left += termStep;
    right += rightStep;
  }
  if (subtract) {
    v128.store(to, f32x4.sub(v128.load(to, $offset), p$), $offset);
  } else {
    v128.store(to, f32x4.add(v128.load(to, $offset), p$), $offset);
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
export function scale(at: usize, lines: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (; lines > 0; lines--, at += 64) {
    v128.store(at, f32x4.mul(factors, v128.load(at, $offset)), $offset);
  }
}

/** factor * (0 - x). */
export function negateAndScale(at: usize, lines: i32, factor: f32): void {
  const factors = f32x4.splat(factor), zeros = f32x4.splat(0);
  for (; lines > 0; lines--, at += 64) {
    v128.store(at, f32x4.mul(factors, f32x4.sub(zeros, v128.load(at, $offset))), $offset);
  }
}

/** Four vectors of four numbers, `fromStep` apart, to four others: what was a row becomes a column. */
// @ts-ignore: decorator
@inline
function transpose(to: usize, toStep: usize, from: usize, fromStep: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStep);
  const r2 = v128.load(from + 2 * fromStep), r3 = v128.load(from + 3 * fromStep);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + toStep, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * toStep, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * toStep, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** A line of each of `count` columns becomes 16 rows; the count is rounded up to a multiple of 4. */
export function linesToRows(rows: usize, rowStep: usize, lines: usize, count: i32): void {
  for (; count > 0; count -= 4, lines += 256, rows += 16) {
    for (let i: usize = 0; i < 4; i++) transpose(rows + 4 * i * rowStep, rowStep, lines + 16 * i, 64);
  }
}

/** The reverse. */
export function rowsToLines(lines: usize, rows: usize, rowStep: usize, count: i32): void {
  for (; count > 0; count -= 4, lines += 256, rows += 16) {
    for (let i: usize = 0; i < 4; i++) transpose(lines + 16 * i, 64, rows + 4 * i * rowStep, rowStep);
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
