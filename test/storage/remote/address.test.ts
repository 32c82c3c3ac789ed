/** What the texts of `like` stand for. */
import { describe, expect, test } from 'vitest';
import { parseAddress, writeHub, type Address } from '#built/storage/remote/address.js';

const hub = (model: string, revision?: string, place = ''): Address => ({
  kind: 'hub',
  model,
  revision,
  place,
});

test.each([
  ['hf:gpt2', hub('gpt2')],
  ['hf:meta-llama/Llama-3.1-8B', hub('meta-llama/Llama-3.1-8B')],
  ['hf:o/n@main', hub('o/n', 'main')],
  ['hf:o/n@refs/pr/3', hub('o/n', 'refs/pr/3')],
  ['hf:o/n@v1.0:unet', hub('o/n', 'v1.0', 'unet')],
  ['hf:o/n:text_encoder/deep', hub('o/n', undefined, 'text_encoder/deep')],
  ['hf:o/n@feature/x:a/b/model.fp16.safetensors', hub('o/n', 'feature/x', 'a/b/model.fp16.safetensors')],
  [`hf:gpt2@${'0a'.repeat(20)}`, hub('gpt2', '0a'.repeat(20))],
])('%s is a model of the Hub, written back as it came', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  if (address.kind === 'hub') expect(writeHub(address, address.revision)).toBe(text);
});

test.each([
  ...[
    'model.safetensors',
    'C:\\models\\m.safetensors',
    'c:/models',
    './hf:gpt2',
    '/hf:gpt2',
    'hf',
    'hfx:gpt2',
  ],
  ...['weights:v2/model.safetensors', 'https', 'a/https://x', '~/.cache/huggingface/hub/models--o--n'],
])('%s is a path', (text) => {
  expect(parseAddress(text)).toEqual({ kind: 'path' });
});

test.each([
  ['https://host/a/model.safetensors', 'https://host/a/model.safetensors'],
  [
    'HTTPS://Host:8443/a%20b/m.safetensors.index.json?key=1#x',
    'https://host:8443/a%20b/m.safetensors.index.json?key=1',
  ],
  ['http://127.0.0.1:80/m.safetensors', 'http://127.0.0.1/m.safetensors'],
])('%s is the address of a file', (text, href) => {
  const address = parseAddress(text);
  expect(address.kind === 'url' && address.url.href).toBe(href);
});

describe('refused, with what to write:', () => {
  const cases: readonly (readonly [text: string, message: string])[] = [
    ['hf:', 'Write hf:OWNER/NAME, hf:OWNER/NAME@REVISION or'],
    ['hf:a/b/unet', 'Did you mean hf:a/b:unet?'],
    ['hf://a/b/c.safetensors', 'Did you mean hf:a/b:c.safetensors?'],
    ['HF:', 'Write hf:OWNER/NAME'],
    ['HF:gpt2', 'Did you mean hf:gpt2?'],
    ['huggingface:a/b', 'Did you mean hf:a/b?'],
    ['hf:/a/b', 'Did you mean hf:a/b?'],
    ['hf://a/b', 'Did you mean hf:a/b?'],
    ['hf:a/b/tree/main', 'Did you mean hf:a/b@main?'],
    ['hf:gpt2/tree/main/onnx', 'Did you mean hf:gpt2@main:onnx?'],
    ...[
      'hf:a--b',
      'hf:a b',
      'hf:../x',
      'hf:/x',
      'hf:a/',
      'hf:.a/b',
      'hf:a/b.git',
      `hf:${'a'.repeat(97)}`,
    ].map((text) => [text, 'names no model of the Hub'] as const),
    ...[
      'hf:a@',
      'hf:a@x..y',
      'hf:a@/x',
      'hf:a@x//y',
      'hf:a@x y',
      'hf:a@.x',
      'hf:a@x.lock',
      'hf:a@%2e',
      'hf:a@x?y',
    ].map((text) => [text, 'is no revision'] as const),
    ...['hf:a:../x', 'hf:a:/x', 'hf:a:x//y', 'hf:a:x/', 'hf:a:.', 'hf:a:x\\y', `hf:a:${'x'.repeat(256)}`].map(
      (text) => [text, 'is no folder'] as const,
    ),
    ['s3://bucket/m.safetensors', 'Download it, or write its https:// address'],
    ['file:///m.safetensors', 'Write its path.'],
    ['https://host/', 'A server does not list its folders: name a file'],
    ['https://huggingface.co/o/n/tree/main', 'Write hf:o/n@main.'],
    [
      'https://huggingface.co/o/n/blob/v1/m.safetensors',
      'is a page about a file. Write hf:o/n@v1:m.safetensors.',
    ],
    ['https://huggingface.co/gpt2', 'Write hf:gpt2.'],
    ['https://', 'is no valid URL'],
  ];

  test.each(cases)('%s', (text, message) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
    expect(() => parseAddress(text)).toThrow(message);
  });

  test('an address with a password, which the message does not repeat', () => {
    const refused = (): unknown => parseAddress('https://me:s3cret@host/m.safetensors');
    expect(refused).toThrow('before host. They are not sent: leave them out.');
    expect(refused).not.toThrow('s3cret');
  });

  test("what a file's address has after it, which may be a key, is not repeated", () => {
    expect(() => parseAddress('https://host/m?key=s3cret')).toThrow('"https://host/m"');
  });
});
