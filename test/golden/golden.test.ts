import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the bytes are the ones of the byte contract, version 1', () => {
  const printed = JSON.parse(
    execFileSync(process.execPath, ['test/golden/print.mjs'], { encoding: 'utf8' }),
  ) as unknown;
  expect(printed).toEqual(JSON.parse(readFileSync('test/golden/golden.json', 'utf8')));
});
