/**
 * An inspection as one self-contained HTML page: no script, nothing loaded, and a policy that forbids both, because a checkpoint's
 * names may be anything.
 * @module
 */
import { formatSource } from '../domain/streams/seed.js';
import { basename } from 'node:path';
import { formatByteSize, groupDigits } from '../text/numbers.js';
import type { InspectedTensor, InspectReport } from '../storage/inspect/inspect-report.js';
import { formatShape, renderCard, VERDICTS } from './card.js';
import { escapeLabel, escapeName, escapeText } from './markup.js';
import { formatFigure } from './numbers.js';
import { cardId, renderOverview } from './overview.js';
import { STYLE } from './style.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function renderPage(report: InspectReport): string {
  const title = escapeText(basename(report.path));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}: jumpfill inspect</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${renderSummary(report)}
${renderFacts(report)}
${renderWarnings(report)}
</header>
<main>
${renderPictures(report)}
${renderIndex(report.tensors)}
<section aria-labelledby="tensors"><h2 id="tensors">Tensors</h2>
<p class="key">${renderKey(report)}</p>
<div class="cards">
${report.tensors.map(renderCard).join('\n')}
</div></section>
</main>
</body>
</html>
`;
}

function renderSummary({ verdicts, missing }: InspectReport): string {
  const counted = (['unexpected', 'expected', 'unjudged', 'unmeasured', 'unknown'] as const)
    .filter((kind) => verdicts[kind] > 0)
    .map((kind) => {
      const { sign, label } = VERDICTS[kind];
      return `<li class="badge ${kind}"><span aria-hidden="true">${sign}</span> <b>${groupDigits(verdicts[kind])}</b> ${label}</li>`;
    });
  const items =
    missing.length > 0
      ? [`<li class="badge unexpected"><b>${groupDigits(missing.length)}</b> missing</li>`, ...counted]
      : counted;
  return `<ul class="summary">${items.join('')}</ul>`;
}

function renderFacts({
  path,
  files,
  tensors,
  elementCount,
  byteLength,
  recipe,
  metadata,
}: InspectReport): string {
  const made =
    recipe?.from === 'metadata'
      ? [`jumpfill ${recipe.version}`, ...formatSource(recipe)].join(', ')
      : undefined;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['path', path],
    ['files', files.length > 1 ? groupDigits(files.length) : undefined],
    ['tensors', groupDigits(tensors.length)],
    ['elements', groupDigits(elementCount)],
    ['size', `${formatByteSize(byteLength, 1)} (${groupDigits(byteLength)} bytes)`],
    ['made by', made],
    ['expected', describeSource(recipe)],
    ...Object.entries(metadata).map(([key, value]) => [key, shortenText(value)] as const),
  ];
  const rows = facts.flatMap(([key, value]) =>
    value === undefined
      ? []
      : [`<dt>${escapeLabel(key)}</dt><dd>${key === 'path' ? escapeName(value) : escapeText(value)}</dd>`],
  );
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function describeSource(recipe: InspectReport['recipe']): string {
  if (recipe === undefined) return 'nothing: its metadata hold no recipe';
  return recipe.from === 'spec' ? 'the given spec' : 'the recipe in its metadata';
}

/** Some checkpoints keep whole files in their metadata. */
const LONGEST_TEXT = 300;

const shortenText = (text: string): string =>
  text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;

/** The rest are folded away. */
const MOST_LISTED = 20;

function renderWarnings(report: InspectReport): string {
  const items = listWarnings(report);
  if (items.length === 0) return '';
  const rest = items.slice(MOST_LISTED);
  const more =
    rest.length > 0
      ? `<details><summary>${groupDigits(rest.length)} more</summary><ul>${rest.join('')}</ul></details>`
      : '';
  return `<section class="warnings" aria-labelledby="look"><h2 id="look">Needs attention</h2><ul>${items.slice(0, MOST_LISTED).join('')}</ul>${more}</section>`;
}

/** Tensors that are not as expected come first. */
function listWarnings({ tensors, missing, warnings }: InspectReport): string[] {
  return [
    ...tensors.flatMap(({ name, verdict }, i) =>
      verdict.kind === 'unexpected'
        ? [
            `<li><a href="#${cardId(i)}"><bdi>${escapeName(name)}</bdi></a>: ${escapeText(verdict.reasons.join('; '))}</li>`,
          ]
        : [],
    ),
    ...missing.map((name) => `<li><bdi>${escapeName(name)}</bdi>: missing from the checkpoint</li>`),
    ...warnings.map((warning) => `<li>${escapeText(warning)}</li>`),
  ];
}

function renderPictures({ tensors }: InspectReport): string {
  const pictures = renderOverview(tensors);
  if (pictures === '') return '';
  const hasExpected = tensors.some(({ expected }) => expected !== undefined);
  const dash = hasExpected ? ' <span class="sample dash"></span> expected' : '';
  const hasConstants = tensors.some(({ figures }) => figures?.std === 0);
  const omitted = hasConstants ? '. Constants (std 0) are left out: the axis is logarithmic.' : '';
  return `<section aria-labelledby="layers"><h2 id="layers">Layers</h2><p class="key"><span class="sample dot"></span> found${dash}${omitted}</p><div class="pictures">${pictures}</div></section>`;
}

/** The tensors as a table, folded away. */
function renderIndex(tensors: readonly InspectedTensor[]): string {
  const rows = tensors.map(
    ({ name, dtype, shape, figures, expected, verdict }, i) =>
      `<tr><th scope="row"><a href="#${cardId(i)}"><bdi>${escapeName(name)}</bdi></a></th><td>${escapeText(dtype)}</td><td>${formatShape(shape)}</td><td class="number">${formatFigure(figures?.std)}</td><td class="number">${formatFigure(expected?.std)}</td><td class="${verdict.kind}">${VERDICTS[verdict.kind].sign}<span class="unseen"> ${VERDICTS[verdict.kind].label}</span></td></tr>`,
  );
  const titles = ['name', 'dtype', 'shape', 'std', 'expected', 'verdict'];
  const head = titles.map((title) => {
    const isNumber = title === 'std' || title === 'expected';
    return `<th scope="col"${isNumber ? ' class="number"' : ''}>${title}</th>`;
  });
  return `<details><summary>All ${groupDigits(tensors.length)} tensors as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="All tensors"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function renderKey({ tensors }: InspectReport): string {
  const hasExpected = tensors.some(({ expected }) => expected !== undefined);
  const area = '<span class="sample area"></span> values found, as a density or as the share of each level';
  const line = hasExpected ? '; <span class="sample dash"></span> the recipe’s distribution' : '';
  return `${area}${line}. Kurtosis is Pearson’s: a normal distribution has 3.`;
}
