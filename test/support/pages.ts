/**
 * The pages that users and maintainers read, their code blocks, headings and links. Where a page names a model of the Hub, its commands
 * run against a Hub on loopback: page-models.ts.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The pages for users. Their examples run, and together they name everything that users can name. */
export const USER_PAGES = [
  'README.md',
  'src/api/README.md',
  'src/domain/recipes/README.md',
  'src/domain/architectures/README.md',
  'src/storage/README.md',
  'src/cli/README.md',
  'src/engine/README.md',
  'bench/README.md',
] as const;

/** The pages that those link to: contracts, history, the guide to the code. */
export const OTHER_PAGES = [
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'bench/quality/README.md',
  'src/api/USE_WITH.md',
  'src/domain/recipes/PEERS.md',
  'src/domain/streams/BYTE_CONTRACT.md',
  'src/domain/torch/BYTE_CONTRACT.md',
  'src/domain/matrices/BYTE_CONTRACT.md',
  'src/storage/format/FILES_OF_OTHERS.md',
  'src/storage/write/DESIGN.md',
  'workers/engines/README.md',
] as const;

export const PAGES = [...USER_PAGES, ...OTHER_PAGES];

export interface Block {
  readonly language: string;
  readonly text: string;
}

export interface Page {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
}

const FENCE = /^```(.*)\n([\s\S]*?)^```$/gm;

export function readPage(path: string): Page {
  const text = readFileSync(path, 'utf8');
  return { path, text, lines: text.trimEnd().split('\n'), blocks: blocksOf(text) };
}

export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(FENCE)].map(([, language = '', code = '']) => ({ language, text: code }));

const withoutCode = (text: string): string => text.replace(FENCE, '').replace(/`[^`\n]*`/g, '`');

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  return [...text.replace(FENCE, '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

export interface Link {
  readonly from: string;
  /** Path in the repository; the page itself if the link is only an anchor. */
  readonly to: string;
  readonly anchor: string;
}

/** `[text](target)`, `[text]: target`, `src="target"` and `srcset="target"` */
const TARGET = /\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)|\bsrc(?:set)?="([^"]+)"/gm;

/** The links of a page that stay in the repository. */
export function linksOf({ path, text }: Page): Link[] {
  return [...withoutCode(text).matchAll(TARGET)]
    .map(([, inline, reference, source]) => inline ?? reference ?? source ?? '')
    .filter((target) => !/^https?:/.test(target))
    .map((target) => {
      const [file = '', anchor = ''] = target.split('#');
      return { from: path, to: file === '' ? path : normalize(join(dirname(path), file)), anchor };
    });
}
