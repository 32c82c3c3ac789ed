/**
 * Widths of text on a terminal: measuring, cutting, wrapping, padding. Unprintable text: printable.ts.
 * @module
 */

/** Ideographs, kana, hangul, full-width forms and emoji: an outline of Unicode's annex 11. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** In columns. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Pieces of at most this width. */
export function cut(text: string, width: number): string[] {
  const pieces = [''];
  for (const character of text) {
    const last = pieces.at(-1) ?? '';
    if (last !== '' && widthOf(last + character) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}

/** Lines of whole words, of at most this width unless a single word is wider. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || widthOf(longer) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const padding = (text: string, width: number): string => ' '.repeat(Math.max(width - widthOf(text), 0));

export const padEnd = (text: string, width: number): string => text + padding(text, width);
export const padStart = (text: string, width: number): string => padding(text, width) + text;
