/**
 * Colours, on terminals that have them and without NO_COLOR.
 * @module
 */
import { styleText } from 'node:util';
import type { WriteStream } from 'node:tty';

export type Style = (format: 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', text: string) => string;

export function styleFor(stream: NodeJS.WriteStream): Style {
  const { NO_COLOR, TERM } = process.env;
  const wanted = isTerminal(stream) && (NO_COLOR ?? '') === '' && TERM !== 'dumb' && stream.hasColors();
  return wanted ? (format, text) => styleText(format, text) : (_, text) => text;
}

/** Columns of a terminal; Infinity where lines do not wrap. */
export const roomOf = (stream: NodeJS.WriteStream): number =>
  isTerminal(stream) ? stream.columns : Infinity;

export function isTerminal(stream: NodeJS.WriteStream): stream is NodeJS.WriteStream & WriteStream {
  return stream.isTTY;
}
