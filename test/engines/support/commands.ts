/** The commands on the page of the examples: what the tests run is what it says. */
import { blocksOf, readPage } from '../../support/pages.js';

export const PAGE = readPage('workers/engines/README.md');

const chapters = PAGE.text.split(/^## /m).slice(1);

/** A chapter's commands, one a line. */
export function commandsOf(title: string): readonly string[] {
  const chapter = chapters.find((text) => text.startsWith(`${title}\n`));
  if (chapter === undefined) throw new Error(`no chapter ${title}`);
  const blocks = blocksOf(chapter).filter(({ language }) => language === 'sh');
  return blocks.flatMap(({ text }) => text.trimEnd().split('\n'));
}

/** A chapter's commands for a project of the tests (model.ts). */
export const commandsForProject = (title: string): readonly string[] =>
  commandsOf(title).map((command) => command.replace('llama-3-8b', 'spec.json').replaceAll('/shared/', ''));
