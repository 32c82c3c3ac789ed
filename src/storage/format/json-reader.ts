/**
 * Reads JSON that cannot be trusted, a value at a time. JSON.parse would keep the last of two equal keys, move keys such as "10" to the
 * front, accept 1.0 and 1e2 as whole numbers, and build all of a text of 100 MB before it could be refused.
 *
 * Every step reads its characters once, and nesting is bounded, so neither time nor stack grows faster than the text.
 * Source: RFC 8259, https://doi.org/10.17487/RFC8259.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** serde_json, which the official safetensors reader uses, refuses the 128th level. */
const MAX_DEPTH = 127;

const WHOLE = /0|[1-9][0-9]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A token's first characters, for messages. */
const TOKEN = /[^\s,:[\]{}"]{1,30}|[^]/y;
const SPACE = /[ \t\n\r]*/y;
const CONTROL = /[\u0000-\u001f]/;

const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

export class JsonReader {
  #at = 0;
  #depth = 0;

  /** @param remedy  of every error */
  constructor(
    readonly text: string,
    readonly remedy: string,
  ) {}

  /**
   * Refuses a key that comes twice.
   * @param onMember  reads the key's value
   */
  readObject(onMember: (key: string) => void): void {
    const keys = new Set<string>();
    this.#readItems('{', '}', 'an object', () => {
      const key = this.readString();
      if (keys.has(key)) throw this.#refuse(`the key ${show(key)} comes twice in one object`);
      keys.add(key);
      if (!this.#take(':')) throw this.#unexpected('":"');
      onMember(key);
    });
  }

  /** @param onItem  reads an item */
  readArray(onItem: () => void): void {
    this.#readItems('[', ']', 'an array', onItem);
  }

  readString(): string {
    if (this.#peek() !== '"') throw this.#unexpected('a string');
    const end = this.#endOfString();
    const raw = this.text.slice(this.#at, end);
    if (CONTROL.test(raw)) throw this.#refuse('a string holds a control character');
    const value = raw.includes('\\') ? this.#unescape(raw) : raw.slice(1, -1);
    if (!value.isWellFormed()) throw this.#refuse('a string holds half of a surrogate pair');
    this.#at = end;
    return value;
  }

  /** A whole number from 0 to 2^53 - 1, in digits only. */
  readWhole(): number {
    this.#peek();
    const digits = this.#match(WHOLE);
    const value = Number(digits);
    const next = this.text[this.#at + digits.length] ?? '';
    if (digits === '' || !Number.isSafeInteger(value) || /[0-9.eE]/.test(next)) {
      throw this.#unexpected('a whole number from 0 to 2^53 - 1');
    }
    this.#at += digits.length;
    return value;
  }

  /** Takes null, if it comes next. */
  readNull(): boolean {
    return this.#take('null');
  }

  /** What comes next, unless it is an error. */
  nextKind(): 'object' | 'array' | 'scalar' {
    const first = this.#peek();
    if (first === '{') return 'object';
    return first === '[' ? 'array' : 'scalar';
  }

  /** A string, a number that a double can hold, true, false or null. */
  readScalar(): unknown {
    if (this.#peek() === '"') return this.readString();
    for (const [literal, value] of LITERALS) if (this.#take(literal)) return value;
    const number = this.#match(NUMBER);
    if (number === '') throw this.#unexpected('a value');
    if (!Number.isFinite(Number(number))) throw this.#unexpected('a number below 2^1024');
    this.#at += number.length;
    return Number(number);
  }

  /** Skips any value. */
  skipValue(): void {
    switch (this.nextKind()) {
      case 'object':
        this.readObject(() => {
          this.skipValue();
        });
        break;
      case 'array':
        this.readArray(() => {
          this.skipValue();
        });
        break;
      case 'scalar':
        this.readScalar();
    }
  }

  /** Checks that nothing follows the last value. */
  end(): void {
    if (this.#peek() !== '') throw this.#unexpected('the end');
  }

  #readItems(open: string, close: string, what: string, onItem: () => void): void {
    if (!this.#take(open)) throw this.#unexpected(what);
    if (++this.#depth > MAX_DEPTH) throw this.#refuse(`it is nested more than ${MAX_DEPTH} deep`);
    if (!this.#take(close)) {
      do onItem();
      while (this.#take(','));
      if (!this.#take(close)) throw this.#unexpected(`"," or "${close}"`);
    }
    this.#depth--;
  }

  /** The next character that is not a space; '' at the end. */
  #peek(): string {
    this.#at += this.#match(SPACE).length;
    return this.text[this.#at] ?? '';
  }

  #take(token: string): boolean {
    this.#peek();
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text)?.[0] ?? '';
  }

  /** The position behind the string's closing quote: the first one with an even number of backslashes before it. */
  #endOfString(): number {
    let quote = this.#at;
    let backslashes: number;
    do {
      quote = this.text.indexOf('"', quote + 1);
      if (quote < 0) throw this.#refuse('a string has no end');
      backslashes = 0;
      while (this.text[quote - 1 - backslashes] === '\\') backslashes++;
    } while (backslashes % 2 === 1);
    return quote + 1;
  }

  #unescape(raw: string): string {
    try {
      return JSON.parse(raw) as string;
    } catch {
      throw this.#refuse('a string holds an escape that JSON does not have');
    }
  }

  #unexpected(expected: string): ValueError {
    const token = this.#match(TOKEN);
    return this.#refuse(`expected ${expected}, found ${token === '' ? 'the end' : token}`);
  }

  #refuse(what: string): ValueError {
    return new ValueError('BAD_CHECKPOINT', `${what} (character ${this.#at}).`, this.remedy);
  }
}

/** @throws {ValueError} BAD_CHECKPOINT: not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, remedy: string): string {
  try {
    // A byte order mark is not JSON: it is kept, so that the reader refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ValueError('BAD_CHECKPOINT', 'it is not UTF-8 text.', remedy, { cause });
  }
}
