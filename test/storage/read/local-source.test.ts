import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { LocalSource } from '../../../src/storage/read/local-source.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, saveFile } from '../../support/stored-files.js';

function makeCheckpoint(): { folder: string; file: string } {
  const folder = makeFolder();
  const file = saveFile(frame(headerOf({ a: ['F32', [2], 0, 8] }), 8), 'model.safetensors', folder);
  writeFileSync(join(folder, 'config.json'), '{"hidden_size": 2}');
  mkdirSync(join(folder, 'onnx'));
  symlinkSync(join(folder, 'config.json'), join(folder, 'linked.json'));
  return { folder, file };
}

it('lists and reads what lies beside a checkpoint, whether its folder or its file is named', async () => {
  const { folder, file } = makeCheckpoint();
  for (const path of [folder, file]) {
    const source = new LocalSource(path);
    expect(new Set(await source.listBeside())).toEqual(
      new Set(['config.json', 'linked.json', basename(file)]),
    );
    for (const name of ['config.json', 'linked.json']) {
      const bytes = await source.readBeside(name, 100);
      expect(new TextDecoder().decode(bytes)).toBe('{"hidden_size": 2}');
    }
  }
});

it('says that there is no such file, and refuses one that is too large or a folder', async () => {
  const source = new LocalSource(makeCheckpoint().folder);
  expect(await source.readBeside('tokenizer.json', 100)).toBeUndefined();
  await expect(source.readBeside('config.json', 17)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await expect(source.readBeside('onnx', 100)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
});

it('reads the headers once', async () => {
  const source = new LocalSource(makeCheckpoint().folder);
  expect(await source.openFiles()).toBe(await source.openFiles());
  expect([...(await source.openFiles()).tensors.keys()]).toEqual(['a']);
});
