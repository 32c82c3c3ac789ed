import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/errors.js';
import { compilePattern } from '../../src/domain/match.js';

test.each<[pattern: string, name: string, matches: boolean]>([
  ['*', 'a.b.weight', true],
  ['*.weight', 'a.b.weight', true],
  ['*.weight', 'weight', false],
  ['*.weight', 'a.weight.x', false],
  ['weight', 'a.weight', false],
  ['a.?.b', 'a.1.b', true],
  ['a.?.b', 'a.12.b', false],
  ['a*b*c', 'aXbbYbc', true],
  ['a*b*c', 'acb', false],
  ['**', 'x', true],
  ['*?', 'x', true],
  ['a*', 'a', true],
  ['a?', 'a', false],
  ['a.b', 'aXb', false],
  ['[ab]', 'a', false],
  ['[ab]', '[ab]', true],
  ['a+(b)\\', 'a+(b)\\', true],
  ['?', '😀', true],
  ['??', '😀', false],
  ['*??', '😀', false],
  ['*😀?', 'x😀😀y', true],
  ['re:.*\\.(bias|ln_\\d)', 'h.0.bias', true],
  ['re:bias', 'h.0.bias', false],
  ['re:a|b', 'ab', false],
  ['re:a|b', 'b', true],
  ['re:.', '😀', true],
  ['re:', 'x', false],
])('%s on %s: %s', (pattern, name, matches) => {
  expect(compilePattern(pattern)(name)).toBe(matches);
});

const anyPiece = fc.constantFrom('a', 'b', '.', '😀', '*', '?', '[', '\\', '$');
const anyText = fc.array(anyPiece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** The same glob as a regular expression. */
const asRegExp = (glob: string): string =>
  Array.from(glob, (c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.[\\$]/, '\\$&'))).join('');

test('a glob matches as the regular expression that says the same', () => {
  const law = fc.property(anyText.filter(Boolean), anyText, (glob, name) => {
    expect(compilePattern(glob)(name)).toBe(compilePattern(`re:${asRegExp(glob)}`)(name));
  });
  fc.assert(law, { numRuns: 2000 });
});

test('a glob that a backtracking matcher would take ages for is quick', () => {
  expect(compilePattern(`${'*a'.repeat(100)}b`)('a'.repeat(10_000))).toBe(false);
});

describe('refused are', () => {
  test.each([
    ['', /^The pattern is empty/],
    ['re:(', /^The pattern "re:\(" is no regular expression: .* Correct it, or leave out "re:"/],
    ['re:a)|(b', /^The pattern "re:a\)\|\(b" is no regular expression/],
    ['re:\\_', /is no regular expression/],
  ])('%j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(ValueError);
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
