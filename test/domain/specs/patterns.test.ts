import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../src/base/errors.js';
import { compilePattern, literalOf } from '../../../src/domain/specs/patterns.js';

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
  ['re:', '', true],
  ['re:a{2,3}', 'aa', true],
  ['re:a{2,3}', 'aaaa', false],
  ['re:a{2,}', 'aaaa', true],
  ['re:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', '0123abcd-0000-4000-8000-0123456789ab', true],
  ['re:a{1000}', 'a'.repeat(1000), true],
  ['re:a{1000}', 'a'.repeat(999), false],
  ['re:(?:ab){2}', 'abab', true],
  ['re:(?:){1000}x', 'x', true],
  ['re:(?<layer>\\d+)\\.w', '12.w', true],
  ['re:\\bw\\b.*', 'w.x', true],
  ['re:a\\Bb', 'ab', true],
  ['re:[^a-c\\]]+', 'xyz', true],
  ['re:[^a-c\\]]+', 'x]', false],
  ['re:[]a]+', ']a', true],
  ['re:[[:alpha:]]', 'a', true],
  ['re:.', '\n', false],
  ['re:.', '\r', true],
  ['re:\\s', '\t', true],
  ['re:\\s', '\u2003', false],
  ['re:\\p{Greek}+', 'αβ', true],
  ['re:\\x{1f600}\\x{61}\\x62\\t', '😀ab\t', true],
  ['re:(?i:bias)', 'BIAS', true],
  ['re:a$', 'a\n', false],
  ['re:a$|^b', 'b', true],
  ['re:a$b', 'ab', false],
  ['re:.*?(?:norm|ln)_?\\d??\\.weight', 'h.0.ln_2.weight', true],
])('%s on %s: %s', (pattern, name, matches) => {
  expect(compilePattern(pattern)(name)).toBe(matches);
});

const anyPiece = fc.constantFrom('a', 'b', '.', '😀', '*', '?', '[', '\\', '$');
const anyText = fc.array(anyPiece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** The same glob as a regular expression. */
const asRegExp = (glob: string): string =>
  Array.from(glob, (c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.[\\$]/, '\\$&'))).join('');

test('a pattern without wildcards matches one name, the one that is reported for it', () => {
  let count = 0;
  const law = fc.property(anyText.filter(Boolean), fc.boolean(), anyText, (text, isRegExp, name) => {
    const pattern = isRegExp ? `re:${text}` : text;
    const literal = literalOf(pattern);
    if (literal === undefined) return;
    count++;
    const matches = compilePattern(pattern);
    expect([matches(literal), matches(name)]).toEqual([true, name === literal]);
  });
  fc.assert(law, { seed: 14, numRuns: 2000 });
  expect(count).toBeGreaterThan(100);
  expect(['re:a\\.b', 're:a.b', 'a.b', 'a?', 're:\\d'].map(literalOf)).toEqual([
    'a.b',
    undefined,
    'a.b',
    undefined,
    undefined,
  ]);
});

test('a glob matches as the equivalent regular expression', () => {
  const law = fc.property(anyText.filter(Boolean), anyText, (glob, name) => {
    expect(compilePattern(glob)(name)).toBe(compilePattern(`re:${asRegExp(glob)}`)(name));
  });
  fc.assert(law, { numRuns: 2000 });
});

/** Expressions in the syntax that RE2 and JavaScript share; small, because JavaScript's matcher runs them too. */
const anyExpression = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      '😀',
      '.',
      '\\.',
      '\\w',
      '\\S',
      '[ab]',
      '[^a😀]',
      '[\\d.]',
      '\\p{L}',
      '\\x{1f600}',
    ),
    fc.constantFrom('^', '$', '\\b', '\\B', '(?:)'),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => items.join('')),
    fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((items) => `(${items.join('|')})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('*', '+', '?', '{2}', '{0}', '{1,}', '{0,2}', '{1,3}', '*?', '+?'),
      )
      .map(([item, repeat]) => `(?:${item})${repeat}`),
  ),
})).expression;
const anyName = fc
  .array(fc.constantFrom('a', 'b', '.', '1', ' ', '\n', '😀', 'é'), { maxLength: 6 })
  .map((pieces) => pieces.join(''));

test('a regular expression matches as JavaScript’s does', () => {
  const law = fc.property(anyExpression, fc.array(anyName, { maxLength: 8 }), (source, names) => {
    const matches = compilePattern(`re:${source}`);
    const whole = new RegExp(`^(?:${source.replaceAll('\\x{', '\\u{')})$`, 'u');
    for (const name of names) expect(matches(name), name).toBe(whole.test(name));
  });
  fc.assert(law, { numRuns: 5000 });
});

test('a name of 100,000 different characters matches like any other', () => {
  const name = Array.from({ length: 100_000 }, (_, i) => String.fromCodePoint(0x20000 + i)).join('');
  const matches = compilePattern('re:(.*x)*.{3}|[^x]+');
  expect([matches(name), matches(`${name}x`), matches(`${name}xabc`)]).toEqual([true, false, true]);
});

describe('a pattern on which a backtracking matcher would take exponential time is quick, on names of any length:', () => {
  const long = 'a'.repeat(100_000);
  test.each([
    [`${'*a'.repeat(100)}b`, 'a'.repeat(10_000), false],
    ['re:(a+)+', `${'a'.repeat(40)}!`, false],
    ['re:(a+)+', `${long}!`, false],
    ['re:(a+)+', long, true],
    ['re:((a+)+)+b', long, false],
    ['re:(a|aa)+b', long, false],
    ['re:(.*)*x', long, false],
    ['re:(a?){50}a{50}', 'a'.repeat(1000), false],
    ['re:(a?){50}a{50}', 'a'.repeat(100), true],
    ['re:(a*)*(b*)*(\\w+\\s?)+:', long, false],
    ['re:(x+x+)+y\\b', 'x'.repeat(100_000), false],
    [
      // Counts beside one another, in classes and behind backslashes do not multiply.
      String.raw`re:transformer\.(?:encoder|decoder)\.layers\.\d{1,3}\.(?:self_attn|cross_attn|mlp)\.\w{1,30}\.\w{1,30}\.(?:weight|bias)`,
      'transformer.encoder.layers.11.self_attn.q_proj.out.weight',
      true,
    ],
    [
      `re:${'[{900}]a'.repeat(20)}${String.raw`\{900}`.repeat(20)}.*`,
      `${'9a'.repeat(20)}${'{900}'.repeat(20)}`,
      true,
    ],
    ['re:([a-z]+\\.?)*!', 'transformer.'.repeat(10_000), false],
  ])('%s', (pattern, name, matches) => {
    expect(compilePattern(pattern)(name)).toBe(matches);
  });
});

describe('refused patterns:', () => {
  test.each([
    ['', /^The pattern is empty/],
    [
      're:(',
      /^The pattern "re:\(" is not a valid RE2 expression: missing closing \)\. Correct it, or leave out "re:"/,
    ],
    ['re:a)|(b', /^The pattern "re:a\)\|\(b" is not a valid RE2 expression: unexpected \)\./],
    ['re:a**', /: invalid nested repetition operator, "\*\*"\./],
    ['re:\\u0061', /: unknown escape, "\\\\u"\./],
    ['re:\\p{Script=Greek}', /: unknown character range or class\./],
    ['re:[b-a]', /: unknown character range or class, "b-a"\./],
    ['re:(?>a)', /: unknown kind of group, "\(\?>"\./],
    ['re:[]', /: missing closing \]\. Correct/],
    [
      're:(a)\\1',
      /^The pattern "re:\(a\)\\\\1" has a back-reference, "\\\\1"\. Patterns match in linear time/,
    ],
    ['re:(?<n>a)\\k<n>', /has a back-reference, "\\\\k"/],
    ['re:.*(?=\\.weight)', /has a lookaround, "\(\?="/],
    ['re:(?!x).*', /has a lookaround, "\(\?!"/],
    ['re:.*(?<=a)', /has a lookaround, "\(\?<="/],
    ['re:.*(?<!a)', /has a lookaround, "\(\?<!"/],
    ['re:((a{100}){100}){100}', /: at most 1000 repetitions, nested ones multiplied, "\{100\}"\. Correct/],
    ['re:(a{1000}){1000}', /: at most 1000 repetitions/],
    ['re:a{1000}{1000}', /: invalid nested repetition operator/],
    ['re:a{1000000000}', /: at most 1000 repetitions/],
    [`re:${'a{1000}'.repeat(20)}`, /is too large once its repetitions are expanded\. Use fewer/],
    [`re:${'a{1000}'.repeat(1398)}`, /is too large once its repetitions are expanded\. Use fewer/],
    [`re:(?:${'a{9}'.repeat(500)}){100}`, /is too large once its repetitions are expanded/],
    [`re:(?:${'a?'.repeat(12)}){1000}`, /is too large once its repetitions are expanded/],
    [
      `re:${'a'.repeat(10_001)}`,
      /has 10001 characters, more than 10000\. Use fewer repetitions, or several rules/,
    ],
    [`re:${'('.repeat(1001)}a${')'.repeat(1001)}`, /: expression nests too deeply\./],
    [`re:${'(?:'.repeat(1900)}a${')*'.repeat(1900)}`, /: expression nests too deeply\./],
    [
      `re:${'('.repeat(10_000)}`,
      /^The pattern "re:\(+\.\.\. is not a valid RE2 expression: missing closing \)\./,
    ],
  ])('%j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(ValueError);
    expect(() => compilePattern(pattern)).toThrow(message);
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }));
  });
});
