/**
 * The card of a tensor: what it is, its verdict, its histogram, and its figures beside the expected ones.
 * @module
 */
import { formatInit } from '../domain/recipes/format-init.js';
import { holdsWholes } from '../domain/tensors/stored-dtypes.js';
import { formatCount, formatShare, groupDigits } from '../text/numbers.js';
import type { InspectedTensor } from '../storage/inspect/inspect-report.js';
import { renderHistogram } from './histogram.js';
import { escapeLabel, escapeName, escapeText } from './markup.js';
import { formatFigure, formatWholeFigure } from './numbers.js';
import { cardId } from './overview.js';

export const VERDICTS = {
  expected: { sign: '✓', label: 'as expected' },
  unexpected: { sign: '✗', label: 'not as expected' },
  unknown: { sign: '○', label: 'without a recipe' },
  unjudged: { sign: '○', label: 'not judged' },
  unmeasured: { sign: '○', label: 'not measured' },
} as const;

export const formatShape = (shape: readonly number[]): string =>
  shape.length === 0 ? 'scalar' : escapeLabel(shape.map(groupDigits).join(' × '));

export function renderCard(tensor: InspectedTensor, index: number): string {
  const { name, dtype, shape, elementCount, verdict, expected } = tensor;
  const { sign, label } = VERDICTS[verdict.kind];
  const init = expected ? `<p class="init"><code>${escapeText(formatInit(expected.init))}</code></p>` : '';
  const reasons =
    verdict.kind === 'unexpected'
      ? `<ul class="reasons">${verdict.reasons.map((reason) => `<li>${escapeText(reason)}</li>`).join('')}</ul>`
      : '';
  return `<article class="card" id="${cardId(index)}"><h3><bdi>${escapeName(name)}</bdi></h3><p class="form">${escapeText(dtype)} · ${formatShape(shape)}${shape.length > 1 ? ` = ${groupDigits(elementCount)}` : ''} <span class="badge ${verdict.kind}"><span aria-hidden="true">${sign}</span> ${label}</span></p>${init}${reasons}${renderHistogram(tensor)}${renderFigures(tensor)}${renderNotes(tensor)}</article>`;
}

function renderFigures(tensor: InspectedTensor): string {
  const { dtype, figures, expected, stored, leak, elementCount } = tensor;
  if (figures === undefined)
    return elementCount === 0 ? '' : '<p class="notes">This dtype is listed, but not measured.</p>';
  const rows: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['mean', figures.mean, expected?.mean],
    ['std', figures.std, expected?.std],
    ['min', figures.min, expected?.min],
    ['max', figures.max, expected?.max],
    ['kurtosis', figures.kurtosis, expected?.kurtosis],
    ['beyond 2 std', leak?.found, leak?.expected],
    ['weight_scale', stored?.weightScale, expected?.weightScale],
    ['step', stored?.step, expected?.step],
  ];
  const format = holdsWholes(dtype) ? formatWholeFigure : formatFigure;
  const lines = rows
    .filter(([, found, wanted]) => found !== undefined || wanted !== undefined)
    .map(
      ([what, found, wanted]) =>
        `<tr><th scope="row">${what}</th><td>${format(found)}</td>${expected ? `<td>${format(wanted)}</td>` : ''}</tr>`,
    );
  if (lines.length === 0) return '';
  const head = `<tr><th scope="col"><span class="unseen">figure</span></th><th scope="col">found</th>${expected ? '<th scope="col">expected</th>' : ''}</tr>`;
  return `<table class="figures"><thead>${head}</thead><tbody>${lines.join('')}</tbody></table>`;
}

/** Occurrences worth mentioning. */
function renderNotes({ figures, histogram, elementCount }: InspectedTensor): string {
  if (elementCount === 0) return '<p class="notes">empty</p>';
  if (figures === undefined) return '';
  const { zeros, nans, positiveInfinities, negativeInfinities, levels } = figures;
  const outside = (histogram?.below ?? 0) + (histogram?.above ?? 0);
  const notes = [
    ...(nans > 0 ? [`<b class="bad">${groupDigits(nans)} NaN</b>`] : []),
    ...(positiveInfinities > 0 ? [`<b class="bad">${groupDigits(positiveInfinities)} infinite</b>`] : []),
    ...(negativeInfinities > 0 ? [`<b class="bad">${groupDigits(negativeInfinities)} −infinite</b>`] : []),
    ...(zeros > 0 ? [`${formatCount(zeros, 'zero')} (${formatShare(zeros / elementCount)})`] : []),
    ...(levels !== undefined ? [formatCount(levels, 'level')] : []),
    ...(outside > 0 ? [`${formatShare(outside)} of values lie outside the histogram`] : []),
  ];
  return notes.length === 0 ? '' : `<p class="notes">${notes.join(' · ')}</p>`;
}
