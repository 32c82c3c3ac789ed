/** Which matrices threads make together. */
import { expect, test } from 'vitest';
import { sharesWorkspace } from '../../../src/domain/matrices/panels.js';
import { CHUNK_ELEMENTS } from '../../../src/domain/partition/chunks.js';

const matrix = (rows: number, columns: number): Parameters<typeof sharesWorkspace>[0] => ({
  ...{ rows, columns, gain: 1, first: 0 },
});

test('a matrix of one chunk is a single thread’s work, and one row more is that of several', () => {
  const columns = 512;
  const rows = CHUNK_ELEMENTS / columns;
  for (const dtype of ['float32', 'float64'] as const) {
    expect(sharesWorkspace(matrix(rows, columns), dtype)).toBe(false);
    expect(sharesWorkspace(matrix(rows + 1, columns), dtype)).toBe(true);
  }
});
