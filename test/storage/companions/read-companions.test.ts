/** Which files are read from beside a checkpoint, and what is refused, whatever a source says it has. */
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseCompanions,
  COMPANION_KINDS,
  COMPANION_NAMES as LISTED,
  mostBytesOf,
} from '../../../src/storage/companions/companion-names.js';
import { readCompanions } from '../../../src/storage/companions/read-companions.js';
import { readError } from '../../../src/storage/files/io-errors.js';
import type { CheckpointSource } from '../../../src/storage/read/checkpoint-source.js';
import { LocalSource } from '../../../src/storage/read/local-source.js';
import { COMPANION_NAMES, COMPANIONS, makeModelFolder } from '../../support/model-folder.js';

const read = async (folder: string): Promise<Map<string, string>> => {
  const { files } = await readCompanions(new LocalSource(folder));
  return new Map(files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]));
};

const refusalOf = (source: CheckpointSource | string): Promise<unknown> =>
  readCompanions(typeof source === 'string' ? new LocalSource(source) : source).then(
    () => undefined,
    (error: unknown) => error,
  );

/** A source that says and sends what it likes, and counts what it was asked for. */
function makeSource(
  listed: readonly string[] | undefined,
  contentOf: (name: string) => Uint8Array | undefined,
): CheckpointSource & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    label: 'hf:o/n@1',
    localPath: undefined,
    openFiles: () => Promise.reject(new Error('headers are not needed')),
    listBeside: () => Promise.resolve(listed),
    readBeside: (name, maxBytes) => {
      asked.push(name);
      const bytes = contentOf(name);
      if (bytes !== undefined && bytes.length > maxBytes)
        throw new Error(`${name} is longer than ${maxBytes}`);
      return Promise.resolve(bytes);
    },
  };
}

const JSON_BYTES = Buffer.from('{}');

describe('of a folder', () => {
  test('the companion files are read byte for byte, and nothing else is', async () => {
    expect([...(await read(makeModelFolder()))]).toEqual(Object.entries(COMPANIONS));
  });

  test('an index or a file stands for its folder', async () => {
    const folder = makeModelFolder();
    expect([...(await read(join(folder, 'model.safetensors'))).keys()]).toEqual(COMPANION_NAMES);
  });

  test('links are followed, as in a cache of the Hub, and one that leads nowhere is refused', async () => {
    const folder = makeModelFolder({ 'tokenizer.json': undefined, blob: '{"a": 1}' });
    symlinkSync('blob', join(folder, 'tokenizer.json'));
    expect((await read(folder)).get('tokenizer.json')).toBe('{"a": 1}');
    symlinkSync('gone', join(folder, 'vocab.json'));
    expect(await refusalOf(folder)).toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('vocab.json is listed') as string,
    });
  });

  test('without a config.json it is refused, with what was found and what to do', async () => {
    expect(await refusalOf(makeModelFolder({ 'config.json': undefined }))).toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringMatching(
        /there is no config\.json, but .*"generation_config\.json".*`withConfig`/,
      ) as string,
    });
  });

  test.runIf(process.getuid?.() !== 0)('a file that may not be read is refused', async () => {
    const folder = makeModelFolder();
    chmodSync(join(folder, 'tokenizer.json'), 0);
    expect(await refusalOf(folder)).toMatchObject({ code: 'BAD_CHECKPOINT' });
  });

  test.each([
    ['config.json', '[1]', 'not an object'],
    ['config.json', '{"a": }', 'not JSON'],
    ['config.json', '', 'not JSON, or cut short'],
    ['config.json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not JSON'],
    ['generation_config.json', '{"eos": }', 'generation_config.json beside'],
    ['tokenizer.json', '{"model": {"vocab": {"a"', 'cut short'],
    [
      'tokenizer.json',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4a\nsize 9',
      'pointer of Git LFS',
    ],
    ['tokenizer.model', 'version https://git-lfs.github.com/spec/v1\noid sha256:4a\nsize 9', 'git lfs pull'],
    ['tokenizer_config.json', '<!DOCTYPE html><html>Sign in</html>', 'page of HTML'],
  ])('a %s of %j is refused', async (name, content, words) => {
    expect(await refusalOf(makeModelFolder({ [name]: content }))).toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining(words) as string,
    });
  });

  test('a file beyond its limit is refused by its size, before it is read', async () => {
    const folder = makeModelFolder();
    writeFileSync(join(folder, 'config.json'), `{"a": "${'x'.repeat(mostBytesOf('config.json') ?? 0)}"}`);
    expect(await refusalOf(folder)).toMatchObject({ code: 'TOO_LARGE' });
  });
});

describe('of any source', () => {
  test('a string of a million quotes that has no end takes no time that grows with their square', async () => {
    const text = `{"a": NaN, "b": "${'\\"'.repeat(1_000_000)}}`;
    expect(await refusalOf(makeSource(['config.json'], () => Buffer.from(text)))).toMatchObject({
      code: 'BAD_CHECKPOINT',
      found: 'config.json beside hf:o/n@1 is not JSON.',
    });
  });

  test('infinities and NaN, which Python writes, are read', async () => {
    const config =
      '{"time_step_limit": [0.0, Infinity], "b": -Infinity, "c": NaN, "d": "a \\"NaN\\" Infinity"}';
    const source = makeSource(['config.json'], () => Buffer.from(config));
    expect((await readCompanions(source)).configs.get('config.json')).toEqual({
      time_step_limit: [0, Infinity],
      b: -Infinity,
      c: null,
      d: 'a "NaN" Infinity',
    });
  });

  test('one that lists nothing is asked for the listed names alone', async () => {
    const source = makeSource(undefined, (name) => (name.endsWith('config.json') ? JSON_BYTES : undefined));
    const { files } = await readCompanions(source);
    expect(source.asked).toEqual(LISTED);
    expect(files.map(({ name }) => name)).toContain('preprocessor_config.json');
  });

  test('no name leads out of a folder, to weights, code or a hidden file, whatever is listed', () => {
    const anyPart = fc.constantFrom(
      ...['..', '/', '\\', '.', '\0', 'C:', 'tokenizer', 'tokenizer.model.v', '.json', '.tiktoken', 'qwen'],
      ...['.py', '.safetensors', '.bin', '~', '\n', '\u202e', 'config.json', '%2f', ' '],
    );
    const anyName = fc.oneof(
      fc.array(anyPart, { maxLength: 6 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...LISTED),
    );
    fc.assert(
      fc.property(fc.array(anyName), (names) => {
        const isHarmless = (name: string): boolean =>
          names.includes(name) &&
          /^\w[\w.-]{0,99}$/.test(name) &&
          !/\.(?:py|safetensors|bin|pt|pth|gguf|h5|onnx|index\.json)$/.test(name) &&
          (mostBytesOf(name) ?? 0) > 0;
        expect(chooseCompanions(names).filter((name) => !isHarmless(name))).toEqual([]);
      }),
    );
  });

  test('a listed name appears once, and no row is without names or a reason', () => {
    expect(new Set(LISTED).size).toBe(LISTED.length);
    for (const { what, names } of COMPANION_KINDS) expect(what.length * names.length).toBeGreaterThan(0);
    expect(chooseCompanions(['config.json', 'config.json'])).toEqual(['config.json']);
  });

  test('a file that cannot be read is the error, and no other is being read any more', async () => {
    let reading = 0;
    const listed = ['config.json', ...Array.from({ length: 30 }, (_, i) => `n${i}.tiktoken`)];
    const source = makeSource(listed, () => JSON_BYTES);
    const failing: CheckpointSource = {
      ...source,
      readBeside: async (name, maxBytes) => {
        reading++;
        await new Promise(setImmediate);
        if (name === 'n0.tiktoken') throw readError(name, new Error('on purpose'));
        await new Promise(setImmediate);
        reading--;
        return await source.readBeside(name, maxBytes);
      },
    };
    expect(await refusalOf(failing)).toMatchObject({ code: 'IO_FAILED' });
    expect(reading).toBe(1);
    expect(source.asked.length).toBeLessThan(5);
  });

  test('files that are too many or, together, too large are refused', async () => {
    const many = Array.from({ length: 100 }, (_, i) => `n${i}.tiktoken`);
    const listed = ['config.json', ...many];
    const source = makeSource(listed, () => JSON_BYTES);
    expect(await refusalOf(source)).toMatchObject({ code: 'TOO_LARGE' });
    expect(source.asked).toEqual([]);
    const large = makeSource(['config.json', ...many.slice(0, 60)], (name) =>
      name === 'config.json' ? JSON_BYTES : new Uint8Array(2 ** 24),
    );
    expect(await refusalOf(large)).toMatchObject({ code: 'TOO_LARGE' });
    expect(large.asked.length).toBeLessThan(14);
  });
});

test('every kind of companion file has room for whole MiB, and a prompt for eight of them', () => {
  for (const name of LISTED)
    expect((mostBytesOf(name) ?? 0) / 2 ** 20, name).toBeOneOf([1, 2, 4, 8, 16, 32, 64]);
  expect(mostBytesOf('chat_template.jinja')).toBe(8 * 2 ** 20);
});
