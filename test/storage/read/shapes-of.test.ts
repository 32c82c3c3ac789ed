import { expect, test } from 'vitest';
import { ValueError } from '../../../src/base/errors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import type { GeneratorName } from '../../../src/domain/streams/generators.js';
import { LocalSource } from '../../../src/storage/read/local-source.js';
import { readShapes } from '../../../src/storage/read/shapes-of.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, indexOf, saveFile } from '../../support/stored-files.js';

const FIRST = headerOf({ 'fc.weight': ['BF16', [2, 3], 0, 12], 'fc.bias': ['F32', [], 12, 16] });
const SECOND = headerOf({ ids: ['I64', [2], 0, 16], 'ln.weight': ['F16', [0, 4], 16, 16] });

const LIKE = [
  { name: 'fc.weight', shape: [2, 3], dtype: 'BF16', place: 2 },
  { name: 'fc.bias', shape: [], dtype: 'F32', place: 3 },
  { name: 'ids', shape: [2], dtype: 'I64', place: 0 },
  { name: 'ln.weight', shape: [0, 4], dtype: 'F16', place: 1 },
];

test('a file gives names, shapes and dtypes, including dtypes that cannot be drawn', async () => {
  const path = saveFile(frame(SECOND, 16), 'm.safetensors', makeFolder());
  expect(await readShapes(new LocalSource(path))).toEqual({ tensors: LIKE.slice(2), warnings: [] });
});

test('shards give them in order, and a spec of rules turns them into a model', async () => {
  const folder = makeFolder();
  saveFile(frame(SECOND, 16), 'model-00002-of-00002.safetensors', folder);
  saveFile(frame(FIRST, 16), 'model-00001-of-00002.safetensors', folder);
  const places = {
    'model-00002-of-00002.safetensors': ['ids', 'ln.weight'],
    'model-00001-of-00002.safetensors': ['fc.bias', 'fc.weight'],
  };
  saveFile(indexOf(places), 'model.safetensors.index.json', folder);
  const { tensors: like } = await readShapes(new LocalSource(folder));
  expect(like).toEqual(LIKE);
  const rules = [{ match: 'ids', init: { kind: 'zeros' }, dtype: 'float32' }];
  const { tensors } = resolveModel({ default: { init: { kind: 'normal' } }, rules }, like);
  expect(tensors.map(({ name, dtype }) => `${name} ${dtype}`)).toEqual([
    'fc.weight bfloat16',
    'fc.bias float32',
    'ids float32',
    'ln.weight float16',
  ]);
});

test('torch draws them in the order of the header, and the files in that of the index', async () => {
  const folder = makeFolder();
  const inFile = headerOf({ b: ['F32', [2], 8, 16], a: ['F32', [2], 0, 8] });
  saveFile(frame(inFile, 16), '1.safetensors', folder);
  saveFile(frame(headerOf({ c: ['F32', [2], 0, 8] }), 8), '2.safetensors', folder);
  saveFile(
    indexOf({ '2.safetensors': ['c'], '1.safetensors': ['a', 'b'] }),
    'm.safetensors.index.json',
    folder,
  );
  const { tensors: like } = await readShapes(new LocalSource(folder));
  const namesOf = (generator: GeneratorName): string =>
    resolveModel({ generator, default: { init: { kind: 'normal' } } }, like)
      .tensors.map(({ name }) => name)
      .join('');
  expect([namesOf('xoroshiro128+'), namesOf('torch')]).toEqual(['abc', 'cba']);
});

test('a folder without a checkpoint is refused', async () => {
  await expect(readShapes(new LocalSource(makeFolder()))).rejects.toThrow(ValueError);
});
