/** What patterns capture of names, against other matchers: RegExp where it does not backtrack far. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureReader } from '../../../src/domain/specs/captures.js';
import { compileCaptures, compilePattern } from '../../../src/domain/specs/patterns.js';

const anyText = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from(characters)), { maxLength }).map((letters) => letters.join(''));

const SOURCES: Readonly<Record<string, string>> = { '.': '\\.', '*': '([^]*?)', '?': '[^]' };

test('each * of a glob captures what a lazy group of the same expression does, and the runs make up the name', () => {
  const anyGlob = fc.oneof(anyText('ab.*?', 8), anyText('a*', 6));
  fc.assert(
    fc.property(anyGlob, anyText('ab.', 10), (glob, name) => {
      if (glob === '' || !compilePattern(glob)(name)) return;
      const source = glob.replace(/[.*?]/g, (mark) => SOURCES[mark] ?? expect.fail(mark));
      const [, ...groups] = new RegExp(`^${source}$`).exec(name) ?? expect.fail('no match');
      expect(compileCaptures(glob)(name)).toEqual(groups);
    }),
    { seed: 13, numRuns: 5000 },
  );
});

test('a star captures whole characters', () => {
  expect(compileCaptures('*.?.*')('\u{1f600}\u{1f600}.\u{1f601}.')).toEqual(['\u{1f600}\u{1f600}', '']);
});

test('groups of a regular expression are captured; one that took no part is not', () => {
  const captures = compileCaptures('re:(a|b)(x)?\\.(?:l|m)\\.(\\d+)');
  expect(captures('b.m.17')).toEqual(['b', undefined, '17']);
  expect(captures('ax.l.3')).toEqual(['a', 'x', '3']);
  expect(() => compileCaptures(`re:${'()'.repeat(33)}`)).toThrow(/more than 32 groups/);
});

describe('a reference', () => {
  const reader = new CaptureReader();
  const rule = { match: 're:(.*)\\.bias' };

  test('stands for captures, the whole name and dollar signs', () => {
    expect(reader.expand('$1.weight', rule, 'h.0.fc.bias')).toBe('h.0.fc.weight');
    expect(reader.expand('$0|$$1|$x', rule, 'h.bias')).toBe('h.bias|$1|$x');
    expect(reader.expand('$1.$2', { match: 'h.*.*.bias' }, 'h.3.fc.bias')).toBe('3.fc');
    expect(reader.expand('fc.weight', undefined, 'b')).toBe('fc.weight');
    expect(reader.expand('$0', undefined, 'b')).toBe('b');
  });

  test('to a group that there is not is refused', () => {
    expect(() => reader.expand('$2', rule, 'h.bias')).toThrow(/captures no group 2/);
    expect(() => reader.expand('$1', undefined, 'h.bias')).toThrow(/no rule gave this init/);
    expect(() => reader.capture(1, { match: 're:a(b)?' }, 'a')).toThrow(/captures no group 1/);
  });
});
