/**
 * `jumpfill verify`: one checkpoint, one library call, one verdict.
 * @module
 */
import { listNames, show } from '../../base/wording.js';
import { Engine } from '../../api/engine.js';
import type { ElementValue, TensorDifference, VerifyReport } from '../../storage/verify/verify.js';
import { escapeControls, LONGEST_NAME } from '../../text/printable.js';
import type { VerifyCommand } from '../arguments/parse-command.js';
import { readSpec } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printReport, printWarnings } from '../output/print-report.js';
import { styleFor, type Style } from '../../text/colours.js';
import { groupDigits } from '../output/model-tables.js';

/** @returns whether the checkpoint is what it should be */
export async function runVerify(command: VerifyCommand, signal: AbortSignal): Promise<boolean> {
  const { checkpointPath, specPath, seed, sample, sampleSeed, tensors, threads, output } = command;
  const spec = specPath === undefined ? undefined : await readSpec(specPath);
  await using engine = new Engine(threads === undefined ? {} : { threads });
  const bar = output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  try {
    const onProgress = bar?.draw.bind(bar);
    const choice = { spec, seed, sample, sampleSeed, tensors };
    const report = await engine.verifyCheckpoint(checkpointPath, { ...choice, signal, onProgress });
    bar?.clear();
    printWarnings(report.warnings);
    printReport(report, () => formatVerdict(report, styleFor(process.stdout)), output);
    return report.equal;
  } finally {
    bar?.clear();
  }
}

/** One line if all is as it should be; else the first difference, and how many there are in each tensor. */
export function formatVerdict(report: VerifyReport, style: Style): string {
  const verdictLine = `${escapeControls(report.path)}: ${formatWord(report, style)}: ${formatFigures(report)}`;
  const lines: string[] = [];
  const [first] = report.differences;
  if (first !== undefined) lines.push(formatFirst(first), ...formatCounts(report.differences));
  for (const { name, figure, stored, expected } of report.metadataDifferences) {
    const figures = `${formatFigure(stored)}, expected ${formatFigure(expected)}`;
    lines.push(`  metadata of ${quote(name)}: ${KEYS[figure]} is ${figures}`);
  }
  if (report.missing.length > 0) {
    lines.push(
      `  missing: ${groupDigits(report.missing.length)} of the tensors: ${listNames(report.missing)}`,
    );
  }
  if (report.metadataFault !== undefined) lines.push(`  metadata: ${report.metadataFault}`);
  return [verdictLine, ...lines.map(escapeControls)].join('\n');
}

/** Incomplete: what is there is equal. */
function formatWord(
  { equal, differences, metadataDifferences, metadataFault }: VerifyReport,
  style: Style,
): string {
  if (equal) return style('green', 'equal');
  const isSame = differences.length + metadataDifferences.length === 0 && metadataFault === undefined;
  return style('red', isSame ? 'incomplete' : 'different');
}

/** As the metadata name them. */
const KEYS = { weightScale: 'weight_scale', step: 'step', limit: 'limit', std: 'std' } as const;

const quote = (name: string): string => show(name, LONGEST_NAME);

const formatFigure = (value: number | undefined): string => (value === undefined ? 'missing' : String(value));

/** Elements, bytes, seconds, GB/s, threads, seed; and what part of the whole, if it is one. */
function formatFigures(report: VerifyReport): string {
  const { checkedElements, checkedBytes, totalBytes, elapsedMs, threads, seed, sampleSeed } = report;
  const seconds = elapsedMs / 1000;
  const parts = [
    `${groupDigits(checkedElements)} elements`,
    `${groupDigits(checkedBytes)} bytes`,
    `${seconds.toFixed(3)} s`,
    `${(checkedBytes / 1e9 / seconds).toFixed(2)} GB/s`,
    `${threads} thread${threads === 1 ? '' : 's'}`,
    `seed ${seed}`,
  ];
  if (checkedBytes < totalBytes) parts.push(`${formatPercent(checkedBytes / totalBytes)} of all bytes`);
  if (sampleSeed !== undefined) parts.push(`sample seed ${sampleSeed}`);
  return parts.join(', ');
}

/** Of less than all. */
function formatPercent(share: number): string {
  const percent = (100 * share).toPrecision(3);
  return Number(percent) < 100 ? `${percent} %` : 'over 99.9 %';
}

function formatFirst({ name, first }: TensorDifference): string {
  const { element, index, expected, found, byteOffset, file } = first;
  const place = index.length > 1 ? `element ${element}, [${index.join(', ')}],` : `element ${element}`;
  const [was, should] = formatValues(found, expected);
  return `  ${quote(name)}: ${place} is ${was}, expected ${should}: byte ${byteOffset} of ${file}`;
}

/** With their bits if they would look alike: -0 and 0, or two NaNs. */
function formatValues(...values: readonly ElementValue[]): readonly string[] {
  const shown = values.map(({ value }) => String(value));
  if (new Set(shown).size === shown.length) return shown;
  return values.map(({ bits }, i) => `${shown[i]} (${bits})`);
}

function formatCounts(differences: readonly TensorDifference[]): string[] {
  const names = differences.map(({ name }) => quote(name));
  const width = names.reduce((widest, { length }) => Math.max(widest, length), 0);
  return differences.map(({ differing }, i) => {
    const elements = `${groupDigits(differing)} element${differing === 1 ? ' differs' : 's differ'}`;
    return `  ${(names[i] ?? '').padEnd(width)}  ${elements}`;
  });
}
