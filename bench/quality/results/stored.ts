/**
 * results.json, and the page that is made of it.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathInBench } from '../../measure/folders.js';
import { updatePage } from './page.js';
import { mergeResults } from './read-files.js';
import { NO_RESULTS, type Results } from './results.js';

const RESULTS = pathInBench('quality/results.json');
const PAGE = pathInBench('quality/README.md');

const readStored = (): Results =>
  existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : NO_RESULTS;

/** One result a line, so that a change shows in a diff. */
function formatResults(results: Results): string {
  const lists = Object.entries(results).map(([name, list]: [string, readonly unknown[]]) => {
    const lines = list.map((result) => `    ${JSON.stringify(result)}`);
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${lists.join(',\n')}\n}\n`;
}

/** Merges results into results.json and writes the page's tables anew. */
export function storeResults(found: Results): void {
  const results = mergeResults(readStored(), found);
  writeFileSync(RESULTS, formatResults(results));
  writeFileSync(PAGE, updatePage(readFileSync(PAGE, 'utf8'), results));
}
