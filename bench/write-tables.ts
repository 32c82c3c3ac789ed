/**
 * `npm run bench -- tables`: the peers' tables of the pages, from the results of a run. The figures that they show are kept in
 * peers/measured.json, with which a test compares the pages.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { NamedAnswer } from './measure/answer.js';
import { pathInBench } from './measure/folders.js';
import {
  keepFigures,
  renderPeersSection,
  renderReadmeTable,
  replacePeersSection,
  replaceReadmeTable,
} from './render/peer-tables.js';

/** @throws  the results have no whole answer to `peers` */
export function writeTables(answers: readonly NamedAnswer[]): void {
  const answer = answers.find(({ name, conditions }) => name === 'peers' && !conditions.isQuick);
  if (answer === undefined)
    throw new Error('There are no results of peers yet. Ask first: npm run bench -- peers --install');
  const measured = keepFigures(answer.machine, answer.tables);
  writeFileSync(pathInBench('peers/measured.json'), `${JSON.stringify(measured, null, 2)}\n`);
  rewrite('../README.md', (page) => replaceReadmeTable(page, renderReadmeTable(measured)));
  rewrite('README.md', (page) => replacePeersSection(page, renderPeersSection(measured)));
}

function rewrite(path: string, change: (page: string) => string): void {
  const file = pathInBench(path);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
