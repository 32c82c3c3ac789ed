/**
 * `jumpfill inspect`: one checkpoint, one library call; a table, JSON, a page.
 * @module
 */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeNumber } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import { Engine } from '../../api/engine.js';
import type { InspectReport } from '../../storage/inspect/inspect-report.js';
import { escapeJson } from '../../text/printable.js';
import { renderPage } from '../../report/page.js';
import { checkAtomicWrite, writeAtomically } from '../../storage/write/atomic-file.js';
import type { InspectCommand } from '../arguments/parse-command.js';
import { formatInspection, formatReasons, formatWhole } from '../output/inspection-table.js';
import { readSpec } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printWarnings } from '../output/print-report.js';
import { roomOf, styleFor } from '../../text/colours.js';

/** @returns whether all that has a recipe is there and as expected */
export async function runInspect(command: InspectCommand, signal: AbortSignal): Promise<boolean> {
  const { checkpointPath, specPath, htmlPath, force, threads, output } = command;
  const spec = specPath === undefined ? undefined : await readSpec(specPath);
  const page = htmlPath === undefined ? undefined : resolve(htmlPath);
  // An hour of reading is not to end in a name that is taken.
  if (page) await checkAtomicWrite(page, force);
  if (page) await refuseInput(page, [checkpointPath, ...(specPath === undefined ? [] : [specPath])]);
  await using engine = new Engine(threads === undefined ? {} : { threads });
  const bar = output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  try {
    const onProgress = bar?.draw.bind(bar);
    const report = await engine.inspectCheckpoint(checkpointPath, { spec, signal, onProgress });
    bar?.clear();
    if (page) await writePage(page, force, report);
    printReport(report, output);
    return report.verdicts.unexpected === 0 && report.missing.length === 0;
  } finally {
    bar?.clear();
  }
}

/** With --force a slip of the keyboard would be the loss of what was to be looked at. */
async function refuseInput(page: string, inputs: readonly string[]): Promise<void> {
  const [output, ...others] = await Promise.all(
    [page, ...inputs].map((path) => realpath(path).catch(() => undefined)),
  );
  if (output === undefined || !others.includes(output)) return;
  throw new ValueError('BAD_OPTION', `--html is an input itself, ${page}.`, 'Name another file to write.');
}

async function writePage(path: string, force: boolean, report: InspectReport): Promise<void> {
  await refuseInput(
    path,
    report.files.map((file) => file.path),
  );
  await writeAtomically(path, force, new TextEncoder().encode(renderPage(report)));
}

function printReport(report: InspectReport, output: InspectCommand['output']): void {
  printWarnings(report.warnings);
  if (output === 'json') process.stdout.write(`${formatJson(report)}\n`);
  if (output !== 'table') return;
  const { stdout } = process;
  const style = styleFor(stdout);
  const parts = [
    formatInspection(report.tensors, roomOf(stdout), style),
    formatReasons(report, style).join('\n'),
    formatWhole(report),
  ];
  stdout.write(`${parts.filter((part) => part !== '').join('\n\n')}\n`);
}

/** Rows of numbers on a line of their own: a histogram has 64. No string in JSON holds a line break. */
const NUMBER_ROWS = /\[\n\s+(-?\d[^\n"{}[\]]*(?:,\n\s+-?\d[^\n"{}[\]]*)*)\n\s+\]/g;

/** Infinities, of an initialiser's bounds, as a spec has them. */
const formatJson = (report: InspectReport): string =>
  escapeJson(
    JSON.stringify(report, (_, value: unknown) => writeNumber(value), 2).replace(
      NUMBER_ROWS,
      (_, row: string) => `[${row.replace(/\n\s+/g, ' ')}]`,
    ),
  );
