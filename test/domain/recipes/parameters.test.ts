/** Parameters of initialisers: lists without holes that metadata can hold, choices and their names. */
import { expect, test } from 'vitest';
import { completeInit, INIT_PARAMETERS } from '../../../src/domain/recipes/init.js';
import { orthogonal, stft, values } from '../../../src/domain/recipes/initialisers.js';
import { MOST_INIT_VALUES } from '../../../src/domain/recipes/init-size.js';
import { checkType, type Parameter } from '../../../src/domain/recipes/parameters.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

const HOLED = Object.assign(Array<number>(3), { 0: 1, 2: 3 });

test('a list with a hole is refused where it is made', () => {
  expect(() => values({ values: HOLED })).toThrow(/values must be an array of finite numbers/);
  expect(() => orthogonal({ batch_axis: HOLED })).toThrow(/batch_axis must be a dimension/);
});

test('rows may have as many values as metadata hold, and no more', () => {
  const list = (count: number): object => ({ kind: 'values', values: Array<number>(count).fill(1) });
  const resolve = (count: number): object =>
    resolveRecipe(
      completeInit({
        kind: 'zeros',
        rows: [
          { from: 0, to: 1, init: list(count) },
          { from: 1, to: 2, init: list(count) },
        ],
      } as never),
      { shape: [2, count], dtype: 'float32', name: 'w' },
    );
  expect(() => resolve(MOST_INIT_VALUES / 2)).toThrow(/values, those of its rows among them/);
  expect(resolve(MOST_INIT_VALUES / 2 - 10)).toMatchObject({ kind: 'pieces' });
});

const CHOICES = Object.entries(INIT_PARAMETERS).flatMap(([kind, table]) =>
  Object.entries<Parameter>(table).flatMap(([key, parameter]) =>
    parameter.type === 'oneOf' ? [[kind, key, parameter] as const] : [],
  ),
);

test.each(CHOICES)('%s takes each value of %s, the default among them, and no other', (_, key, parameter) => {
  const { values: known, default: usual = known[0] } = parameter;
  for (const value of [usual, ...known]) checkType(value, key, parameter, 'init');
  expect(() => {
    checkType('nobody', key, parameter, 'init');
  }).toThrow(String(known.at(-1)));
});

test.each([
  ['side', ['real', 'imag']],
  ['window', ['hann', 'hamming', 'boxcar', 'none']],
  ['scaling', ['density', 'spectrum', 'none']],
] as const)('the %s of a Fourier transform is one of %j', (key, names) => {
  for (const name of names) expect(stft({ [key]: name })).toEqual({ kind: 'stft', [key]: name });
  expect(() => stft({ [key]: 'nobody' as never })).toThrow(`Known: ${names.join(', ')}.`);
});
