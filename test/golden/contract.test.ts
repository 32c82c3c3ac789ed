/** The byte contract's page names the kernels, dtypes, hashes, files and commands that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DTYPE_NAMES } from '../../src/domain/tensors/dtypes.js';

const PAGE = 'src/domain/streams/BYTE_CONTRACT.md';
const page = readFileSync(PAGE, 'utf8');
const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const capturesOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** The `kind` of every kernel's parameters: those that kernel.ts has itself, and those of the files it imports. */
function readKernelKinds(): string[] {
  const kernel = readFileSync('src/domain/kernels/kernel.ts', 'utf8');
  const imported = capturesOf(kernel, /from '\.\/([\w-]+)\.js'/g);
  const sources = [kernel, ...imported.map((file) => readFileSync(`src/domain/kernels/${file}.ts`, 'utf8'))];
  return sources.flatMap((source) => capturesOf(source, /^ {2}readonly kind: '(\w+)';$/gm));
}

/** From "Golden" to the end of the list entry. */
const namedTitles = capturesOf(page, /^- Golden(?:, `\w+`)?: ((?:.|\n {2})*)$/gm).flatMap((entry) =>
  capturesOf(entry, /`([^`]+)`/g),
);

const headings = capturesOf(page, /^### (.*)$/gm).flatMap((heading) => capturesOf(heading, /`(\w+)`/g));

test('the sections about kernels are exactly the kernels that kernel.ts runs', () => {
  const kernel = readFileSync('src/domain/kernels/kernel.ts', 'utf8');
  const kinds = readKernelKinds();
  const cases = capturesOf(kernel, /case '(\w+)':/g);
  expect(new Set(kinds)).toEqual(new Set(cases));
  const dtypes: readonly string[] = DTYPE_NAMES;
  expect(headings.filter((heading) => !dtypes.includes(heading)).sort()).toEqual(kinds.sort());
});

test.each(DTYPE_NAMES)('%s is on the page', (dtype) => {
  expect(page).toContain(`\`${dtype}\``);
});

test('the page names exactly the golden hashes that exist', () => {
  expect([...new Set(namedTitles)].sort()).toEqual(Object.keys(readJson('test/golden/golden.json')).sort());
});

test('every file and npm script that the page names exists', () => {
  const links = capturesOf(page, /\]\(([^)]+)\)/g);
  expect(links.filter((link) => !existsSync(join(dirname(PAGE), link)))).toEqual([]);
  const scripts = Object.keys(readJson('package.json')['scripts'] as object);
  expect(capturesOf(page, /`npm run ([\w:]+)`/g).filter((script) => !scripts.includes(script))).toEqual([]);
});

test('the README links to it', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(`](${PAGE})`);
});
