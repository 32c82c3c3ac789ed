/**
 * Numbers as the page shows them.
 * @module
 */

/** 12,973,440 */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** Five digits, and a real minus sign. */
export function formatFigure(value: number | undefined): string {
  if (value === undefined) return '–';
  return String(Number(value.toPrecision(5))).replaceAll('-', '−');
}

/** 1.2 kB, 3.4 GB */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power] ?? ''}`;
}

/** 12 %, 0.0031 % */
export const formatShare = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
