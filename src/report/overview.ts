/**
 * All tensors in two pictures: standard deviations, found and by the recipe, and weight scales; both in the order of the files.
 * @module
 */
import type { InspectedTensor } from '../index.js';
import { escapeText } from './markup.js';
import { formatFigure } from './numbers.js';

/** In units of the viewBox: few, so that text is readable on a phone. */
const WIDTH = 400;
const HEIGHT = 220;
const LEFT = 48;
const RIGHT = WIDTH - 8;
const TOP = 10;
const BOTTOM = HEIGHT - 30;

/** One tensor's place in a picture. */
interface Point {
  readonly tensor: number;
  readonly label: string;
  readonly found?: number | undefined;
  readonly expected?: number | undefined;
}

/** Anchor of a tensor's card. */
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

const isDrawn = (value: number | undefined): value is number => value !== undefined && value > 0;

/** @param base  of the logarithmic axis: its ticks are powers of it */
function renderPicture(title: string, points: readonly Point[], base: number): string {
  const values = points.flatMap(({ found, expected }) => [found, expected]).filter(isDrawn);
  if (values.length === 0) return '';
  const axis = logAxis(values, base);
  const x = (tensor: number): number => round(LEFT + ((tensor + 0.5) / points.length) * (RIGHT - LEFT));
  const radius = round(Math.min(Math.max(90 / points.length, 1.4), 4));
  const half = round(Math.min(Math.max((RIGHT - LEFT) / points.length / 2, 1.5), 7));
  const marks = points.flatMap(({ tensor, expected }) =>
    isDrawn(expected) ? [`M${round(x(tensor) - half)} ${axis.y(expected)}h${2 * half}`] : [],
  );
  const dots = points.flatMap(({ tensor, label, found }) =>
    isDrawn(found)
      ? [
          `<a href="#${cardId(tensor)}"><circle cx="${x(tensor)}" cy="${axis.y(found)}" r="${radius}"><title>${escapeText(label)}: ${formatFigure(found)}</title></circle></a>`,
        ]
      : [],
  );
  const describe = `${title} of ${values.length === 1 ? 'one tensor' : 'the tensors'}, logarithmic: dots as found, dashes by the recipe.`;
  return `<figure><figcaption>${title}</figcaption><svg class="overview" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="${describe}"><title>${title}</title><desc>${describe}</desc>${drawGrid(axis, points.length)}<path class="theory" d="${marks.join('')}"/>${dots.join('')}</svg></figure>`;
}

interface LogAxis {
  readonly base: number;
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
}

/** At most so many ticks. */
const MOST_TICKS = 7;

function logAxis(values: readonly number[], base: number): LogAxis {
  const exponents = values.map((value) => Math.log(value) / Math.log(base));
  const low = Math.floor(Math.min(...exponents) - 0.1);
  const high = Math.max(Math.ceil(Math.max(...exponents) + 0.1), low + 2);
  const every = Math.ceil((high - low + 1) / MOST_TICKS);
  const ticks: number[] = [];
  for (let exponent = low; exponent <= high; exponent += every) ticks.push(base ** exponent);
  const y = (value: number): number =>
    round(BOTTOM - ((Math.log(value) / Math.log(base) - low) / (high - low)) * (BOTTOM - TOP));
  return { base, ticks, y };
}

function drawGrid({ ticks, y }: LogAxis, tensors: number): string {
  const lines = ticks.map((tick) => {
    const height = y(tick);
    return `<path class="grid" d="M${LEFT} ${height}H${RIGHT}"/><text x="${LEFT - 6}" y="${height + 4}" text-anchor="end">${formatFigure(tick)}</text>`;
  });
  const ends = [
    `<text x="${LEFT}" y="${HEIGHT - 10}">first tensor</text>`,
    tensors > 1 ? `<text x="${RIGHT}" y="${HEIGHT - 10}" text-anchor="end">last</text>` : '',
  ];
  return [...lines, ...ends].join('');
}
