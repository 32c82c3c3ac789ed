/**
 * `jumpfill inspect`
 * @module
 */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { shortenPath } from '../../base/wording.js';
import { Engine } from '../../api/engine.js';
import type { InspectReport } from '../../storage/inspect/inspect-report.js';
import { renderPage } from '../../report/page.js';
import { checkAtomicWrite, writeAtomically } from '../../storage/write/atomic-file.js';
import type { InspectCommand } from '../arguments/command.js';
import { usageError } from '../arguments/argv.js';
import { formatInspection, formatReasons, formatSummary } from '../output/inspection-table.js';
import { readSpec } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printNote, printReport, printWarnings } from '../output/print-report.js';
import { roomOf, styleFor } from '../../text/colours.js';

/** @returns true if every tensor with a recipe exists and is as expected */
export async function runInspect(command: InspectCommand, signal: AbortSignal): Promise<boolean> {
  const { checkpointPath, specPath, generator, htmlPath, force, threads, output } = command;
  const spec = specPath === undefined ? undefined : await readSpec(specPath);
  const page = htmlPath === undefined ? undefined : resolve(htmlPath);
  // Checked before the reading, which may take an hour.
  if (page) await checkAtomicWrite(page, force);
  if (page) await refuseInput(page, [checkpointPath, ...(specPath === undefined ? [] : [specPath])]);
  await using engine = new Engine(threads === undefined ? {} : { threads });
  const bar = output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  try {
    const onProgress = bar?.show.bind(bar);
    const report = await engine.inspectCheckpoint(checkpointPath, { spec, generator, signal, onProgress });
    bar?.clear();
    printWarnings(report.warnings);
    if (page) await writePage(page, force, report);
    printReport(report, () => formatReport(report), output);
    if (page && output !== 'quiet') printNote(`wrote ${page}`);
    return report.verdicts.unexpected === 0 && report.missing.length === 0;
  } finally {
    bar?.clear();
  }
}

/** With --force, a typo could replace the checkpoint itself. */
async function refuseInput(page: string, inputs: readonly string[]): Promise<void> {
  const [output, ...others] = await Promise.all(
    [page, ...inputs].map((path) => realpath(path).catch(() => undefined)),
  );
  if (output === undefined || !others.includes(output)) return;
  const found = `inspect: --html is one of the files to read, ${shortenPath(page)}.`;
  throw usageError(found, 'Name another file.');
}

async function writePage(path: string, force: boolean, report: InspectReport): Promise<void> {
  await refuseInput(
    path,
    report.files.map((file) => file.path),
  );
  await writeAtomically(path, force, new TextEncoder().encode(renderPage(report)));
}

function formatReport(report: InspectReport): string {
  const style = styleFor(process.stdout);
  const sections = [
    formatInspection(report.tensors, roomOf(process.stdout), style),
    formatReasons(report, style).join('\n'),
    formatSummary(report),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}
