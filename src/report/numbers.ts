/**
 * Numbers as the page shows them.
 * @module
 */

/** 12,973,440 */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** Five digits. */
export const formatFigure = (value: number | undefined): string =>
  value === undefined ? '–' : formatDigits(value, 5);

/** Beside an axis, where there is less room. */
export const formatTick = (value: number): string => formatDigits(value, 4);

/** Magnitudes that are written out. */
const LEAST_PLAIN = 1e-4;
const LEAST_LARGE = 1e6;

/** With a real minus sign; 1e30 and 2.5e−7 where zeros would take the room. */
function formatDigits(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  const isPlain = magnitude === 0 || (magnitude >= LEAST_PLAIN && magnitude < LEAST_LARGE);
  const text = isPlain ? String(rounded) : rounded.toExponential().replace('e+', 'e');
  return text.replaceAll('-', '−');
}

/** 12 %, 0.0031 %; 100 % of nothing but all. */
export function formatShare(share: number): string {
  const percent = Number((100 * share).toPrecision(2));
  return percent >= 100 && share < 1 ? 'over 99 %' : `${percent} %`;
}
