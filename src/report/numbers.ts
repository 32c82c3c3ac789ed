/**
 * Measured numbers as the page shows them: with a real minus sign.
 * @module
 */
import { formatNumber, formatWhole } from '../text/numbers.js';

const typeset = (number: string): string => number.replaceAll('-', '−');

const FIGURE_DIGITS = 5;
/** There is less room beside an axis. */
const TICK_DIGITS = 4;
const NONE = '–';

export const formatFigure = (value: number | undefined): string =>
  value === undefined ? NONE : typeset(formatNumber(value, FIGURE_DIGITS));

/** A figure of a tensor of whole numbers. */
export const formatWholeFigure = (value: number | undefined): string =>
  value === undefined ? NONE : typeset(formatWhole(value, FIGURE_DIGITS));

export const formatTick = (value: number): string => typeset(formatNumber(value, TICK_DIGITS));
