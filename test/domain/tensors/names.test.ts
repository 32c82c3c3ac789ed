/** Names that tensors may have. */
import { expect, test } from 'vitest';
import { quantizeWords } from '../../../src/domain/operators/operation.js';
import { makeStreamDraw } from '../../../src/domain/draws/stream-draw.js';
import { checkName } from '../../../src/domain/tensors/names.js';

test.each([
  'w\0quantize',
  '\0quantize',
  'w\0quantize\u00003',
  'w\0quantize\u000012',
  'w\0sparse',
  'w\0sparse\u000037',
])('%j is refused: it is the name of the streams that round another tensor, or choose its zeros', (name) => {
  expect(() => checkName(name)).toThrow(/streams beside another tensor's/);
});

test('without the refusal, a tensor of that name would be drawn from the words that round another', () => {
  const drawn = (name: string) => makeStreamDraw('float32', { kernel: { kind: 'words' } }, 5n, name);
  expect(drawn('w\0quantize')).toEqual(quantizeWords(5n, 'w'));
  expect(drawn('w\0quantize\u00003')).toEqual(quantizeWords(5n, 'w', 3));
});

test.each(['w', 'quantize', 'w.quantize', 'w\0quantize.bias', 'w\0quantized', 'w\0'])(
  '%j is a name',
  (name) => {
    expect(checkName(name)).toBe(name);
  },
);
