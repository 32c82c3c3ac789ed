/**
 * The syntax of regular expressions in patterns: JavaScript's with the flag u, without what no matcher can do in linear time
 * (back-references, lookarounds). What one character may be (`\d`, `[a-z]`, `\p{L}`) is left to JavaScript itself.
 * Source: ECMA-262, section 22.2.1, https://tc39.es/ecma262/#sec-patterns
 * @module
 */
import { ValueError } from '../../errors.js';
import { shorten, show } from '../words.js';

export type Assertion = '^' | '$' | '\\b' | '\\B';

export type Expression =
  /** One character: itself, an escape, a class, or a dot. */
  | { readonly kind: 'one'; readonly source: string }
  | { readonly kind: 'assertion'; readonly source: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly item: Expression; readonly least: number; readonly most: number };

const refuse = (found: string, remedy: string, cause?: unknown): ValueError =>
  new ValueError('BAD_SPEC', found, remedy, { cause });

/** Nobody writes longer ones, or nests deeper; each level takes stack. */
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 200;

/** @throws {ValueError} BAD_SPEC: no regular expression, or one with what takes more than linear time */
export function parseRegExp(source: string): Expression {
  if (source.length > MAX_LENGTH) {
    const found = `The pattern ${show(`re:${source}`)} has ${source.length} characters, more than ${MAX_LENGTH}.`;
    throw refuse(found, 'Make several rules of it.');
  }
  try {
    new RegExp(source, 'u');
  } catch (cause) {
    const reason = describeReason(cause, source);
    const found = `The pattern ${show(`re:${source}`)} is no regular expression: ${reason}.`;
    throw refuse(found, 'Correct it, or leave out "re:" and write a glob.', cause);
  }
  return new Parser(source).parse();
}

const LONGEST_REASON = 200;

/** V8's reason without the pattern, which it repeats whole. */
function describeReason(cause: unknown, source: string): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [, reason = message] = message.split(`/${source}/u: `);
  return shorten(reason, LONGEST_REASON);
}

/** One character, however it is written; a pair of surrogates is one. */
const ESCAPE =
  /\\(?:u\{[\da-f]+\}|ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|u[\da-f]{4}|x[\da-f]{2}|c[a-z]|p\{[^}]*\}|.)/isuy;
const CLASS = /\[(?:\\.|[^\]\\])*\]/suy;
const CHARACTER = /./suy;
const ASSERTION = /\^|\$|\\b/iy;
const OPENING = /\((?:\?:|\?<[^=!>][^>]*>)?/uy;
const REPEAT = /([*+?])|\{(\d+)(,?)(\d*)\}/y;

/** What JavaScript has and a linear matcher has not. */
const UNSUPPORTED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\(\?<?[=!]/y, 'a lookaround'],
  [/\\(?:[1-9]\d*|k<[^>]*>)/y, 'a back-reference'],
  [/\(\?[-a-z]/y, 'flags of a group'],
];

/** Of a text that JavaScript has accepted: what is found is what was expected. */
class Parser {
  #at = 0;
  #depth = 0;

  constructor(readonly source: string) {}

  parse(): Expression {
    return this.#parseChoice();
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.source) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }

  #parseChoice(): Expression {
    const options = [this.#parseSequence()];
    while (this.source[this.#at] === '|') {
      this.#at++;
      options.push(this.#parseSequence());
    }
    const [only] = options;
    return options.length === 1 && only ? only : { kind: 'choice', options };
  }

  #parseSequence(): Expression {
    const items: Expression[] = [];
    while (this.#at < this.source.length && !'|)'.includes(this.source[this.#at] ?? ''))
      items.push(this.#parseRepeats(this.#parseItem()));
    return { kind: 'sequence', items };
  }

  #parseItem(): Expression {
    this.#refuseUnsupported();
    const [assertion] = this.#take(ASSERTION) ?? [];
    if (assertion !== undefined) return { kind: 'assertion', source: assertion as Assertion };
    if (this.#take(OPENING)) return this.#parseGroup();
    const [one = ''] = this.#take(ESCAPE) ?? this.#take(CLASS) ?? this.#take(CHARACTER) ?? [];
    return { kind: 'one', source: one };
  }

  #parseGroup(): Expression {
    if (++this.#depth > MAX_DEPTH) {
      const found = `The pattern ${show(`re:${this.source}`)} nests groups more than ${MAX_DEPTH} deep.`;
      throw refuse(found, 'Make several rules of it.');
    }
    const group = this.#parseChoice();
    this.#depth--;
    this.#at++;
    return group;
  }

  /** Lazy or not, the same names match. */
  #parseRepeats(item: Expression): Expression {
    const [, sign, least, comma, most] = this.#take(REPEAT) ?? [];
    if (sign === undefined && least === undefined) return item;
    if (this.source[this.#at] === '?') this.#at++;
    if (sign !== undefined)
      return { kind: 'repeat', item, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
    const fewest = Number(least);
    const open = comma === '' ? fewest : Infinity;
    return { kind: 'repeat', item, least: fewest, most: most === '' ? open : Number(most) };
  }

  #refuseUnsupported(): void {
    for (const [pattern, what] of UNSUPPORTED) {
      const [piece] = this.#take(pattern) ?? [];
      if (piece === undefined) continue;
      const found = `The pattern ${show(`re:${this.source}`)} has ${what}, ${show(piece)}.`;
      throw refuse(found, 'Patterns are matched in linear time, which rules that out: write several rules.');
    }
  }
}
