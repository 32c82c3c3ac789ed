/**
 * Measured numbers as the page shows them: with a real minus sign.
 * @module
 */
import { formatNumber } from '../text/numbers.js';

const typeset = (value: number, digits: number): string => formatNumber(value, digits).replaceAll('-', '−');

const FIGURE_DIGITS = 5;
/** There is less room beside an axis. */
const TICK_DIGITS = 4;

export const formatFigure = (value: number | undefined): string =>
  value === undefined ? '–' : typeset(value, FIGURE_DIGITS);

export const formatTick = (value: number): string => typeset(value, TICK_DIGITS);
