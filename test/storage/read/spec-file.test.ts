/** Files in place of a spec: JSON, nearly JSON, or another kind of file that lies beside a model. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { JumpfillError } from '../../../src/base/errors.js';
import { parseSpec, readSpecFile } from '../../../src/storage/read/spec-file.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf } from '../../support/stored-files.js';
import { casesOf } from '../../support/thorough.js';

function messageOf(text: string): string {
  try {
    parseSpec(text, 's.json');
  } catch (error) {
    if (error instanceof JumpfillError && error.code === 'BAD_SPEC') return error.message;
    throw error;
  }
  throw new Error('the text was accepted');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function refusalOf(content: Uint8Array | string): Promise<string> {
  const path = join(makeFolder(), 'spec.json');
  writeFileSync(path, content);
  const error: unknown = await readSpecFile(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof JumpfillError)) throw new Error('the file was accepted', { cause: error });
  expect(error.code).toBe('BAD_SPEC');
  return error.message.replace(path, 'PATH');
}

describe('text that is nearly JSON is refused with the reason why it is not:', () => {
  test.each([
    [
      '{\n  // the seed\n  "seed": 1\n}',
      's.json:2:3: not JSON: a comment. JSON has no comments: remove all of them.',
    ],
    ['{ "seed": 1 /* the seed */ }', 's.json:1:13: not JSON: a comment.'],
    ['{ "tensors": [1, 2,] }', 's.json:1:19: not JSON: nothing follows this comma. Remove it.'],
    ['{ "seed": 1,\n}', 's.json:1:12: not JSON: nothing follows this comma.'],
    ['{ "seed": 1, // last\n}', 's.json:1:12: not JSON: nothing follows this comma.'],
    ["{ 'seed': 1 }", 's.json:1:3: not JSON: single quotes. Put keys and strings between double quotes.'],
    ['{ seed: 1 }', 's.json:1:3: not JSON: a key without quotes. Put keys'],
    [
      '{ "high": Infinity }',
      's.json:1:11: not JSON: JSON has no Infinity. Where a bound may be infinite, write "inf" or "-inf".',
    ],
    ['{ "low": -Infinity }', 'not JSON: JSON has no -Infinity.'],
    [
      'seed: 42\ntensors:\n  - name: w\n',
      's.json: not JSON: it looks like YAML. A spec is JSON: convert it.',
    ],
    ['# a model\n\n---\nseed: 42\n', 's.json: not JSON: it looks like YAML.'],
    ['- name: w\n  shape: [1]\n', 's.json: not JSON: it looks like YAML.'],
    [
      'seed = 42\n[[tensors]]\nname = "w"\n',
      's.json: not JSON: it looks like TOML. A spec is JSON: convert it.',
    ],
    ['# a model\n[default]\ndtype = "float32"\n', 's.json: not JSON: it looks like TOML.'],
    ['{ "seed": 1 "tensors": [] }', 's.json:1:13: not JSON: unexpected "tensors". Correct the JSON there.'],
  ])('%j', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  test('comments and commas within strings do not count', () => {
    const spec = { a: '// no comment', b: '/* nor here */', c: ',]', 'd: e': '# ,}' };
    expect(parseSpec(JSON.stringify(spec), 's.json')).toEqual(spec);
  });

  test('any text is read as JSON.parse reads it, or refused with a short message', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc
        .array(
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"a"',
            ':',
            ',',
            '//',
            '/*',
            '*/',
            '\n',
            '1',
            "'",
            '#',
            'a',
            '-',
          ),
        )
        .map((tokens) => tokens.join('')),
    );
    const law = fc.property(anyText, (text) => {
      if (!isJson(text)) expect(messageOf(text).length).toBeLessThan(500);
    });
    fc.assert(law, { numRuns: casesOf({ few: 400, all: 2000 }) });
  });

  test('every truncated JSON object is refused at its end', () => {
    const law = fc.property(fc.json(), fc.nat(), (value, seed) => {
      const text = `{"key": ${value}}`;
      const cut = text.slice(0, seed % text.length);
      expect(messageOf(cut)).toMatch(/^s\.json:1:\d+: not JSON: the text ends too early\. Correct/);
    });
    fc.assert(law, { numRuns: casesOf({ few: 200, all: 1000 }) });
  });

  test('a message repeats little of a long text', () => {
    const long = 'x'.repeat(1_000_000);
    for (const text of [
      long,
      `"${long}`,
      `{"${long}" 1}`,
      `{"${long}": 1, "${long}": 2}`,
      `{"a": "${long}\u0001"}`,
    ])
      expect(messageOf(text).length).toBeLessThan(500);
    expect(parseSpec(`{"seed": ${'9'.repeat(1_000_000)}}`, 's.json')).toEqual({
      seed: '9'.repeat(1_000_000),
    });
  });
});

describe('another kind of file in place of a spec is named:', () => {
  test.each<[what: string, content: Uint8Array | string, message: string]>([
    [
      'safetensors',
      frame(headerOf({ a: ['F32', [1], 0, 4] }), 4),
      'The spec PATH is a safetensors file. Pass it as `like` to use its names and shapes; `jumpfill init --from` writes',
    ],
    [
      'a zip',
      'PK\u0003\u0004....',
      'The spec PATH is a zip archive, as PyTorch and NumPy write. A spec is JSON text',
    ],
    ['GGUF', 'GGUF....', 'The spec PATH is a GGUF file. A spec is JSON text'],
    ['HDF5', Buffer.from('\x89HDF\r\n', 'latin1'), 'is an HDF5 file, as Keras writes.'],
    ['NumPy', Buffer.from('\x93NUMPY', 'latin1'), 'is a NumPy file.'],
    ['a pickle', Buffer.from('\x80\x02}', 'latin1'), 'is a Python pickle'],
    [
      'LFS',
      'version https://git-lfs.github.com/spec/v1\n',
      'is a Git LFS pointer, not the file. Fetch the file: git lfs pull.',
    ],
    ['HTML', '<!doctype html>', 'is HTML or XML, a web page instead of the file. Download it again'],
    [
      'UTF-16',
      Buffer.from('\ufeff{"seed": 1}', 'utf16le'),
      'is UTF-16 text, as PowerShell writes. Save it as UTF-8.',
    ],
    ['Latin-1', Buffer.from('{"name": "\xe9"}', 'latin1'), 'The spec PATH is not UTF-8 text.'],
  ])('%s', async (_, content, message) => {
    expect(await refusalOf(content)).toContain(message);
  });

  test('a folder, a missing file, a dash and an overlong path are refused', async () => {
    const refusal = async (path: string): Promise<string> =>
      await readSpecFile(path).then(
        () => 'read',
        (error: unknown) => (error as Error).message,
      );
    expect(await refusal(makeFolder())).toMatch(
      /cannot be read: EISDIR: .* a checkpoint is passed as `like`, or with `jumpfill init --from`\.$/,
    );
    expect(await refusal('no/such.json')).toBe(
      'The spec no/such.json cannot be read: ENOENT: no such file or directory. Pass the path of a JSON file.',
    );
    expect(await refusal('-')).toMatch(/To read standard input, name \/dev\/stdin\.$/);
    expect((await refusal('x'.repeat(100_000))).length).toBeLessThan(600);
  });

  test('a byte order mark is accepted', async () => {
    const path = join(makeFolder(), 'spec.json');
    writeFileSync(path, '\ufeff{"seed": 1}');
    expect(await readSpecFile(path)).toEqual({ seed: 1 });
  });
});

test('messages of the library repeat little of a long path', async () => {
  const long = join('/', 'x'.repeat(100_000), 'm.safetensors');
  await using engine = new Engine({ threads: 1 });
  const spec = { tensors: [{ name: 'w', shape: [1], init: { kind: 'zeros' } }] };
  const calls: readonly (() => Promise<unknown>)[] = [
    async () => await openCheckpoint(long),
    async () => await engine.writeCheckpoint(spec, { out: long }),
    async () => await engine.verifyCheckpoint(long),
    async () => await engine.inspectCheckpoint(long),
    async () => await engine.planCheckpoint({ rules: [] }, { like: long }),
  ];
  for (const call of calls) {
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message.length).toBeLessThan(800);
  }
});
