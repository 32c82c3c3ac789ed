/** The reference that is generated from the docstrings. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('npm run docs writes the reference, with the README and without a warning', () => {
  const shell = process.platform === 'win32';
  const printed = execFileSync('npm', ['run', 'docs'], { encoding: 'utf8', shell, stdio: 'pipe' });
  expect(printed).not.toMatch(/warning|error/i);
  expect(readFileSync('build/api/index.html', 'utf8')).toContain('A checkpoint in three commands');
});
