/**
 * Placing what a file records costs nothing, however far apart its draws lie: a jump takes milliseconds, and a file of a megabyte
 * could ask for thousands on the thread that opens it.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { placeLast, placeTensors } from '../../../src/domain/recipes/draws.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import { GENERATORS } from '../../../src/domain/streams/generators.js';
import { Expectations } from '../../../src/storage/inspect/expectations.js';
import { openCheckpointFiles } from '../../../src/storage/read/checkpoint-files.js';
import { resolveExpectedModel } from '../../../src/storage/read/expected-model.js';
import { frame, headerOf, saveFile, type Entry } from '../../support/stored-files.js';

/** How often something read the state that a sequence begins with: a draw of a word does. */
let reads = 0;
const root: readonly number[] = new Proxy([7], {
  get(words, key) {
    reads++;
    return Reflect.get(words, key) as unknown;
  },
});
beforeEach(() => {
  reads = 0;
  vi.spyOn(GENERATORS.torch, 'root').mockReturnValue(root);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const PAIRS = 4;
/** Of 2 PAIRS tensors, the second of each pair begins with the normal that the first leaves, if the file is to be believed. */
const FAR = 2 ** 40;
const recorded = (cached: object): string => {
  const tensors = Array.from({ length: PAIRS }, (_, i): [string, object][] => [
    [`a${i}`, { init: { kind: 'normal' }, first_word: i * FAR }],
    [`b${i}`, { init: { kind: 'normal' }, first_word: i * FAR + 4, ...cached }],
  ]).flat();
  const recipe = {
    byte_contract: 2,
    generator: 'torch',
    seed: '7',
    tensors: Object.fromEntries(tensors) as object,
  };
  const entries = tensors.map(([name], i): [string, Entry] => [name, ['F32', [1], 4 * i, 4 * i + 4]]);
  const header = headerOf(Object.fromEntries(entries), { jumpfill: JSON.stringify(recipe) });
  return saveFile(frame(header, 4 * tensors.length));
};

test.each([
  ['a cached normal', { cached_normal: 0.5 }],
  ['no cached normal', {}],
])(
  'a file that records %s for each draw is inspected and its draws placed without a word',
  async (_, cached) => {
    const checkpoint = await openCheckpointFiles(recorded(cached));
    expect(new Expectations(checkpoint, undefined, undefined).warnings).toEqual([]);
    const { model, seed, own } = resolveExpectedModel(checkpoint, {});
    expect(placeTensors({ generator: model.generator, seed }, model.tensors)).toEqual(model.tensors);
    expect(reads).toBe(0);
    // What a spec leaves out is compared with what the order implies.
    expect(own.kind === 'recorded' && own.recipe.spec().tensors[7]).toHaveProperty('first_word');
    expect(reads > 0).toBe('cached_normal' in cached);
  },
);

test('of the draws before the one that is wanted nothing is computed', () => {
  const tensors = Array.from({ length: PAIRS }, (_, i) => [
    { name: `w${i}`, shape: [3000, 1000], init: { kind: 'normal' } },
    { name: `b${i}`, shape: [9], init: { kind: 'normal' } },
  ]).flat();
  const source = { generator: 'torch', seed: 7n } as const;
  const [first, ...others] = resolveModel({ generator: 'torch', tensors }).tensors;
  const weights = others.pop() && others.at(-1);
  if (first === undefined || weights === undefined) return expect.fail('no tensors');
  expect(placeLast(source, [first, ...others.slice(0, -1)], weights).origin?.firstWord).toBeGreaterThan(9e6);
  expect(reads).toBe(0);
  placeTensors(source, [first, ...others]);
  expect(reads).toBeGreaterThan(0);
});
