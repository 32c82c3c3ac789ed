/** The README is true: its code runs and prints what it says, its names exist, its figures of speech are facts. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as jumpfill from 'jumpfill';
import { makeFolder } from './support/folder.js';

const run = promisify(execFile);
const readme = readFileSync('README.md', 'utf8');
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> })
  .scripts;

const fences = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );

test('it opens with the two commands', () => {
  const [first = ''] = fences('sh');
  expect(first.trim().split('\n')).toEqual(['npm ci && npm start', 'npm ci && npm test']);
});

test.each(fences('js').map((code, i) => ({ code, i })))(
  'example $i runs and prints what its comments say',
  async ({ code, i }) => {
    const file = `build/readme-${i}.mjs`;
    writeFileSync(file, code);
    const { stdout } = await run(process.execPath, [resolve(file)], { cwd: makeFolder() });
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
    expect(stdout.trim().split('\n')).toEqual(promised);
  },
);

test('its command lines run as they stand', async () => {
  const lines = fences('sh').flatMap((block) => block.trim().split('\n'));
  const commands = lines.filter((line) => line.startsWith('npx jumpfill'));
  expect(commands.length).toBeGreaterThan(0);
  const folder = makeFolder();
  for (const command of commands) {
    const [, , ...parameters] = command.split(' ');
    const { stdout } = await run(process.execPath, [resolve('dist/src/cli.js'), ...parameters], {
      cwd: folder,
    });
    expect(stdout).not.toBe('');
  }
});

test('every npm script, file and export it names is there', () => {
  for (const [, script = ''] of readme.matchAll(/npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty([script]);
  for (const [, path = ''] of readme.matchAll(/\]\(((?!http)[^)#]+)\)/g))
    expect(existsSync(path), path).toBe(true);
  const exported = Object.keys(jumpfill).filter((name) => !readme.includes(name));
  expect(exported, 'exports the README does not mention').toEqual([]);
});

test('the codes of errors that it lists are the ones there are', () => {
  const source = readFileSync('src/base/errors.ts', 'utf8');
  const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map((match) => match[1] ?? '');
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});
