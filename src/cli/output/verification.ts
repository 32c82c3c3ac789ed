/**
 * A verification on a terminal.
 * @module
 */
import { listNames, show } from '../../base/wording.js';
import { figureKey } from '../../storage/format/tensor-metadata.js';
import type { ElementValue, TensorDifference, VerifyReport } from '../../storage/verify/verify-report.js';
import type { Style } from '../../text/colours.js';
import { formatCount, formatShare } from '../../text/numbers.js';
import { escapeControls, LONGEST_NAME } from '../../text/printable.js';
import { formatSource } from '../../domain/streams/seed.js';
import { formatSize, formatSpeed } from './run-figures.js';

/** One line if all is equal; else also the first difference, the number of differences in each tensor, and what is missing. */
export function formatVerification(report: VerifyReport, style: Style): string {
  const { path, differences, metadataDifferences, missing, metadataFault } = report;
  const [first] = differences;
  const details = [
    ...(first === undefined ? [] : [formatFirst(first), ...formatCounts(differences)]),
    ...metadataDifferences.map(formatMetadataDifference),
    ...(missing.length > 0
      ? [`  missing: ${formatCount(missing.length, 'tensor')}: ${listNames(missing)}`]
      : []),
    ...(metadataFault === undefined ? [] : [`  metadata: ${metadataFault}`]),
  ];
  const verdict = `${escapeControls(path)}: ${formatVerdict(report, style)}: ${formatFigures(report)}`;
  return [verdict, ...details.map(escapeControls)].join('\n');
}

/** Incomplete means that tensors are missing, and the rest is equal; unchecked, that there was nothing to compare with. */
function formatVerdict(
  { equal, differences, metadataDifferences, metadataFault, checkedElements, unchecked }: VerifyReport,
  style: Style,
): string {
  if (equal && checkedElements === 0 && unchecked.length > 0) return style('yellow', 'unchecked');
  if (equal) return style('green', 'equal');
  const isSame = differences.length + metadataDifferences.length === 0 && metadataFault === undefined;
  return style('red', isSame ? 'incomplete' : 'different');
}

/** Size, speed and seed; and which share was checked, if not all. */
function formatFigures(report: VerifyReport): string {
  const { checkedElements, checkedBytes, totalBytes, elapsedMs, threads, sampleSeed } = report;
  const run = { elementCount: checkedElements, byteLength: checkedBytes, elapsedMs, threads };
  const figures = [...formatSize(run), ...formatSpeed(run), ...formatSource(report)];
  if (checkedBytes < totalBytes) figures.push(`${formatShare(checkedBytes / totalBytes, 3)} of all bytes`);
  if (sampleSeed !== undefined) figures.push(`sample seed ${sampleSeed}`);
  return figures.join(', ');
}

const quote = (name: string): string => show(name, LONGEST_NAME);

function formatFirst({ name, first }: TensorDifference): string {
  const { element, index, expected, found, byteOffset, file } = first;
  const where = index.length > 1 ? `element ${element}, [${index.join(', ')}],` : `element ${element}`;
  const [was, should] = formatValues(found, expected);
  return `  ${quote(name)}: ${where} is ${was}, expected ${should}: byte ${byteOffset} of ${file}`;
}

/** With their bits if they would look alike: -0 and 0, or two NaNs. */
function formatValues(...values: readonly ElementValue[]): readonly string[] {
  const shown = values.map(({ value }) => String(value ?? NaN));
  if (new Set(shown).size === shown.length) return shown;
  return values.map(({ value, bits }) => `${value} (${bits})`);
}

function formatCounts(differences: readonly TensorDifference[]): string[] {
  const rows = differences.map(({ name, differing }) => ({ name: quote(name), differing }));
  const width = rows.reduce((widest, { name }) => Math.max(widest, name.length), 0);
  return rows.map(
    ({ name, differing }) =>
      `  ${name.padEnd(width)}  ${formatCount(differing, 'element differs', 'elements differ')}`,
  );
}

const formatFigure = (value: number | undefined): string => (value === undefined ? 'missing' : String(value));

function formatMetadataDifference(difference: VerifyReport['metadataDifferences'][number]): string {
  if (difference.figure === 'generator')
    return `  metadata: generator is ${difference.stored}, the spec says ${difference.expected}`;
  if (difference.figure === 'sample')
    return `  ${quote(difference.name)}: its bytes are not those that were kept`;
  const { name, figure, stored, expected } = difference;
  return `  metadata of ${quote(name)}: ${figureKey(figure)} is ${formatFigure(stored)}, expected ${formatFigure(expected)}`;
}
