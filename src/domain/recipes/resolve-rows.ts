/**
 * Resolves rows with an initialiser of their own to pieces of a draw.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import type { Piece } from '../draws/pieces.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import type { ResolvedDraw } from './resolved-draw.js';
import type { RowParameters, RowRange } from './row-ranges.js';

/**
 * @param base     what all other rows are drawn with
 * @param zeros    the initialiser of zero rows
 * @param resolve  resolves the initialiser of rows that begin at an element of the tensor
 * @throws {ValueError} BAD_SHAPE: a tensor without rows; BAD_RANGE: rows out of range, out of order, or twice
 */
export function resolveRows<Init>(
  base: ResolvedDraw,
  parameters: RowParameters<Init>,
  form: TensorForm,
  zeros: Init,
  resolve: (init: Init, form: TensorForm, first: number) => ResolvedDraw,
): ResolvedDraw {
  const ranges = rangesOf(parameters, form, zeros);
  const [, ...rest] = form.shape;
  const rowElements = countElements(rest);
  const total = countElements(form.shape);
  if (ranges.length === 0 || total === 0) return base;
  const pieces: Piece<ResolvedDraw>[] = [];
  let done = 0;
  for (const { from, to, init } of ranges) {
    const first = from * rowElements;
    if (first > done) pieces.push({ end: first, of: base });
    done = to * rowElements;
    pieces.push({ end: done, of: resolve(init, { ...form, shape: [to - from, ...rest] }, first) });
  }
  if (done < total) pieces.push({ end: total, of: base });
  return { kind: 'pieces', pieces };
}

function rangesOf<Init>(
  { zero_rows = [], rows = [] }: RowParameters<Init>,
  form: TensorForm,
  zeros: Init,
): readonly RowRange<Init>[] {
  checkOrder(rows, form);
  const single = zero_rows.map((row) => ({ from: row, to: row + 1, init: zeros }));
  const all = [...rows, ...single].sort((a, b) => a.from - b.from);
  const [count] = form.shape;
  if (all.length > 0 && count === undefined) {
    throw new ValueError(
      'BAD_SHAPE',
      `${nameTensor(form.name)}: shape [] has no rows.`,
      'Rows are indices of the first dimension.',
    );
  }
  for (const { from, to } of all) {
    if (from >= 0 && from < to && to <= (count ?? 0)) continue;
    throw refuseRow(form, from, to, `Rows are indices of the first dimension: 0 to ${(count ?? 0) - 1}.`);
  }
  all.forEach(({ from, to }, i) => {
    if (from < (all[i - 1]?.to ?? 0))
      throw refuseRow(form, from, to, 'Another range has them too: each row has one initialiser.');
  });
  return all;
}

function checkOrder(rows: readonly RowRange<unknown>[], form: TensorForm): void {
  rows.forEach(({ from, to }, i) => {
    if (from < (rows[i - 1]?.from ?? -Infinity)) throw refuseRow(form, from, to, 'Write ranges in order.');
  });
}

function refuseRow({ name, shape }: TensorForm, from: number, to: number, remedy: string): ValueError {
  const what = to === from + 1 ? `row ${from}` : `the range from ${from} to ${to}`;
  const found = `${nameTensor(name)}: ${what} of shape ${show(shape)}.`;
  return new ValueError('BAD_RANGE', found, remedy, { parameter: 'rows' });
}
