/** The page of architectures has the table. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ARCHITECTURES } from '../../../src/domain/architectures/table.js';

test('every architecture is on the page, with what differs, and no other', () => {
  const page = readFileSync('src/domain/architectures/README.md', 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, types = '', differs = '']) => ({ types, differs }));
  const after = rows.findIndex(({ types }) => types === '`model_type`') + 2;
  const expected = ARCHITECTURES.map(({ types, differs }) => ({
    types: types.map((type) => `\`${type}\``).join(', '),
    differs: differs === '' ? 'the default' : differs,
  }));
  expect(rows.slice(after, after + expected.length)).toEqual(expected);
  expect(rows[after + expected.length]?.types).toBe('layout');
});
