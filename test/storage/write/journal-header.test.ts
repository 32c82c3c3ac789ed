import { expect, test } from 'vitest';
import { compareHeaders, type JournalHeader } from '../../../src/storage/write/journal-header.js';

const HEADER: JournalHeader = {
  version: '1.0.0',
  byte_contract: 2,
  generator: 'torch',
  seed: '42',
  files: [{ name: 'm.safetensors', bytes: 100 }],
  tensors: [
    ['a', '00'],
    ['b', '01'],
  ],
  chunk_elements: 10,
  chunks: 2,
};

const OTHER_HASH: JournalHeader['tensors'] = [
  ['a', '00'],
  ['b', '02'],
];

test("of torch's runs with two seeds only the seed is named: a cached normal, which is hashed, follows from it", () => {
  const seed = 'the seed is 42 there and 5 here';
  expect(compareHeaders(HEADER, { ...HEADER, seed: '5', tensors: OTHER_HASH })).toEqual([seed]);
  expect(compareHeaders(HEADER, { ...HEADER, tensors: OTHER_HASH })).toEqual([
    'Tensor "b" has another shape, dtype or init, or another first word',
  ]);
  const streams = { ...HEADER, generator: undefined };
  expect(compareHeaders(streams, { ...streams, seed: '5', tensors: OTHER_HASH })).toEqual([
    seed,
    'Tensor "b" has another shape, dtype or init',
  ]);
});
