/** Text that would control a terminal or break a line if it were printed unescaped. */
import fc from 'fast-check';

/** Known harmful characters and their neighbours, listed by hand: not the Unicode properties that the code uses. */
export const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/;

const HARMFUL = [
  ...['\x00', '\x07', '\b', '\t', '\n', '\r', '\x1b[2J', '\x7f', '\x85', '\x9b31m', '\xad'],
  ...['\u061c', '\u115f', '\u180e', '\u200b', '\u200d', '\u200f', '\u2028', '\u2029', '\u202a', '\u202e'],
  ...['\u2060', '\u2066', '\u2069', '\u3164', '\ufeff', '\ufff9', '\u{e0001}', '\u{e0041}'],
];

const anyPiece = fc.oneof(
  { arbitrary: fc.constantFrom(...HARMFUL), weight: 3 },
  {
    arbitrary: fc.constantFrom('"', '\\', '\\u202e', '…', ' ', '.', '/', '<', '重', '👩', 'weight'),
    weight: 3,
  },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 3 }), weight: 1 },
);

export const anyHostile: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: fc.array(anyPiece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join('')),
    weight: 9,
  },
  { arbitrary: fc.constantFrom('\ud800', 'a\udc00b', '\udc00\ud800'), weight: 1 },
);

/** Well-formed, as a name in a file has to be, and some of them very long. */
export const anyHostileName: fc.Arbitrary<string> = fc
  .tuple(anyHostile, fc.constantFrom('', '', '', 'x'.repeat(100_000)))
  .map(([text, rest]) => `${text.toWellFormed()}\u202e${rest}`);
