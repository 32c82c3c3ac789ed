/** Two folders of checkpoints, compared byte by byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectSameBytes } from './bytes.js';
import { listFolder } from './folder.js';

export function expectSameFiles(actual: string, expected: string): void {
  expect(listFolder(actual)).toEqual(listFolder(expected));
  for (const name of listFolder(expected))
    expectSameBytes(readFileSync(join(actual, name)), readFileSync(join(expected, name)), name);
}
