/**
 * Results as one self-contained HTML page: charts, tables, how to read them. No script, nothing loaded.
 * @module
 */
import { at } from '#built/base/at.js';
import { escapeText } from '#built/report/markup.js';
import type { Facts, NamedAnswer, Results, Table } from '../measure/answer.js';
import { FILL_NOTE } from '../contestants/memory-fill.js';
import { tabulate } from './cells.js';
import { renderChart } from './charts.js';
import { STYLE } from './style.js';

export function renderPage({ machine, answers }: Results): string {
  const facts = Object.entries(machine)
    .map(([key, value]) => `<dt>${escapeText(key)}</dt><dd>${escapeText(value)}</dd>`)
    .join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>jumpfill: benchmark</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>jumpfill: benchmark</h1>
<dl class="machine">${facts}</dl>
<p>Medians of runs that take turns; a spread is the interquartile range in percent of the median, of the ratio and of the time each. ${escapeText(FILL_NOTE)} Read the ratios to the fill: absolute numbers do not travel to another machine, nor to this one under other load.</p>
${renderContents(answers)}
</header>
<main>
${answers.map((answer) => renderAnswer(answer, machine)).join('\n')}
</main>
</body>
</html>
`;
}

function renderContents(answers: readonly NamedAnswer[]): string {
  if (answers.length < 2) return '';
  const links = answers.map(({ name }) => `<li><a href="#${escapeText(name)}">${escapeText(name)}</a></li>`);
  return `<nav aria-label="Questions"><ul>${links.join('')}</ul></nav>`;
}

/** Those that tell one run from another, and what belongs to them. */
const RUN_FACTS = ['node', 'commit', 'date', 'command'];
const RUN_DETAILS = ['load', 'noise'];

/** Empty for the run that the page begins with. */
function renderRun(machine: Facts, ofPage: Facts): string {
  if (RUN_FACTS.every((key) => machine[key] === ofPage[key])) return '';
  const facts = [...RUN_FACTS, ...RUN_DETAILS]
    .filter((key) => key in machine)
    .map((key) => escapeText(`${key}: ${machine[key] ?? ''}`));
  return `<p class="run">Measured by another run: ${facts.join('; ')}</p>`;
}

function renderAnswer(
  { name, asks, tables, notes, machine, leftOut = [] }: NamedAnswer,
  ofPage: Facts,
): string {
  const charts = tables.map(renderFigure).join('');
  const listed = [
    ...notes.map(escapeText),
    ...leftOut.map(({ what, why }) => `<b>Left out:</b> ${escapeText(what)}: ${escapeText(why)}`),
  ];
  return `<section id="${escapeText(name)}">
<h2>${escapeText(name)}</h2>
<p class="asks">${escapeText(asks)}</p>
${renderRun(machine, ofPage)}
${charts === '' ? '' : `<div class="charts">${charts}</div>`}
${tables.map(renderTable).join('\n')}
${listed.length === 0 ? '' : `<ul class="notes">${listed.map((note) => `<li>${note}</li>`).join('')}</ul>`}
</section>`;
}

function renderFigure(table: Table): string {
  if (table.kind !== 'throughput' || table.chart === undefined || table.rows.length === 0) return '';
  const chart = renderChart(table.title, table.rows, table.chart);
  return `<figure><figcaption>${escapeText(table.title)}, Gelem/s</figcaption>${chart}</figure>`;
}

/** Wider than a phone, so it scrolls in a box of its own, by keyboard too. */
function renderTable(table: Table): string {
  const columns = tabulate(table);
  const head = columns.map(
    ({ title, align }) => `<th scope="col" class="${align}">${escapeText(title)}</th>`,
  );
  const rows = table.rows.map((row, i) => {
    const cells = columns.map(({ cells, align }, column) => {
      const text = escapeText(at(cells, i));
      return column === 0
        ? `<th scope="row" class="${align}">${text}</th>`
        : `<td class="${align}">${text}</td>`;
    });
    const role = 'role' in row ? ` class="${row.role}"` : '';
    return `<tr${role}>${cells.join('')}</tr>`;
  });
  const title = escapeText(table.title);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><caption>${title}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
