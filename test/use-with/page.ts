/** The page "Use it with": its examples in its order, and the versions that they are executed with. */
import { readFileSync } from 'node:fs';
import { anchorsOf, blocksOf, readPage, type Block } from '../support/pages.js';

const page = readPage('src/api/USE_WITH.md');

export interface Example {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A chapter each, except the table. */
export const EXAMPLES: readonly Example[] = page.text
  .split(/^## /m)
  .slice(1)
  .map((chapter) => ({ title: chapter.slice(0, chapter.indexOf('\n')), blocks: blocksOf(chapter) }));

export const BLOCKS: readonly Block[] = EXAMPLES.flatMap(({ blocks }) => blocks);

export const anchorOf = ({ title }: Example): string => anchorsOf(`## ${title}`).join();

export interface Row {
  /** Of the example to which it links. */
  readonly anchor: string;
  /** What it says about memory. */
  readonly memory: string;
  /** Of the packages that it names. */
  readonly versions: ReadonlyMap<string, string>;
}

export const ROWS: readonly Row[] = page.lines.filter((line) => line.startsWith('| [')).map(parseRow);

function parseRow(line: string): Row {
  const [, link = '', , memory = '', executed = ''] = line
    .split(' | ')
    .flatMap((cell) => cell.split(/^\| | \|$/));
  const versions = [...executed.matchAll(/(\S+) (\d+\.\d+\.\d+)/g)];
  return {
    anchor: /#([\w-]+)/.exec(link)?.[1] ?? '',
    memory,
    versions: new Map(versions.map(([, name = '', version = '']) => [name, version])),
  };
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('test/use-with/package.json', 'utf8')) as Manifest;
const requirements = ['requirements.txt', 'requirements-torch.txt']
  .map((name) => readFileSync(`test/use-with/${name}`, 'utf8'))
  .join('\n');

/** Versions by package. */
export const NPM_PINS: ReadonlyMap<string, string> = new Map(Object.entries(manifest.dependencies));
/** torch without the build that it is. */
export const PYTHON_PINS: ReadonlyMap<string, string> = new Map(
  [...requirements.matchAll(/^([\w-]+)==([\d.]+)/gm)].map(([, name = '', version = '']) => [name, version]),
);

/** The packages and modules that a module or program imports, those of Node and Python included. */
export function importsOf({ language, text }: Block): string[] {
  const pattern = language === 'js' ? /^import .* from '([^']+)';$/gm : /^(?:import|from) ([\w.]+)/gm;
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

/** Whether a block runs with jumpfill and Node alone. */
export const needsNoPackage = (block: Block): boolean =>
  ['js', 'json', 'sh'].includes(block.language) &&
  importsOf(block).every((name) => name === 'jumpfill' || name.startsWith('node:'));

/** What a program's comments say that it prints, a line a call. */
export function promisedBy({ language, text }: Block): string[] {
  const pattern = language === 'js' ? /console\.log\(.*\); \/\/ (.*)$/gm : /^print\(.*\) {2}# (.*)$/gm;
  return [...text.matchAll(pattern)].map(([, line = '']) => line);
}
