/**
 * All tensors in two pictures, in the order of the files: standard deviations and weight scales, as found and by the recipe.
 * @module
 */
import type { InspectedTensor } from '../storage/inspect/inspect-report.js';
import { escapeLabel } from './markup.js';
import { formatFigure, formatTick } from './numbers.js';

/** In units of the viewBox: few, so that text is readable on a phone. */
const WIDTH = 400;
const HEIGHT = 220;
const RIGHT = WIDTH - 8;
const TOP = 10;
const BOTTOM = HEIGHT - 30;

/** The width of a digit in a wide font, at the size for phones (style.ts); the axis leaves room for its longest label. */
const DIGIT_WIDTH = 9.6;
const LABEL_GAP = 6;
const LEAST_LEFT = 48;

/** A tensor in a picture. */
interface Point {
  readonly tensor: number;
  readonly label: string;
  readonly found?: number | undefined;
  readonly expected?: number | undefined;
}

/** The anchor of a tensor's card. */
export const cardId = (tensor: number): string => `t${tensor}`;

export function renderOverview(tensors: readonly InspectedTensor[]): string {
  const stds = tensors.map(({ name, figures, expected }, tensor): Point => ({
    tensor,
    label: name,
    found: figures?.std,
    expected: expected?.std,
  }));
  const scales = tensors.map(({ name, stored, expected }, tensor): Point => ({
    tensor,
    label: name,
    found: stored?.weightScale,
    expected: expected?.weightScale,
  }));
  return [renderPicture('Standard deviation', stds, 10), renderPicture('Weight scale', scales, 2)].join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;

const isPlotted = (value: number | undefined): value is number => value !== undefined && value > 0;

/** @param base  of the logarithmic axis; ticks are powers of it */
function renderPicture(title: string, points: readonly Point[], base: 2 | 10): string {
  const values = points.flatMap(({ found, expected }) => [found, expected]).filter(isPlotted);
  if (values.length === 0) return '';
  const axis = logAxis(values, base);
  const left = leftOf(axis);
  const x = (tensor: number): number => round(left + ((tensor + 0.5) / points.length) * (RIGHT - left));
  const radius = round(Math.min(Math.max(90 / points.length, 1.4), 4));
  // Wide enough to show on both sides of a dot that covers it.
  const half = round(1.8 * radius);
  const marks = points.flatMap(({ tensor, expected }) =>
    isPlotted(expected) ? [`M${round(x(tensor) - half)} ${axis.y(expected)}h${2 * half}`] : [],
  );
  const dots = points.flatMap(({ tensor, label, found }) =>
    isPlotted(found)
      ? [
          `<a href="#${cardId(tensor)}"><circle cx="${x(tensor)}" cy="${axis.y(found)}" r="${radius}"><title>${escapeLabel(label)}: ${formatFigure(found)}</title></circle></a>`,
        ]
      : [],
  );
  const describe = `${title} of ${values.length === 1 ? 'one tensor' : 'the tensors'}, logarithmic: dots as found, dashes by the recipe.`;
  return `<figure><figcaption>${title}</figcaption><svg class="overview" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="${describe}"><title>${title}</title><desc>${describe}</desc>${plotGrid(axis, left, points.length)}<path class="theory" d="${marks.join('')}"/>${dots.join('')}</svg></figure>`;
}

interface LogAxis {
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
}

/** The most ticks of an axis. */
const MOST_TICKS = 8;
/** Keeps dots off the edge. */
const MARGIN = 1.04;

/** From a tick below all values to one above: powers of two, or 1, 2 and 5 times powers of ten, thinned out. */
function logAxis(values: readonly number[], base: 2 | 10): LogAxis {
  const factors = base === 2 ? [1] : [1, 2, 5];
  const least = Math.min(...values) / MARGIN;
  const greatest = Math.max(...values) * MARGIN;
  const exponents = [least, greatest].map((value) => Math.floor(Math.log(value) / Math.log(base)));
  const [from = 0, to = 0] = exponents;
  const all = Array.from({ length: to - from + 2 }, (_, i) =>
    factors.map((factor) => factor * base ** (from + i)),
  ).flat();
  const first = all.findLastIndex((tick) => tick <= least);
  const within = all.slice(Math.max(first, 0), all.findIndex((tick) => tick >= greatest) + 1);
  const ticks = thinOut(within, factors.length);
  const [low = least, high = greatest] = [within[0], within.at(-1)];
  const y = (value: number): number =>
    round(BOTTOM - (Math.log(value / low) / Math.log(high / low)) * (BOTTOM - TOP));
  return { ticks, y };
}

/** Too many ticks are reduced to whole powers, then to every second or third of these, and so on. */
function thinOut(ticks: readonly number[], factors: number): readonly number[] {
  if (ticks.length <= MOST_TICKS) return ticks;
  const powers = factors === 1 ? ticks : ticks.filter((tick) => Number.isInteger(roundExponent(tick)));
  const every = Math.ceil(powers.length / MOST_TICKS);
  return powers.filter((_, i) => i % every === 0);
}

const roundExponent = (tick: number): number => Number(Math.log10(tick).toFixed(9));

function leftOf({ ticks }: LogAxis): number {
  const longest = Math.max(...ticks.map((tick) => formatTick(tick).length));
  return Math.max(LEAST_LEFT, Math.ceil(longest * DIGIT_WIDTH) + LABEL_GAP);
}

function plotGrid({ ticks, y }: LogAxis, left: number, tensors: number): string {
  const lines = ticks.map((tick) => {
    const height = y(tick);
    return `<path class="grid" d="M${left} ${height}H${RIGHT}"/><text x="${left - LABEL_GAP}" y="${height + 4}" text-anchor="end">${formatTick(tick)}</text>`;
  });
  const ends = [
    `<text x="${left}" y="${HEIGHT - 10}">first tensor</text>`,
    tensors > 1 ? `<text x="${RIGHT}" y="${HEIGHT - 10}" text-anchor="end">last</text>` : '',
  ];
  return [...lines, ...ends].join('');
}
