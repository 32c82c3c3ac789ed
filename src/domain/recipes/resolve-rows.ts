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
import { atRows, type RowParameters, type RowRange } from './row-ranges.js';

const ZERO_ROWS = 'zero_rows';

/** Where an initialiser writes the range: `rows[0]`, `zero_rows`. */
type PlacedRange<Init> = RowRange<Init> & { readonly place: string };

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
  for (const { from, to, init, place } of ranges) {
    const first = from * rowElements;
    if (first > done) pieces.push({ end: first, of: base });
    done = to * rowElements;
    const of = atRows(place === ZERO_ROWS ? place : `${place}.init`, () =>
      resolve(init, { ...form, shape: [to - from, ...rest] }, first),
    );
    pieces.push({ end: done, of });
  }
  if (done < total) pieces.push({ end: total, of: base });
  return { kind: 'pieces', pieces };
}

function rangesOf<Init>(
  { zero_rows = [], rows = [] }: RowParameters<Init>,
  form: TensorForm,
  zeros: Init,
): readonly PlacedRange<Init>[] {
  const ranges = rows.map((range, i) => ({ ...range, place: `rows[${i}]` }));
  checkOrder(ranges, form);
  const single = zero_rows.map((row) => ({ from: row, to: row + 1, init: zeros, place: ZERO_ROWS }));
  const all = [...ranges, ...single].sort((a, b) => a.from - b.from);
  const [count] = form.shape;
  if (all.length > 0 && count === undefined) {
    throw new ValueError(
      'BAD_SHAPE',
      `${nameTensor(form.name)}: shape [] has no rows.`,
      'Rows are indices of the first dimension.',
    );
  }
  for (const range of all) checkWithin(range, count ?? 0, form);
  all.forEach((range, i) => {
    if (range.from < (all[i - 1]?.to ?? 0))
      throw refuseRow(form, range, 'Another range has them too: each row has one initialiser.');
  });
  return all;
}

function checkWithin(range: PlacedRange<unknown>, count: number, form: TensorForm): void {
  const { from, to } = range;
  if (from >= to) throw refuseRow(form, range, 'It has no rows: `to` is the index after the last.');
  if (from >= 0 && to <= count) return;
  const remedy =
    count === 0
      ? 'There are no rows: leave it out.'
      : `Rows are indices of the first dimension: 0 to ${count - 1}.`;
  throw refuseRow(form, range, remedy);
}

function checkOrder(rows: readonly PlacedRange<unknown>[], form: TensorForm): void {
  rows.forEach((range, i) => {
    if (range.from < (rows[i - 1]?.from ?? -Infinity)) throw refuseRow(form, range, 'Write ranges in order.');
  });
}

function refuseRow(
  { name, shape }: TensorForm,
  { from, to, place }: PlacedRange<unknown>,
  remedy: string,
): ValueError {
  const what = to === from + 1 ? `row ${from}` : `the range from ${from} to ${to}`;
  const found = `${nameTensor(name)}: ${what} of shape ${show(shape)}.`;
  return new ValueError('BAD_RANGE', found, remedy, { parameter: place });
}
