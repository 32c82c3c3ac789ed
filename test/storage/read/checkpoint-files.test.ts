import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../src/base/errors.js';
import { openCheckpointFiles } from '../../../src/storage/read/checkpoint-files.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, indexOf, saveFile, type Entry } from '../../support/stored-files.js';

async function refusalOf(path: string): Promise<string> {
  const error: unknown = await openCheckpointFiles(path).then(
    () => 'it was opened',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ValueError);
  expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
  return (error as ValueError).message;
}

/** A file of one-byte tensors. */
function saveTensors(folder: string, file: string, names: readonly string[], metadata?: object): string {
  const entries = Object.fromEntries(names.map((name, i): [string, Entry] => [name, ['U8', [1], i, i + 1]]));
  return saveFile(frame(headerOf(entries, metadata), names.length), file, folder);
}

const INDEX = 'model.safetensors.index.json';

/** Two files and their index. */
function saveSharded(folder: string): string {
  saveTensors(folder, 'model-1.safetensors', ['a', 'b'], { format: 'pt', shard: '1' });
  saveTensors(folder, 'model-2.safetensors', ['c'], { format: 'pt', shard: '2' });
  return saveFile(
    indexOf({ 'model-2.safetensors': ['c'], 'model-1.safetensors': ['a', 'b'] }),
    INDEX,
    folder,
  );
}

describe('a checkpoint', () => {
  test('is a file', async () => {
    const path = saveTensors(makeFolder(), 'any name', ['a', 'b'], { format: 'pt' });
    const { files, listedFiles, tensors, metadata, ...rest } = await openCheckpointFiles(path);
    expect(rest).toEqual({ path, indexPath: undefined, absent: new Map(), warnings: [] });
    expect(metadata).toEqual(new Map([['format', 'pt']]));
    expect(files.map((file) => file.path)).toEqual([path]);
    expect(listedFiles).toEqual(files);
    expect([...tensors.keys()]).toEqual(['a', 'b']);
  });

  test('is an index and the files that it names, in the order of their names', async () => {
    const folder = makeFolder();
    const indexPath = saveSharded(folder);
    const { files, listedFiles, tensors, metadata, ...rest } = await openCheckpointFiles(indexPath);
    expect(rest).toEqual({ path: indexPath, indexPath, absent: new Map(), warnings: [] });
    expect(metadata).toEqual(new Map([['format', 'pt']]));
    expect(files.map(({ path }) => path)).toEqual([
      join(folder, 'model-1.safetensors'),
      join(folder, 'model-2.safetensors'),
    ]);
    expect(listedFiles).toEqual([...files].reverse());
    expect([...tensors].map(([name, { path }]) => [name, path.at(-13)])).toEqual([
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
    ]);
  });

  test('is a folder with the usual index or file, beside any other files', async () => {
    const folder = makeFolder();
    const indexPath = saveSharded(folder);
    saveTensors(folder, 'other.safetensors', ['x']);
    saveFile('{}', 'other.safetensors.index.json', folder);
    saveFile('{}', 'config.json', folder);
    expect(await openCheckpointFiles(folder)).toMatchObject({ path: folder, indexPath });
    const plain = makeFolder();
    saveTensors(plain, 'model.safetensors', ['x']);
    saveTensors(plain, 'other.safetensors', ['y']);
    expect([...(await openCheckpointFiles(plain)).tensors.keys()]).toEqual(['x']);
  });

  test('is a folder with one index, or with one file and no index', async () => {
    const folder = makeFolder();
    saveTensors(folder, 'a.safetensors', ['x']);
    expect([...(await openCheckpointFiles(folder)).tensors.keys()]).toEqual(['x']);
    saveTensors(folder, 'b.safetensors', ['y']);
    saveFile(indexOf({ 'b.safetensors': ['y'] }), 'odd.safetensors.index.json', folder);
    expect([...(await openCheckpointFiles(folder)).tensors.keys()]).toEqual(['y']);
  });

  test('may consist of links, as in the Hugging Face cache, and of files in subfolders', async () => {
    const [blobs, folder] = [makeFolder(), makeFolder()];
    const blob = saveTensors(blobs, 'sha', ['a']);
    const index = saveFile(
      indexOf({ 'model-1.safetensors': ['a'], 'deep/x.safetensors': ['b'] }),
      'idx',
      blobs,
    );
    symlinkSync(blob, join(folder, 'model-1.safetensors'));
    symlinkSync(index, join(folder, INDEX));
    mkdirSync(join(folder, 'deep'));
    saveTensors(join(folder, 'deep'), 'x.safetensors', ['b']);
    expect([...(await openCheckpointFiles(folder)).tensors.keys()].sort()).toEqual(['a', 'b']);
  });

  test('takes a tensor that two files hold from the one that the index names', async () => {
    const folder = makeFolder();
    saveTensors(folder, '1.safetensors', ['a', 'b']);
    saveTensors(folder, '2.safetensors', ['b', 'c']);
    saveFile(indexOf({ '1.safetensors': ['a'], '2.safetensors': ['b'] }), INDEX, folder);
    const { tensors, warnings } = await openCheckpointFiles(folder);
    expect([...tensors].map(([name, { path }]) => [name, path])).toEqual([
      ['a', join(folder, '1.safetensors')],
      ['b', join(folder, '2.safetensors')],
    ]);
    expect(warnings).toEqual([
      `${join(folder, '1.safetensors')} holds a tensor that the index does not name there: "b". It is not read.`,
      `${join(folder, '2.safetensors')} holds a tensor that the index does not name there: "c". It is not read.`,
    ]);
  });

  test('with tensors that the index does not name has a warning that lists ten of them per file', async () => {
    const folder = makeFolder();
    const names = Array.from({ length: 15 }, (_, i) => `t${i}`);
    saveTensors(folder, '1.safetensors', names);
    const path = saveFile(indexOf({ '1.safetensors': ['t0', 't1', 't2'] }), INDEX, folder);
    const { tensors, warnings } = await openCheckpointFiles(path);
    expect([...tensors.keys()]).toEqual(['t0', 't1', 't2']);
    expect(warnings).toEqual([
      `${join(folder, '1.safetensors')} holds 12 tensors that the index does not name there: ${names
        .slice(3, 13)
        .map((name) => `"${name}"`)
        .join(', ')} and 2 more. They are not read.`,
    ]);
    saveFile(indexOf({ '1.safetensors': names }), INDEX, folder);
    expect((await openCheckpointFiles(path)).warnings).toEqual([]);
  });

  test('that lacks tensors of its index is refused, unless the caller allows them to be absent', async () => {
    const folder = makeFolder();
    saveTensors(folder, '1.safetensors', ['a']);
    const path = saveFile(indexOf({ '1.safetensors': ['a', 'head'] }), INDEX, folder);
    const { tensors, absent } = await openCheckpointFiles(path, { allowAbsent: true });
    expect([...tensors.keys()]).toEqual(['a']);
    expect(absent).toEqual(new Map([['head', '1.safetensors']]));
    expect(await refusalOf(path)).toMatch(/names 1 tensors that their files do not hold: "head in 1/);
  });

  test.each([
    ['model.safetensors', 'model.safetensors.index.json'],
    ['weights.safetensors', 'weights.safetensors.index.json'],
  ])('is a folder of %s and the index of that file alone, as MLX writes them', async (file, index) => {
    const folder = makeFolder();
    saveTensors(folder, file, ['a', 'b']);
    const indexPath = saveFile(indexOf({ [`./${file}`]: ['a', 'b'] }), index, folder);
    expect(await openCheckpointFiles(folder)).toMatchObject({ path: folder, indexPath, warnings: [] });
    // An index of other files is another checkpoint.
    saveTensors(folder, 'other.safetensors', ['b']);
    saveFile(indexOf({ [file]: ['a'], 'other.safetensors': ['b'] }), index, folder);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints/);
    saveFile(indexOf({ 'other.safetensors': ['b'] }), index, folder);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints/);
    saveFile('{}', index, folder);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints/);
  });

  test('may have names that objects inherit', async () => {
    const folder = makeFolder();
    const entry = (i: number): string => `{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`;
    saveFile(frame(`{"__proto__":${entry(0)},"constructor":${entry(1)}}`, 2), 'f.safetensors', folder);
    saveFile('{"weight_map":{"__proto__":"f.safetensors","constructor":"f.safetensors"}}', INDEX, folder);
    expect([...(await openCheckpointFiles(folder)).tensors.keys()]).toEqual(['__proto__', 'constructor']);
  });

  test('of 700 tensors in 30 files opens each file once', async () => {
    const folder = makeFolder();
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, file) => [
        `model-${file + 100}.safetensors`,
        Array.from({ length: 24 }, (_, i) => `model.layers.${file}.block.${i}.weight`),
      ]),
    );
    for (const [file, names] of Object.entries(files)) saveTensors(folder, file, names);
    saveFile(indexOf(files), INDEX, folder);
    const checkpoint = await openCheckpointFiles(folder);
    expect(checkpoint.tensors.size).toBe(720);
    expect(checkpoint.files.map(({ path }) => path)).toEqual(
      Object.keys(files).map((file) => join(folder, file)),
    );
  });
});

describe('a checkpoint is refused', () => {
  test('that does not exist', async () => {
    expect(await refusalOf(join(makeFolder(), 'none'))).toMatch(/ENOENT/);
    expect(await refusalOf(join(makeFolder(), `none.safetensors.index.json`))).toMatch(/ENOENT/);
  });

  test('in a folder with none or several, which are listed', async () => {
    const folder = makeFolder();
    expect(await refusalOf(folder)).toMatch(`${folder} holds nothing`);
    saveFile('', 'pytorch_model.bin', folder);
    mkdirSync(join(folder, 'sub'));
    expect(await refusalOf(folder)).toMatch(
      /no safetensors file and no index, but "pytorch_model.bin", "sub\/"/,
    );
    saveTensors(folder, 'a.safetensors', ['a']);
    saveTensors(folder, 'b.safetensors', ['b']);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints: "a.safetensors", "b.safetensors"/);
    saveFile('{}', '1.safetensors.index.json', folder);
    saveFile('{}', '2.safetensors.index.json', folder);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints: "1.safetensors.index.json"/);
    saveTensors(folder, 'model.safetensors', ['b']);
    saveFile('{}', INDEX, folder);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints: "model.safetensors", "model.safetensors.index/);
  });

  test('in a folder with an index and a single file of its name: one of them is older', async () => {
    const folder = makeFolder();
    saveTensors(folder, 'a.safetensors', ['a']);
    saveFile('{}', 'a.safetensors.index.json', folder);
    expect(await refusalOf(folder)).toMatch(/2 checkpoints: "a.safetensors", "a.safetensors.index.json"/);
  });

  test.each([
    ['', /expected an object, found the end/],
    ['[]', /expected an object/],
    ['{}', /weight_map is missing/],
    ['{"weight_map":{}', /expected "," or "}"/],
    ['{"weight_map":[]}', /weight_map: expected an object/],
    ['{"weight_map":{"a":1}}', /Tensor "a": expected a string, found 1/],
    ['{"weight_map":{"a":null}}', /Tensor "a": expected a string, found null/],
    ['{"weight_map":{},"weight_map":{}}', /"weight_map" comes twice/],
    ['{"weight_map":{"a":"f","a":"g"}}', /"a" comes twice/],
    ['{"metadata":{"x":1,"x":2},"weight_map":{}}', /"x" comes twice/],
    ['{"weight_map":{},"metadata":{"x":[1,2,]}}', /expected a value/],
    ['{"weight_map":{},"metadata":tru}', /expected a value, found tru/],
    ['{"weight_map":{},"metadata":01}', /expected "," or "}"/],
    ['\ufeff{"weight_map":{}}', /expected an object/],
    [`{"weight_map":{},"metadata":${'['.repeat(100_000)}`, /nested more than 127 deep/],
    [`{"weight_map":{},"metadata":${'{"a":'.repeat(100_000)}`, /nested more than 127 deep/],
  ])('whose index is %.60s', async (index, message) => {
    const path = saveFile(index, INDEX);
    const refusal = await refusalOf(path);
    expect(refusal).toMatch(message);
    expect(refusal).toContain(path);
  });

  test('whose index is not UTF-8, too long or not a regular file', async () => {
    const bytes = Buffer.from('{"weight_map":{"?":"a"}}');
    bytes[bytes.indexOf('?')] = 0xff;
    expect(await refusalOf(saveFile(bytes, INDEX))).toMatch(/not UTF-8/);
    expect(await refusalOf(saveFile(Buffer.alloc(100_000_001, 0x20), INDEX))).toMatch(/100000001 bytes/);
    const link = join(makeFolder(), INDEX);
    symlinkSync('/dev/zero', link);
    expect(await refusalOf(link)).toMatch(/not a regular file/);
  });

  test.each([
    '/etc/passwd',
    '../x',
    'a/../../x',
    './../x',
    '/./x',
    './/x',
    'a/.',
    './',
    'a//x',
    '',
    '.',
    '..',
    'a\\..\\x',
    'C:\\x',
    'a\u0000b',
    'a/',
  ])('whose index reaches beyond its folder: %j', async (file) => {
    const folder = makeFolder();
    const path = saveFile(JSON.stringify({ weight_map: { w: file } }), INDEX, folder);
    expect(await refusalOf(path)).toMatch(/Tensor "w": .* is not a file in the index's folder/);
  });

  test('with missing files, which are listed', async () => {
    const folder = makeFolder();
    const path = saveSharded(folder);
    unlinkSync(join(folder, 'model-2.safetensors'));
    expect(await refusalOf(path)).toMatch(/names 2 files, and 1 is missing: "model-2.safetensors"/);
    const many = Array.from({ length: 12 }, (_, i) => `${i + 10}.safetensors`);
    saveFile(indexOf(Object.fromEntries(many.map((file) => [file, [file]]))), INDEX, folder);
    expect(await refusalOf(path)).toMatch(/12 are missing: "10.safetensors".* and 2 more/);
  });

  test('whose file lacks a tensor that the index places in it', async () => {
    const folder = makeFolder();
    saveTensors(folder, '1.safetensors', ['a']);
    saveTensors(folder, '2.safetensors', ['b']);
    const path = saveFile(indexOf({ '1.safetensors': ['b', 'a'], '2.safetensors': [] }), INDEX, folder);
    expect(await refusalOf(path)).toMatch(/1 tensors that their files do not hold: "b in 1.safetensors"/);
  });

  test('with one damaged file', async () => {
    const folder = makeFolder();
    const path = saveSharded(folder);
    const damaged = saveFile(frame('{"a":1}'), 'model-2.safetensors', folder);
    expect(await refusalOf(path)).toMatch(`${damaged}: header: Tensor "a"`);
  });
});
