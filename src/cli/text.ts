/**
 * Text on a terminal: how wide it is, and what of it must not get there as it is.
 * @module
 */

/** Control characters could move the cursor or recolour the terminal, and direction marks turn what follows around. */
export const escapeControls = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });

/** The same in JSON, which stays the same value: JSON.stringify escapes the first 32 of them only. */
export const escapeJson = (json: string): string =>
  json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, i) => escapeUnit(character, i)).join(''),
  );

const escapeUnit = (text: string, i: number): string =>
  `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;

/** Ideographs, kana, hangul, full-width forms and emoji: Unicode's annex 11, in outline. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** In columns. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Pieces that are at most so wide. */
export function cut(text: string, width: number): string[] {
  const pieces = [''];
  for (const character of text) {
    const last = pieces.at(-1) ?? '';
    if (last !== '' && widthOf(last + character) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}

const padding = (text: string, width: number): string => ' '.repeat(Math.max(width - widthOf(text), 0));

export const padEnd = (text: string, width: number): string => text + padding(text, width);
export const padStart = (text: string, width: number): string => padding(text, width) + text;
