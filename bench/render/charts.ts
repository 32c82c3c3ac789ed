/**
 * Throughputs as SVG: no script, titles for screen readers, colours by class.
 * @module
 */
import { escapeText } from '#built/report/markup.js';
import { gigaElements, type Chart, type ThroughputRow } from '../measure/answer.js';
import { nameThreads } from '../measure/numbers-in-text.js';
import { formatCount, formatNumber } from './cells.js';
import { linearAxis, logAxis, stepAxis, type Axis } from './axes.js';

/** In the units of the viewBox: small enough that text is readable on a phone. */
const WIDTH = 400;
const HEIGHT = 290;
const MARGIN = { top: 14, right: 14, bottom: 40, left: 46 };

export function renderChart(title: string, rows: readonly ThroughputRow[], chart: Chart): string {
  return chart.kind === 'bars' ? renderBars(title, rows, chart.scale) : renderLines(title, rows, chart.x);
}

const frame = (title: string, describe: string, height: number, content: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${round(height)}" role="img" aria-label="${escapeText(`${title}. ${describe}`)}">` +
  `<title>${escapeText(title)}</title>${content}</svg>`;

/** The CSS class of each series: the ceiling's, or a colour. */
function classify(rows: readonly ThroughputRow[]): ReadonlyMap<string, string> {
  const names = [...new Set(rows.filter(({ role }) => role !== 'ceiling').map(({ series }) => series))];
  return new Map([
    ...rows.filter(({ role }) => role === 'ceiling').map(({ series }) => [series, 'ceiling'] as const),
    ...names.map((name, i) => [name, `series${i}`] as const),
  ]);
}

function renderLines(title: string, rows: readonly ThroughputRow[], x: 'threads' | 'elementCount'): string {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const values = rows.map((row) => row[x]);
  const rates = rows.map(gigaElements);
  const isLog = x === 'elementCount';
  const across = isLog ? logAxis(values, 10, MARGIN.left, right) : stepAxis(values, MARGIN.left, right);
  const up = isLog
    ? logAxis(rates, 10, bottom, MARGIN.top)
    : linearAxis(Math.max(...rates), bottom, MARGIN.top);
  const classes = classify(rows);
  const lines = [...classes].map(([series, name]) => {
    const own = rows.filter((row) => row.series === series).sort((a, b) => a[x] - b[x]);
    return drawSeries(own, name, (row) => across.toPosition(row[x]), up);
  });
  const axisTitle = isLog ? 'elements (logarithmic)' : 'threads';
  const content = [
    drawGrid(across, up, isLog),
    `<text class="axis" x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${axisTitle}</text>`,
    ...lines,
  ].join('');
  const describe = `Gelem/s against ${axisTitle}; the dashed line is the fill.`;
  return frame(title, describe, HEIGHT, content) + drawLegend(classes);
}

function drawGrid(across: Axis, up: Axis, isLog: boolean): string {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const rows = up.ticks.map((tick) => {
    const y = round(up.toPosition(tick));
    return `<path class="grid" d="M${MARGIN.left} ${y}H${right}"/><text x="${MARGIN.left - 6}" y="${y + 4}" text-anchor="end">${formatTick(tick)}</text>`;
  });
  const columns = across.ticks.map((tick) => {
    const label = isLog ? formatPower(tick) : String(tick);
    return `<text x="${round(across.toPosition(tick))}" y="${bottom + 17}" text-anchor="middle">${label}</text>`;
  });
  return [...rows, ...columns].join('');
}

const formatTick = (tick: number): string => String(Number(tick.toPrecision(3)));

/** 10 to a power, raised without relying on superscript characters of a font. */
const formatPower = (value: number): string =>
  `10<tspan dy="-5" font-size="9">${Math.round(Math.log10(value))}</tspan>`;

function drawSeries(
  rows: readonly ThroughputRow[],
  name: string,
  toX: (row: ThroughputRow) => number,
  up: Axis,
): string {
  const points = rows.map((row) => ({ row, x: round(toX(row)), y: round(up.toPosition(gigaElements(row))) }));
  const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const marks = points.map(
    ({ row, x, y }) =>
      `<path class="spread ${name}" d="M${x} ${rateToPosition(row, 'q1', up)}V${rateToPosition(row, 'q3', up)}"/>` +
      `<circle class="${name}" cx="${x}" cy="${y}" r="3.5"><title>${escapeText(describeRow(row))}</title></circle>`,
  );
  return `<path class="line ${name}" d="${path}"/>${marks.join('')}`;
}

/** The position of a quartile of the time, as a rate. */
const rateToPosition = (row: ThroughputRow, quartile: 'q1' | 'q3', up: Axis): number =>
  round(up.toPosition(row.elementCount / row.elapsedMs[quartile] / 1e6));

const describeRow = (row: ThroughputRow): string =>
  `${row.label}, ${nameThreads(row.threads)}, ${formatCount(row.elementCount)} elements: ${formatNumber(gigaElements(row))} Gelem/s`;

const drawLegend = (classes: ReadonlyMap<string, string>): string =>
  `<ul class="legend">${[...classes]
    .map(([series, name]) => `<li><span class="swatch ${name}"></span>${escapeText(series)}</li>`)
    .join('')}</ul>`;

const BAR_ROW = 38;
const BAR_TOP = 18;
const BAR_HEIGHT = 13;
const BAR_LEFT = 6;
const DOT_RADIUS = 5;
/** Right of a bar stands its number. */
const NUMBER_WIDTH = 48;

/** One bar a row, fastest first; the ceiling is a line through all. */
function renderBars(title: string, rows: readonly ThroughputRow[], scale: 'linear' | 'log'): string {
  // Of several ceilings the highest is the line.
  const ceiling = byRate(rows.filter(({ role }) => role === 'ceiling'))[0];
  const sorted = byRate(rows.filter((row) => row !== ceiling));
  const bottom = BAR_TOP + sorted.length * BAR_ROW;
  const rates = rows.map(gigaElements);
  const end = WIDTH - NUMBER_WIDTH;
  const axis =
    scale === 'linear' ? linearAxis(Math.max(...rates), BAR_LEFT, end) : logAxis(rates, 10, BAR_LEFT, end);
  const bars = sorted.map((row, i) => {
    const y = BAR_TOP + i * BAR_ROW;
    const length = round(axis.toPosition(gigaElements(row)) - BAR_LEFT);
    return (
      `<text class="label" x="${BAR_LEFT}" y="${y + 13}">${escapeText(row.label)}</text>` +
      `${drawMark(row.role, length, y + 18, scale)}<title>${escapeText(describeRow(row))}</title></${MARKS[scale]}>` +
      `<text class="number" x="${BAR_LEFT + length + (scale === 'log' ? DOT_RADIUS : 0) + 5}" y="${y + 29}">${formatNumber(gigaElements(row))}</text>`
    );
  });
  const content = [
    drawBarGrid(axis, bottom, scale),
    ceiling ? drawCeiling(ceiling, axis, bottom) : '',
    ...bars,
  ].join('');
  return frame(title, `Gelem/s, ${scale}; the dashed line is the fill.`, bottom + 40, content);
}

const byRate = (rows: readonly ThroughputRow[]): ThroughputRow[] =>
  rows.toSorted((a, b) => gigaElements(b) - gigaElements(a));

const MARKS = { linear: 'rect', log: 'circle' } as const;

/** The opening tag. A bar's length means nothing on an axis without a zero: there it is a dot. */
function drawMark(role: string, length: number, y: number, scale: 'linear' | 'log'): string {
  return scale === 'linear'
    ? `<rect class="${role}" x="${BAR_LEFT}" y="${y}" width="${length}" height="${BAR_HEIGHT}" rx="2">`
    : `<circle class="${role}" cx="${BAR_LEFT + length}" cy="${y + BAR_HEIGHT / 2}" r="${DOT_RADIUS}">`;
}

function drawBarGrid(axis: Axis, bottom: number, scale: 'linear' | 'log'): string {
  const ticks = axis.ticks.map((tick) => {
    const x = round(axis.toPosition(tick));
    const anchor = tick === axis.ticks[0] ? 'start' : 'middle';
    return `<path class="grid" d="M${x} ${BAR_TOP}V${bottom + 4}"/><text x="${x}" y="${bottom + 18}" text-anchor="${anchor}">${formatTick(tick)}</text>`;
  });
  const axisTitle = `<text class="axis" x="${WIDTH / 2}" y="${bottom + 35}" text-anchor="middle">Gelem/s${scale === 'log' ? ' (logarithmic)' : ''}</text>`;
  return ticks.join('') + axisTitle;
}

function drawCeiling(ceiling: ThroughputRow, axis: Axis, bottom: number): string {
  const x = round(axis.toPosition(gigaElements(ceiling)));
  const label = `${ceiling.label} ${formatNumber(gigaElements(ceiling))}`;
  return `<path class="line ceiling" d="M${x} ${BAR_TOP - 3}V${bottom + 4}"/><text class="number" x="${x}" y="11" text-anchor="${x > WIDTH / 2 ? 'end' : 'start'}">${escapeText(label)}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
