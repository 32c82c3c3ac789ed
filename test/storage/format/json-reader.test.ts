import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../src/base/errors.js';
import { JsonReader } from '../../../src/storage/format/json-reader.js';

function readAll(text: string): unknown {
  const reader = new JsonReader(text, 'Mend it.');
  const value = reader.readValue();
  reader.end();
  return value;
}

function skipAll(text: string): void {
  const reader = new JsonReader(text, 'Mend it.');
  reader.skipValue();
  reader.end();
}

const isRead = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch (error) {
    expect(error instanceof ValueError || error instanceof SyntaxError).toBe(true);
    return false;
  }
};

const anySpace = fc.constantFrom(0, 1, 2, '\t', '\r\n');

test('gives every value as JSON.parse does, however it is spaced', () => {
  const property = fc.property(fc.jsonValue({ stringUnit: 'binary' }), anySpace, (value, space) => {
    fc.pre(JSON.stringify(value).isWellFormed() && !JSON.stringify(value).includes('\\ud'));
    const text = JSON.stringify(value, null, space);
    expect(readAll(` ${text}\n`)).toEqual(JSON.parse(text));
    skipAll(text);
  });
  fc.assert(property);
});

test('refuses every broken text that JSON.parse refuses, and reads no other value than it does', () => {
  const anyBroken = fc
    .tuple(
      fc.jsonValue(),
      fc.nat(),
      fc.nat(4),
      fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '0', '-', 'e', '.', '\u0001'),
    )
    .map(([value, at, length, other]) => {
      const text = JSON.stringify(value, null, 1);
      const place = at % (text.length + 1);
      return text.slice(0, place) + other + text.slice(place + length);
    });
  const property = fc.property(anyBroken, (text) => {
    const read = isRead(() => readAll(text));
    expect(
      isRead(() => {
        skipAll(text);
      }),
    ).toBe(read);
    if (read) expect(readAll(text)).toEqual(JSON.parse(text));
    // What is stricter than JSON.parse: equal keys, half surrogates, and numbers that no double holds.
    else if (!/comes twice|surrogate|below 2\^1024/.test(messageOf(text)))
      expect(isRead(() => JSON.parse(text) as unknown)).toBe(false);
  });
  fc.assert(property, { numRuns: 2000 });
});

function messageOf(text: string): string {
  try {
    readAll(text);
    return '';
  } catch (error) {
    return String(error);
  }
}

describe('says what was expected, what was found and where', () => {
  test.each([
    ['', 'expected a value, found the end (character 0).'],
    ['  x', 'expected a value, found x (character 2).'],
    ['[1 2]', 'expected "," or "]", found 2 (character 3).'],
    ['{"a" 1}', 'expected ":", found 1 (character 5).'],
    ['{"a":1,"a":2}', 'the key "a" comes twice in one object (character 10).'],
    ['{1:2}', 'expected a string, found 1 (character 1).'],
    ['"a', 'a string has no end (character 0).'],
    ['tru', 'expected a value, found tru (character 0).'],
    ['-', 'expected a value, found - (character 0).'],
    ['{} {}', 'expected the end, found { (character 3).'],
    ['['.repeat(128), 'it is nested more than 127 deep (character 128).'],
    ['[1e309]', 'expected a number below 2^1024, found 1e309 (character 1).'],
  ])('%s', (text, found) => {
    expect(messageOf(text)).toBe(`ValueError: ${found} Mend it.`);
  });

  test('127 deep is read', () => {
    const text = '['.repeat(127) + ']'.repeat(127);
    expect(readAll(text)).toEqual(JSON.parse(text));
  });
});
