/**
 * Numbers as people read them: in tables, summaries and messages, and on the inspection page.
 * @module
 */

/** 12,973,440. By hand: Intl takes 12 ms to start, half of what a table of 723 rows takes. @param value  a whole number */
export const groupDigits = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 tensor`, `12,973 tensors` */
export const formatCount = (count: number, singular: string, plural = `${singular}s`): string =>
  `${groupDigits(count)} ${count === 1 ? singular : plural}`;

export const roundToDigits = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** Magnitudes that are written out; others have an exponent. */
const LEAST_PLAIN = 1e-4;
const LEAST_LARGE = 1e6;

/** Formats a measured number to this many significant digits: 0.02004, 1e30, 2.5e-7. */
export function formatNumber(value: number, digits: number): string {
  const rounded = roundToDigits(value, digits);
  const magnitude = Math.abs(rounded);
  const isPlain = !(magnitude > 0 && magnitude < LEAST_PLAIN) && !(magnitude >= LEAST_LARGE);
  return isPlain ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}

/** Formats a figure of whole numbers: one that is whole itself has all digits, as far as a double holds them. */
export const formatWhole = (value: number, digits: number): string =>
  Number.isSafeInteger(value) ? String(value) : formatNumber(value, digits);

/** 12 %, 0.0031 %, `over 99 %`: only all is 100 %. @param digits  at least 2 */
export function formatShare(share: number, digits = 2): string {
  const percent = roundToDigits(100 * share, digits);
  if (percent < 100 || share >= 1) return `${percent} %`;
  return `over ${(100 - 10 ** (2 - digits)).toFixed(digits - 2)} %`;
}

const SIZE_UNITS = ['KB', 'MB', 'GB', 'TB'] as const;

/**
 * In powers of 1000: `16.06 GB`; below 1000 bytes, `7 B`.
 * @param digits  behind the point
 */
export function formatByteSize(bytes: number, digits = 2): string {
  if (bytes < 1000) return `${bytes} B`;
  const written = SIZE_UNITS.map((_, i) => (bytes / 1000 ** (i + 1)).toFixed(digits));
  // Chosen after rounding: 1000 of a unit is 1 of the next.
  const fitting = written.findIndex((value) => Number(value) < 1000);
  const unit = fitting < 0 ? SIZE_UNITS.length - 1 : fitting;
  return `${written[unit]} ${SIZE_UNITS[unit]}`;
}

/** `0.153 s` */
export const formatSeconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** `6.10 GB/s`, `1.25 MB/s` */
export const formatRate = (bytes: number, ms: number): string =>
  `${formatByteSize(Math.round((1000 * bytes) / ms))}/s`;
