/** Initialisers in metadata: what is written is read back, nested or not, and what no initialiser contains is refused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INIT } from '../../../src/storage/format/init-form.js';
import { JsonReader } from '../../../src/storage/format/json-reader.js';
import type { Init } from '../../../src/domain/recipes/init.js';

const read = (text: string): object => INIT.read(new JsonReader(text, 'remedy'));

const anyScalar = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.string({ maxLength: 20 }),
  fc.boolean(),
);
const anyKey = fc.string({ maxLength: 10 }).filter((key) => key !== '__proto__');
const { nested: anyNested } = fc.letrec((tie) => ({
  nested: fc.oneof(
    { maxDepth: 5 },
    anyScalar,
    fc.array(tie('nested'), { maxLength: 5 }),
    fc.dictionary(anyKey, tie('nested'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const anyInit = fc.dictionary(anyKey, anyNested, { maxKeys: 8, noNullPrototype: true });

test('what is written of an initialiser is read back, whatever is nested in it', () => {
  fc.assert(
    fc.property(anyInit, (init) => {
      expect(read(JSON.stringify(INIT.write(init)))).toEqual(init);
    }),
    { seed: 13 },
  );
});

test('infinite numbers are written as in a spec, however deep they lie', () => {
  const init = { kind: 'zeros', rows: [{ from: 0, init: { kind: 'truncated_normal', low: -Infinity } }] };
  expect(INIT.write(init as unknown as Init)).toEqual({
    kind: 'zeros',
    rows: [{ from: 0, init: { kind: 'truncated_normal', low: '-inf' } }],
  });
});

test.each([
  ['[', 'x', /expected an object/],
  ['{"a":', '{"a":', /nested more than 8 deep/],
  ['{"a":[', '[', /nested more than 8 deep/],
  ['{"a":[', '{},', /more than 4352 values/],
  ['{"a":[', '0,', /more than 4352 values/],
])('%s and then %s without an end is refused early', (start, more, reason) => {
  const text = start + more.repeat(1_000_000);
  const reader = new JsonReader(text, 'remedy');
  expect(() => INIT.read(reader)).toThrow(reason);
});

test('4096 values are read, as the longest list has', () => {
  const values = Array.from({ length: 4096 }, (_, i) => i);
  expect(read(JSON.stringify({ kind: 'values', values }))).toEqual({ kind: 'values', values });
});
