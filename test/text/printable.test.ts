import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JumpfillError } from '../../src/base/errors.js';
import { cutName, escapeControls, escapeJson, LONGEST_NAME } from '../../src/text/printable.js';
import { anyHostile, UNPRINTABLE } from '../support/hostile.js';

test('exactly the characters that control a terminal, reverse a line or have no width are escaped', () => {
  const shown = 'größe.重み한국어 👩 a\u0301 !"#~\u00a0';
  expect(escapeControls(shown)).toBe(shown);
  expect(escapeControls('\x00\n\x1b\x7f\x9b\u200b\u200e\u202e\u2028\u2069\ufeff\u3164\ud800\u{e0041}')).toBe(
    '\\u0000\\u000a\\u001b\\u007f\\u009b\\u200b\\u200e\\u202e\\u2028\\u2069\\ufeff\\u3164\\ud800\\u{e0041}',
  );
});

test('escaped text has nothing left to escape, and text without such characters stays as it is', () => {
  const property = fc.property(anyHostile, (text) => {
    const escaped = escapeControls(text);
    expect(escaped).not.toMatch(UNPRINTABLE);
    expect(escapeControls(escaped)).toBe(escaped);
    if (!UNPRINTABLE.test(text)) expect(escaped).toBe(text);
  });
  fc.assert(property);
});

test('escaped JSON has the same value', () => {
  const property = fc.property(fc.dictionary(anyHostile, anyHostile), fc.nat(2), (value, space) => {
    const escaped = escapeJson(JSON.stringify(value, null, space));
    expect(escaped.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    expect(JSON.parse(escaped)).toEqual(JSON.parse(JSON.stringify(value)));
  });
  fc.assert(property);
});

test('an error escapes what it quotes, in every part of its message', () => {
  const property = fc.property(anyHostile, anyHostile, (found, remedy) => {
    const error = new JumpfillError('BAD_NAME', found, remedy);
    expect(error.message).not.toMatch(UNPRINTABLE);
    expect(error.message).toBe(`${error.found} ${error.remedy}`);
    expect(error.found).toBe(escapeControls(found));
  });
  fc.assert(property);
});

describe('cutting a name', () => {
  test('leaves it whole up to 200 characters, escapes included', () => {
    expect(cutName('x'.repeat(200))).toBe('x'.repeat(200));
    expect(cutName('\u202e'.repeat(33))).toBe('\\u202e'.repeat(33));
    expect(cutName('\u202e'.repeat(34))).toMatch(/^(?:\\u202e)+…(?:\\u202e)+$/);
  });

  test('keeps the beginning and the end', () => {
    expect(cutName('model.layers.0.very.long.weight', 21)).toBe('model.laye…ong.weight');
    expect(cutName(`a${'b'.repeat(1e7)}c`)).toBe(`a${'b'.repeat(99)}…${'b'.repeat(98)}c`);
  });

  test('never exceeds the limit, and never leaves a piece of an escape or of a surrogate pair', () => {
    const property = fc.property(anyHostile, fc.integer({ min: 3, max: 40 }), (text, most) => {
      const name = text.toWellFormed().replaceAll('…', '.');
      const cut = cutName(name, most);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(cut).not.toMatch(UNPRINTABLE);
      if (cut === escapeControls(name)) return;
      const [head = '', tail = ''] = cut.split(/…(?=[^…]*$)/);
      const pieces = Array.from(name, escapeControls);
      const beginnings = pieces.map((_, i) => pieces.slice(0, i).join(''));
      const ends = pieces.map((_, i) => pieces.slice(i + 1).join(''));
      expect(beginnings).toContain(head);
      expect(ends).toContain(tail);
    });
    fc.assert(property);
  });

  test('leaves the names of real checkpoints whole', () => {
    expect(LONGEST_NAME).toBeGreaterThan(
      'transformer.blocks.99.attention.self.query_key_value.weight'.length,
    );
  });
});
