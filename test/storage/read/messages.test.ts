/** No content of a file makes an error message control a terminal or grow without limit. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, mergeCheckpoint, openCheckpoint } from 'jumpfill';
import { openCheckpointFiles } from '#built/storage/read/checkpoint-files.js';
import { readHeader } from '#built/storage/read/stored-file.js';
import { readCheckpointRecipe } from '#built/storage/read/checkpoint-recipe.js';
import { makeFolder } from '../../support/folder.js';
import { anyHostileName, UNPRINTABLE } from '../../support/hostile.js';
import { casesOf } from '../../support/thorough.js';
import { frame, headerOf, indexOf, member, saveFile } from '../../support/stored-files.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());

/** Room for ten names and a path. */
const LONGEST_MESSAGE = 3000;

/** The messages of an attempt to read: its error or its warnings. */
async function messagesOf(reading: Promise<unknown>): Promise<readonly string[]> {
  try {
    const { warnings = [] } = (await reading) as { warnings?: readonly string[] };
    return warnings;
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    return [error.message, error.found, error.remedy];
  }
}

const fault = (entry: object) => (name: string) => [`{${member(name, entry)}}`, 1] as const;
const whole = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';

/** A header with the text in it, and the number of bytes behind it. */
const HEADERS: Readonly<Record<string, (text: string) => readonly [string, number]>> = {
  'a first character': (text) => [`${text}{}`, 0],
  'broken JSON': (text) => [`{"a":${text}`, 0],
  'text behind the header': (text) => [`{}${text}`, 0],
  'a key without a value': (text) => [`{${JSON.stringify(text)}`, 0],
  'a name twice': (text) => [`{${JSON.stringify(text)}:${whole},${JSON.stringify(text)}:${whole}}`, 1],
  'the name of a number': (text) => [`{${JSON.stringify(text)}:1}`, 0],
  'a dtype': (text) => fault({ dtype: text, shape: [1], data_offsets: [0, 1] })('a'),
  'a name without a dtype': fault({ shape: [1], data_offsets: [0, 1] }),
  'a name without a shape': fault({ dtype: 'U8', data_offsets: [0, 1] }),
  'the name of a wrong shape': fault({
    dtype: 'U8',
    shape: [2 ** 53 - 1, 2 ** 53 - 1],
    data_offsets: [0, 1],
  }),
  'the name of a wrong size': fault({ dtype: 'U8', shape: [2], data_offsets: [0, 1] }),
  'the name of half a byte': fault({ dtype: 'F4', shape: [1], data_offsets: [0, 1] }),
  'the name of wrong offsets': fault({ dtype: 'U8', shape: [1], data_offsets: [0, 1, 2] }),
  'the name of a gap': fault({ dtype: 'U8', shape: [1], data_offsets: [1, 2] }),
  'a shape': (text) => fault({ dtype: 'U8', shape: text, data_offsets: [0, 1] })('a'),
  'an unknown key without a value': (text) => [`{"a":{${JSON.stringify(text)}:}}`, 0],
  'a metadata key': (text) => [`{"__metadata__":{${JSON.stringify(text)}:1}}`, 0],
  'a metadata key twice': (text) => [`{"__metadata__":{${member(text, '')},${member(text, '')}}}`, 0],
};

describe.each(Object.entries(HEADERS))('a header with hostile text as %s', (_, make) => {
  test('is refused with a message that is safe to print', async () => {
    const folder = makeFolder();
    const property = fc.asyncProperty(anyHostileName, async (text) => {
      const path = saveFile(frame(...make(text)), 'm', folder);
      const messages = await messagesOf(readHeader(path));
      expect(messages).not.toEqual([]);
      for (const message of messages) expectShowable(message);
    });
    await fc.assert(property, { numRuns: casesOf({ few: 10, all: 40 }) });
  });
});

function expectShowable(message: string): void {
  expect(message).not.toMatch(UNPRINTABLE);
  expect(message.length).toBeLessThan(LONGEST_MESSAGE);
}

const recipeOf = (tensors: object, more: object = {}): object => ({
  jumpfill: JSON.stringify({ version: '0.4.0', byte_contract: 1, seed: '1', ...more, tensors }),
});

const saveRecipe = (folder: string, name: string, metadata: object): string =>
  saveFile(frame(headerOf({ [name]: ['F32', [1], 0, 4] }, metadata), 4), 'm.safetensors', folder);

const INDEX = 'i.safetensors.index.json';

function saveShard(folder: string, shard: number, name: string, digest: string): void {
  const recipe = recipeOf(
    { [name]: { init: { kind: 'zeros' } } },
    { checkpoint: { shard, shards: 2, digest } },
  );
  const header = headerOf({ [name]: ['F32', [1], 0, 4] }, recipe);
  saveFile(frame(header, 4), `${shard}.safetensors`, folder);
}

/** Saves a file with the text in its recipe. */
const RECIPES: Readonly<Record<string, (text: string, folder: string) => string>> = {
  'a kind': (text, folder) => saveRecipe(folder, 'a', recipeOf({ a: { init: { kind: text } } })),
  'a parameter': (text, folder) =>
    saveRecipe(folder, 'a', recipeOf({ a: { init: { kind: 'zeros', [text]: 1 } } })),
  'a value': (text, folder) =>
    saveRecipe(folder, 'a', recipeOf({ a: { init: { kind: 'normal', std: text } } })),
  'a seed': (text, folder) =>
    saveRecipe(folder, 'a', recipeOf({ a: { init: { kind: 'zeros' } } }, { seed: text })),
  'a fact': (text, folder) =>
    saveRecipe(folder, 'a', recipeOf({ a: { init: { kind: 'zeros' }, weight_scale: text } })),
  'a digest': (text, folder) => {
    saveShard(folder, 1, 'a', text);
    saveShard(folder, 2, 'b', 'another');
    return saveFile(indexOf({ '1.safetensors': ['a'], '2.safetensors': ['b'] }), INDEX, folder);
  },
  'a name without an initialiser': (text, folder) => saveRecipe(folder, text, recipeOf({ [text]: {} })),
  'a name without a recipe': (text, folder) => saveRecipe(folder, text, recipeOf({})),
  'broken JSON': (text, folder) => saveRecipe(folder, 'a', { jumpfill: text }),
};

test.each(Object.entries(RECIPES))(
  'a recipe with hostile text as %s is refused with messages that are safe to print',
  async (_, save) => {
    const folder = makeFolder();
    const property = fc.asyncProperty(anyHostileName, async (text) => {
      const path = save(text, folder);
      const refusals = await messagesOf(engine.verifyCheckpoint(path));
      expect(refusals).not.toEqual([]);
      const others = [
        ...(await messagesOf(openCheckpointFiles(path).then(readCheckpointRecipe))),
        ...(await messagesOf(engine.inspectCheckpoint(path))),
      ];
      for (const message of [...refusals, ...others]) expectShowable(message);
    });
    await fc.assert(property, { numRuns: casesOf({ few: 4, all: 15 }) });
  },
);

/** An index with the text in it, and how it is read. */
const INDICES: Readonly<
  Record<string, (text: string) => readonly [string, (path: string) => Promise<unknown>]>
> = {
  'a key': (text) => [`{${JSON.stringify(text)}}`, openCheckpoint],
  'the name of a number': (text) => [`{"weight_map":{${member(text, 1)}}}`, openCheckpoint],
  'the name of a file elsewhere': (text) => [`{"weight_map":{${member(text, '../x')}}}`, openCheckpoint],
  'a file elsewhere': (text) => [indexOf({ [`../${text}`]: ['a'] }), openCheckpoint],
  'a missing file': (text) => [indexOf({ [`x${text.replaceAll(/[/\0]/g, '')}`]: ['a'] }), openCheckpoint],
  'a name that its file lacks': (text) => [indexOf({ 'm.safetensors': [text] }), openCheckpoint],
  'a name to look up': (text) => [
    indexOf({ 'm.safetensors': ['a'] }),
    async (path) => (await openCheckpoint(path)).entry(text),
  ],
  'a name to verify': (text) => [
    indexOf({ 'm.safetensors': ['a'] }),
    async (path) => await engine.verifyCheckpoint(path, { tensors: [text], seed: 1, spec: { tensors: [] } }),
  ],
};

test.each(Object.entries(INDICES))(
  'an index with hostile text as %s is refused with messages that are safe to print',
  async (_, make) => {
    const folder = makeFolder();
    saveRecipe(folder, 'a', {});
    const property = fc.asyncProperty(anyHostileName, async (text) => {
      const [index, read] = make(text);
      const messages = await messagesOf(read(saveFile(index, INDEX, folder)));
      expect(messages).not.toEqual([]);
      for (const message of messages) {
        expect(message).not.toMatch(UNPRINTABLE);
        // The system quotes paths that are too long in full.
        if (!message.includes('ENAMETOOLONG')) expect(message.length).toBeLessThan(LONGEST_MESSAGE);
      }
    });
    await fc.assert(property, { numRuns: casesOf({ few: 5, all: 20 }) });
  },
);

test('hostile names that an index leaves out, that shards lack, and of files in a folder are reported in messages that are safe to print', async () => {
  const property = fc.asyncProperty(anyHostileName, async (text) => {
    const folder = makeFolder();
    const lost = recipeOf({ [text]: { init: { kind: 'zeros' } }, a: { init: { kind: 'zeros' } } });
    const two = headerOf({ a: ['F32', [1], 0, 4], [`${text}b`]: ['F32', [1], 4, 8] });
    saveFile(frame(two, 8), 'm.safetensors', folder);
    saveFile(indexOf({ 'm.safetensors': ['a'] }), INDEX, folder);
    const { warnings } = await openCheckpoint(folder);
    expect(warnings).toHaveLength(1);
    saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }, lost), 4), 'n-00001-of-00001.safetensors', folder);
    saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }, lost), 4), 'n-00001-of-00002.safetensors', folder);
    saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }, lost), 4), 'n-00002-of-00002.safetensors', folder);
    const refusals = await messagesOf(mergeCheckpoint({ out: join(folder, 'n.safetensors') }));
    expect(refusals[0]).toMatch(/lacks 1 of its tensors/);
    const file = `${text.replaceAll(/[/\0]/g, '').slice(0, 40).toWellFormed()}.safetensors`;
    const others = makeFolder();
    saveFile('', file, others);
    saveFile('', 'other.safetensors', others);
    expect(existsSync(join(others, file))).toBe(true);
    const ambiguous = await messagesOf(openCheckpoint(others));
    const broken = await messagesOf(openCheckpoint(join(others, file)));
    for (const message of [...warnings, ...refusals, ...ambiguous, ...broken]) expectShowable(message);
  });
  await fc.assert(property, { numRuns: casesOf({ few: 5, all: 20 }) });
});
