/** Where the draws of a list of tensors begin in torch's sequence. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { omitImplied, placeLast, placeTensors } from '../../../src/domain/recipes/draws.js';
import { resolveModel, type ModelTensor } from '../../../src/domain/specs/spec.js';
import type { Origin } from '../../../src/domain/torch/sequence.js';
import { anySmallSpec } from '../../support/torch-specs.js';

const SOURCE = { generator: 'torch', seed: 42n } as const;

const originsOf = (tensors: readonly ModelTensor[]): (Origin | undefined)[] =>
  placeTensors(SOURCE, tensors).map(({ origin }) => origin);

const list = (...tensors: readonly (readonly [kind: string, size: number])[]): readonly ModelTensor[] =>
  resolveModel({
    generator: 'torch',
    tensors: tensors.map(([kind, size], i) => ({
      name: `${i}`,
      shape: [size],
      init: kind === 'uniform' ? { kind, low: 0, high: 1 } : { kind },
    })),
  }).tensors;

test('a normal that is left over belongs to the next draw that uses it, and is recorded there alone', () => {
  const tensors = list(
    ['normal', 3],
    ['uniform', 5],
    ['zeros', 2],
    ['normal', 0],
    ['normal', 100],
    ['normal', 1],
  );
  const origins = originsOf(tensors);
  // Two pairs of four words; a word for each uniform; 100 and the last 16 again.
  expect(origins.map((origin) => origin?.firstWord)).toEqual([0, 8, 13, 13, 13, 129]);
  expect(origins.map((origin) => origin?.cachedNormal !== undefined)).toEqual([
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
});

test('streams have no places', () => {
  const source = { generator: 'xoroshiro128+', seed: 1n } as const;
  const { tensors } = resolveModel({ tensors: [{ name: 'w', shape: [2], init: { kind: 'normal' } }] });
  expect(placeTensors(source, tensors)).toBe(tensors);
  expect(omitImplied(source, tensors)).toEqual([undefined]);
});

test('what the order implies is left out, and what is kept gives every draw its place', () => {
  const law = fc.property(
    anySmallSpec,
    fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
    (spec, choices) => {
      const { tensors } = resolveModel(spec);
      const placed = placeTensors(SOURCE, tensors);
      expect(omitImplied(SOURCE, placed)).toEqual(tensors.map(() => undefined));
      const keys = new Map(placed.map(({ name }, i) => [name, choices[i]]));
      const keyOf = ({ name }: ModelTensor): number => keys.get(name) ?? 0;
      const shuffled = [...placed].sort((a, b) => keyOf(a) - keyOf(b));
      const kept = omitImplied(SOURCE, shuffled);
      const again = originsOf(shuffled.map((tensor, i) => ({ ...tensor, origin: kept[i] })));
      expect(again).toEqual(shuffled.map(({ origin }) => origin));
    },
  );
  fc.assert(law, { numRuns: 100 });
});

test('a cached normal that a spec gives waits for the next draw that uses it, or for the next origin', () => {
  const tensors = list(['zeros', 2], ['uniform', 5], ['normal', 1], ['normal', 1]);
  const given = { firstWord: 9, cachedNormal: 0.5 };
  const placed = (origins: readonly (ModelTensor['origin'] | undefined)[]): unknown =>
    originsOf(tensors.map((tensor, i) => ({ ...tensor, origin: origins[i] })));
  expect(placed([given])).toEqual([
    { firstWord: 9 },
    { firstWord: 9 },
    { firstWord: 14, cachedNormal: 0.5 },
    { firstWord: 14 },
  ]);
  expect(placed([given, { firstWord: 3 }])).toMatchObject([{}, {}, { firstWord: 8 }, { firstWord: 12 }]);
  expect(placed([given, { firstWord: 3 }])).not.toMatchObject([{}, {}, { cachedNormal: 0.5 }, {}]);
});

test('the last of the tensors is placed as it is among all', () => {
  const law = fc.property(anySmallSpec, (spec) => {
    const { tensors } = resolveModel(spec);
    const placed = placeTensors(SOURCE, tensors);
    for (const [i, tensor] of tensors.entries())
      expect(placeLast(SOURCE, tensors.slice(0, i), tensor)).toEqual(placed[i]);
  });
  fc.assert(law, { numRuns: 100 });
});

test('a sequence ends at word 2^53 - 625', () => {
  const [tensor] = list(['uniform', 3]);
  const at = (firstWord: number): unknown => originsOf(tensor ? [{ ...tensor, origin: { firstWord } }] : []);
  expect(at(2 ** 53 - 628)).toEqual([{ firstWord: 2 ** 53 - 628 }]);
  expect(() => at(2 ** 53 - 627)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});
