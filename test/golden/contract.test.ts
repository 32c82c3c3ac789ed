/** The byte contract's pages, one a version, name the kernels, dtypes, hashes, files and commands that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DTYPE_NAMES } from '../../src/domain/tensors/dtypes.js';

const PAGE = 'src/domain/streams/BYTE_CONTRACT.md';
const TORCH_PAGE = 'src/domain/torch/BYTE_CONTRACT.md';
const page = readFileSync(PAGE, 'utf8');
const torchPage = readFileSync(TORCH_PAGE, 'utf8');
const pages = [
  { path: PAGE, text: page },
  { path: TORCH_PAGE, text: torchPage },
];
const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const capturesOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** The `kind` of every kernel's parameters: those that kernel.ts has itself, and those of the files it imports. */
function readKernelKinds(): string[] {
  const kernel = readFileSync('src/domain/kernels/kernel.ts', 'utf8');
  const imported = [...new Set(capturesOf(kernel, /from '\.\/([\w-]+)\.js'/g))];
  const sources = [kernel, ...imported.map((file) => readFileSync(`src/domain/kernels/${file}.ts`, 'utf8'))];
  return sources.flatMap((source) => capturesOf(source, /^ {2}readonly kind: '(\w+)';$/gm));
}

/** From "Golden" to the end of the list entry. */
const namedTitles = capturesOf(page + torchPage, /^- Golden(?:, `\w+`)?: ((?:.|\n {2})*)$/gm).flatMap(
  (entry) => capturesOf(entry, /`([^`]+)`/g),
);

const headingsOf = (text: string): string[] =>
  capturesOf(text, /^### (.*)$/gm).flatMap((heading) => capturesOf(heading, /`(\w+)`/g));

test('the sections about kernels are exactly the kernels that kernel.ts runs', () => {
  const kernel = readFileSync('src/domain/kernels/kernel.ts', 'utf8');
  const kinds = readKernelKinds();
  const cases = capturesOf(kernel, /case '(\w+)':/g);
  expect(new Set(kinds)).toEqual(new Set(cases));
  const dtypes: readonly string[] = DTYPE_NAMES;
  expect(
    headingsOf(page)
      .filter((heading) => !dtypes.includes(heading))
      .sort(),
  ).toEqual(kinds.sort());
});

test("torch's page has exactly torch's kernels", () => {
  const source = readFileSync('src/domain/torch/torch-draw.ts', 'utf8');
  expect(headingsOf(torchPage).sort()).toEqual(capturesOf(source, /readonly kind: '(torch_\w+)'/g).sort());
});

test.each(DTYPE_NAMES)('%s is on the page', (dtype) => {
  expect(page).toContain(`\`${dtype}\``);
});

test('torch itself gives the hashes of its generator', () => {
  const torch = readJson('test/vectors/torch_golden.json');
  expect(Object.keys(torch)).toHaveLength(24);
  expect(readJson('test/golden/golden.json')).toMatchObject(torch);
});

test('the pages name exactly the golden hashes that exist', () => {
  expect([...new Set(namedTitles)].sort()).toEqual(Object.keys(readJson('test/golden/golden.json')).sort());
});

test.each(pages)('every file and npm script that $path names exists', ({ path, text }) => {
  const links = capturesOf(text, /\]\(([^)]+)\)/g);
  expect(links.filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
  const scripts = Object.keys(readJson('package.json')['scripts'] as object);
  expect(capturesOf(text, /`npm run ([\w:]+)`/g).filter((script) => !scripts.includes(script))).toEqual([]);
});

test('the README links to it', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(`](${PAGE})`);
});
