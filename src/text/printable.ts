/**
 * Makes other people's text fit for a message, a terminal or a page: it cannot move the cursor, reverse the line or hide, and is
 * cut to what a person reads.
 * @module
 */

/**
 * Controls (C0, DEL, C1) move the cursor and recolour the terminal, format characters reverse the text or have no width, line and
 * paragraph separators break a line, and half a surrogate pair is not a character. Source: Unicode Standard Annex 44, general
 * categories and Default_Ignorable_Code_Point, https://www.unicode.org/reports/tr44/.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** `\u202e`, and `\u{e0041}` beyond 16 bits. */
export const escapeControls = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });

/** The same for JSON, whose value stays the same. JSON.stringify escapes only the first 32. */
export const escapeJson = (json: string): string =>
  json.replace(UNPRINTABLE, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, i) => escapeUnit(character, i)).join(''),
  );

const escapeUnit = (text: string, i: number): string =>
  `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;

/** The longest name in a table, on a page or in a list: names of real tensors have some 100 characters. */
export const LONGEST_NAME = 200;

/**
 * A name for tables, pages and lists: escaped, and without its middle if it is long, since names differ at both ends:
 * `model.layers.0.…weight`.
 * @param most  characters of the result, at least 3
 */
export function cutName(name: string, most = LONGEST_NAME): string {
  // Cut before it is escaped: a name may have a hundred million characters.
  const near = name.length > 2 * most ? name.slice(0, most) + name.slice(-most) : name;
  const escaped = escapeControls(near);
  if (escaped.length <= most && near === name) return escaped;
  const pieces = Array.from(near, escapeControls);
  const tail = takeWhole(pieces.reverse(), Math.floor((most - 1) / 2)).reverse();
  const head = takeWhole(pieces.reverse(), most - 1 - tail.join('').length);
  return `${head.join('')}…${tail.join('')}`;
}

/** The first pieces, up to this many characters together. */
function takeWhole(pieces: readonly string[], most: number): string[] {
  let length = 0;
  const end = pieces.findIndex((piece) => (length += piece.length) > most);
  return pieces.slice(0, end < 0 ? pieces.length : end);
}
