/**
 * A tensor's histogram as SVG: the values found as an area or bars, the recipe's distribution as a line or marks. One path each, with
 * few digits, so that a page of a thousand tensors stays small.
 * @module
 */
import type { Histogram } from '../domain/statistics/histogram.js';
import type { Expected, InspectedTensor, Level } from '../storage/inspect/inspect-report.js';
import { at } from '../base/at.js';
import { escapeLabel } from './markup.js';
import { formatFigure, formatTick } from './numbers.js';

/** In units of the viewBox. */
const LEFT = 6;
const WIDTH = 320;
const TOP = 6;
const BASE = 110;
const VIEW_WIDTH = WIDTH + 2 * LEFT;
const VIEW_HEIGHT = BASE + 18;

/** Maps values and heights to the picture. */
interface Frame {
  readonly x: (value: number) => number;
  readonly y: (height: number) => number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export function renderHistogram({ name, figures, histogram, levels, expected }: InspectedTensor): string {
  if (histogram === undefined) return '';
  const picture =
    levels === undefined
      ? plotAreas(histogram, expected)
      : plotLevels(levels, expected?.levels ?? [], histogram);
  const title = `Histogram of ${escapeLabel(name)}`;
  const found = `Found: mean ${formatFigure(figures?.mean)}, std ${formatFigure(figures?.std)}.`;
  const theory = expected
    ? ` By the recipe: mean ${formatFigure(expected.mean)}, std ${formatFigure(expected.std)}.`
    : '';
  return (
    `<svg class="histogram" viewBox="0 0 ${VIEW_WIDTH} ${VIEW_HEIGHT}" role="img" aria-label="${title}. ${found}${theory}">` +
    `<title>${title}</title><desc>${found}${theory}</desc>${picture}</svg>`
  );
}

function plotAreas(histogram: Histogram, expected: Expected | undefined): string {
  const { low, high, shares } = histogram;
  const binWidth = (high - low) / shares.length;
  const density = expected?.density ?? [];
  const highest = Math.max(
    ...shares.map((share) => share / binWidth),
    ...density.map(([, height]) => height),
  );
  const frame: Frame = {
    x: (value) => round(LEFT + ((value - low) / (high - low)) * WIDTH),
    y: (height) => round(BASE - (height / highest) * (BASE - TOP)),
  };
  const step = WIDTH / shares.length;
  const tops = shares.map((share) => `V${frame.y(share / binWidth)}h${step}`);
  const constant = density.length === 0 && expected?.levels ? plotMarks(expected.levels, frame, 1) : '';
  return (
    `<path class="found" d="M${LEFT} ${BASE}${tops.join('')}V${BASE}z"/>` +
    plotCurve(density, frame, { low, high }) +
    constant +
    plotAxis(low, high, frame)
  );
}

/** With sides down to the axis where the density ends within the picture, as a uniform's does. */
function plotCurve(
  density: readonly (readonly [value: number, density: number])[],
  { x, y }: Frame,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  const [first, last] = [density[0], density.at(-1)];
  if (first === undefined || last === undefined) return '';
  const points = density.map(([value, height]) => `${x(value)} ${y(height)}`);
  // A flat line needs only its ends.
  const isFlat = density.every(([, height]) => height === first[1]);
  const line = isFlat ? [points[0], points.at(-1)] : points;
  const margin = (high - low) * 1e-3;
  const start = first[0] > low - margin ? `${x(first[0])} ${BASE}L` : '';
  const end = last[0] < high + margin ? `V${BASE}` : '';
  return `<path class="theory" d="M${start}${line.join('L')}${end}"/>`;
}

/** A bar for each level found, a mark for each level of the recipe. */
function plotLevels(found: readonly Level[], expected: readonly Level[], { low, high }: Histogram): string {
  const values = [...new Set([...found, ...expected].map(([value]) => value))].sort((a, b) => a - b);
  const gaps = values.slice(1).map((value, i) => value - at(values, i));
  // The picture ends half of the narrowest gap beyond the outermost levels.
  const gap = gaps.length === 0 ? high - low : Math.min(...gaps);
  const from = (values[0] ?? low) - gap / 2;
  const to = (values.at(-1) ?? high) + gap / 2;
  const highest = Math.max(...[...found, ...expected].map(([, share]) => share));
  const frame: Frame = {
    x: (value) => round(LEFT + ((value - from) / (to - from)) * WIDTH),
    y: (height) => round(BASE - (height / highest) * (BASE - TOP)),
  };
  const room = (gap / (to - from)) * WIDTH;
  const barWidth = round(Math.min(Math.max(room * 0.7, 0.8), 40));
  const bars = found.map(
    ([value, share]) =>
      `M${round(frame.x(value) - barWidth / 2)} ${BASE}V${frame.y(share)}h${barWidth}V${BASE}`,
  );
  return (
    `<path class="found" d="${bars.join('')}"/>` +
    plotMarks(expected, frame, Math.max(barWidth, 2)) +
    plotAxis(from, to, frame, values)
  );
}

function plotMarks(levels: readonly Level[], { x, y }: Frame, width: number): string {
  if (levels.length === 0) return '';
  const marks = levels.map(([value, share]) => `M${round(x(value) - width / 2)} ${y(share)}h${round(width)}`);
  return `<path class="theory" d="${marks.join('')}"/>`;
}

/** The base line, labelled at its ends, and at 0 if that is well between; each of a few levels has a label. */
function plotAxis(low: number, high: number, { x }: Frame, levels: readonly number[] = []): string {
  const [first = low, last = high] = [levels[0], levels.at(-1)];
  const isFew = levels.length > 0 && levels.length <= FEW_LEVELS;
  const share = -low / (high - low);
  const ticks = isFew ? levels : [first, ...(share > 0.2 && share < 0.8 ? [0] : []), last];
  const labels = placeLabels(ticks, x).map(
    ({ text, x: left, anchor }) =>
      `<text x="${left}" y="${BASE + 14}" text-anchor="${anchor}">${text}</text>`,
  );
  return `<path class="axis" d="M${LEFT} ${BASE}h${WIDTH}"/>${labels.join('')}`;
}

interface Label {
  readonly text: string;
  readonly x: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly from: number;
  readonly to: number;
}

/** Places labels within the picture, the outermost first; one that would cover another is left out. */
function placeLabels(ticks: readonly number[], x: Frame['x']): readonly Label[] {
  const placed: Label[] = [];
  for (const tick of new Set([at(ticks, 0), at(ticks, ticks.length - 1), ...ticks])) {
    const label = placeLabel(formatTick(Number(tick.toPrecision(3))), x(tick));
    if (placed.every(({ from, to }) => label.to < from || to < label.from)) placed.push(label);
  }
  return placed;
}

function placeLabel(text: string, middle: number): Label {
  const width = text.length * DIGIT_WIDTH;
  const [from, to] = [middle - width / 2, middle + width / 2];
  if (from < LEFT) return { text, x: LEFT, anchor: 'start', from: LEFT, to: LEFT + width };
  if (to > LEFT + WIDTH)
    return { text, x: LEFT + WIDTH, anchor: 'end', from: LEFT + WIDTH - width, to: LEFT + WIDTH };
  return { text, x: middle, anchor: 'middle', from, to };
}

/** The width of a digit in a wide font, at the size for phones (style.ts). */
const DIGIT_WIDTH = 8.6;

/** The labels of more levels would cover each other. */
const FEW_LEVELS = 5;
