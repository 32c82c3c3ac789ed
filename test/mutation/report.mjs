/** What came of a campaign: a table by folder, and on the page what survives and why. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const KNOWN = new URL('known.json', import.meta.url);
const PAGE = new URL('README.md', import.meta.url);
const MARKS = ['<!-- results -->', '<!-- /results -->'];

const isNoticed = ({ status }) => status === 'killed' || status === 'timed out';

/** @returns what is said of a mutant that no fast test notices: `{ verdict: 'equivalent' | 'slow' | 'survives', reason }` */
export function readKnown() {
  const entries = JSON.parse(readFileSync(KNOWN, 'utf8'));
  return (mutant) =>
    entries.find(
      ({ file, code, change }) => file === mutant.file && code === mutant.code && change === mutant.change,
    );
}

/** Counts of some results, equivalents apart. */
export function countOutcomes(results, known = readKnown()) {
  const isEquivalent = (result) => !isNoticed(result) && known(result)?.verdict === 'equivalent';
  const count = (test) => results.filter(test).length;
  const equivalent = count(isEquivalent);
  const noticed = count(isNoticed);
  return {
    made: results.length,
    killed: count(({ status }) => status === 'killed'),
    timedOut: count(({ status }) => status === 'timed out'),
    survived: results.length - noticed - equivalent,
    equivalent,
    score: noticed / (results.length - equivalent),
  };
}

const row = (name, { made, killed, timedOut, survived, equivalent, score }) =>
  [name, made, killed, timedOut, survived, equivalent, Number.isNaN(score) ? '' : score.toFixed(2)].join(
    ' | ',
  );

const byFolder = (results) => {
  const folders = [...new Set(results.map(({ file }) => dirname(file)))].sort();
  return folders.map((folder) => [folder, results.filter(({ file }) => dirname(file) === folder)]);
};

/** A table in Markdown. */
export function formatTable(results) {
  const head = ['folder', 'mutants', 'killed', 'timed out', 'survived', 'equivalent', 'score'].join(' | ');
  const lines = byFolder(results).map(([folder, own]) => row(`\`${folder}\``, countOutcomes(own)));
  return [head, '---|--:|--:|--:|--:|--:|--:', ...lines, row('all', countOutcomes(results))]
    .map((line) => `| ${line} |`)
    .join('\n');
}

const open = (results) => results.filter((result) => !isNoticed(result));

export function formatSummary(results) {
  const known = readKnown();
  const lines = open(results)
    .filter((result) => known(result) === undefined)
    .map(({ file, line, code, change, status }) => `${status} ${file}:${line}  ${change}\n    ${code}`);
  return [formatTable(results), '', ...lines].join('\n');
}

const cell = (text) => `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;

function formatKnown(results, verdict) {
  const known = readKnown();
  const rows = open(results)
    .map((result) => ({ ...result, known: known(result) ?? { verdict: 'survives', reason: 'open' } }))
    .filter((result) => result.known.verdict === verdict)
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(
      (result) =>
        `| \`${result.file.slice(4)}\` | ${cell(result.code)} | ${cell(result.change)} | ${result.known.reason} |`,
    );
  return ['| file | line | change | why |', '|---|---|---|---|', ...rows].join('\n');
}

/** Writes the results between the page's marks. */
export function writePage(seed, results) {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(MARKS[0]);
  const after = rest.split(MARKS[1])[1];
  const parts = [
    `Seed ${seed}, ${results.length} mutants:`,
    formatTable(results),
    '### What survives',
    formatKnown(results, 'survives'),
    '### What tests notice that take no part',
    formatKnown(results, 'slow'),
    '### Equivalent',
    formatKnown(results, 'equivalent'),
  ];
  writeFileSync(PAGE, `${before}${MARKS[0]}\n\n${parts.join('\n\n')}\n\n${MARKS[1]}${after}`);
}
