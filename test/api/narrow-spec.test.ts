/** The part of a spec that decides a slice of one tensor: nothing else is read, checked or resolved. */
import { expect, test } from 'vitest';
import { narrowSpec } from '../../src/api/narrow-spec.js';

const tensor = (name: string, more: object = {}): object => ({ name, shape: [4], ...more });
const LISTED = ['a', 'b', 'c', 'd'].map((name) => tensor(name));
const DEFAULT = { init: { kind: 'normal' } };

/** The names that are left of these tensors for one of them. */
function namesLeft(
  generator: 'xoroshiro128+' | 'torch',
  spec: object,
  name: string,
): readonly (string | undefined)[] {
  const { tensors } = narrowSpec({ seed: 1, default: DEFAULT, ...spec }, name, generator) as {
    readonly tensors: readonly { readonly name?: string }[];
  };
  return tensors.map((left) => left.name);
}

test('of streams a tensor is left alone, and the rest of the spec as it is', () => {
  const rules = [{ match: '*', init: { kind: 'zeros' } }, null];
  const spec = { seed: 1, rules, tensors: LISTED };
  expect(narrowSpec(spec, 'c', 'xoroshiro128+')).toEqual({ ...spec, tensors: [LISTED[2]] });
});

test('of a sequence those before it are left, from the last one that says where it begins', () => {
  expect(namesLeft('torch', { tensors: LISTED }, 'c')).toEqual(['a', 'b', 'c']);
  const placed = (...names: readonly string[]): object[] =>
    ['a', 'b', 'c', 'd'].map((name) => tensor(name, names.includes(name) ? { first_word: 16 } : {}));
  expect(namesLeft('torch', { tensors: placed('a') }, 'c')).toEqual(['a', 'b', 'c']);
  expect(namesLeft('torch', { tensors: placed('a', 'b') }, 'c')).toEqual(['b', 'c']);
  expect(namesLeft('torch', { tensors: placed('c', 'd') }, 'c')).toEqual(['c']);
  expect(namesLeft('torch', { tensors: placed('d') }, 'c')).toEqual(['a', 'b', 'c']);
});

test('a tied tensor comes with the one that it is the same as, and takes no word of a sequence', () => {
  const tensors = [tensor('a'), tensor('tie', { same_as: 'c' }), ...LISTED.slice(1)];
  expect(namesLeft('xoroshiro128+', { tensors }, 'tie')).toEqual(['c', 'tie']);
  expect(namesLeft('torch', { tensors }, 'tie')).toEqual(['a', 'b', 'c', 'tie']);
  expect(namesLeft('torch', { tensors }, 'd')).toEqual(['a', 'b', 'c', 'd']);
});

test.each([
  ['a rule that renames', { rules: [{ match: 'a', rename: 'c' }] }],
  ['a rule that leaves tensors out', { rules: [{ match: 'a', skip: true }] }],
  ['a rule that takes fans of another tensor', { rules: [{ match: 'c', init: { fan_of: 'a' } }] }],
  ['a default that does', { default: { init: { kind: 'kaiming_uniform', rows: [{ fan_of: 'a' }] } } }],
  ['a tensor that does', { tensors: [tensor('a'), tensor('c', { init: { fan_of: 'a' } })] }],
  ['a name that is listed twice', { tensors: [...LISTED, tensor('c')] }],
  ['no such name', { tensors: [tensor('a')] }],
])('%s leaves the whole', (_, spec) => {
  const whole = { tensors: LISTED, ...spec };
  const count = whole.tensors.filter((listed) => (listed as { name?: string }).name === 'c').length;
  const left = narrowSpec(whole, 'c', 'xoroshiro128+') as typeof whole;
  if (count < 2) expect(left).toBe(whole);
  else expect(left.tensors).toHaveLength(count);
});

test.each([undefined, null, 5, [], { tensors: 'x' }])('%j is for the checker of specs', (spec) => {
  expect(narrowSpec(spec, 'c', 'torch')).toBe(spec);
  expect(narrowSpec(spec, 'c', undefined)).toBe(spec);
});
