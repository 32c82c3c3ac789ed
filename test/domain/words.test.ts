import { expect, test } from 'vitest';
import { suggest } from '../../src/domain/words.js';

const layers = Array.from({ length: 700 }, (_, i) => `model.layers.${i}.self_attn.q_proj.weight`);

test('suggest lists the known words, and of many the first', () => {
  expect(suggest('x', ['alpha', 'beta'])).toBe('Known: alpha, beta.');
  const listed = suggest('x', layers);
  expect(listed).toMatch(
    /^Known: model\.layers\.0\.self.*model\.layers\.29\.self_attn\.q_proj\.weight and 670 more\.$/,
  );
});

test('suggest shows names as they are if they are plain, and else as JSON, cut', () => {
  expect(suggest('x', ['a\u001b[31m', 'b, c', 'd'.repeat(100)])).toMatch(
    /^Known: "a\\u001b\[31m", "b, c", "d{56}\.\.\.\.$/,
  );
  expect(suggest('b\n', ['a\n'])).toMatch(/^Did you mean "a\\n"\? /);
});

test('suggest finds the nearest word behind those that are listed, long ones too', () => {
  expect(suggest('model.layers.650.self_atn.q_proj.weight', layers)).toMatch(
    /^Did you mean "model\.layers\.650\.self_attn\.q_proj\.weight"\? Known: /,
  );
});
