/**
 * `jumpfill init`: one spec, one library call, one report.
 * @module
 */
import { realpath } from 'node:fs/promises';
import { writeNumber } from '../domain/words.js';
import { ValueError } from '../errors.js';
import { Engine, type ModelReport } from '../index.js';
import { readSpecFile } from '../storage/spec-file.js';
import type { InitCommand } from './arguments.js';
import { ProgressBar } from './progress-bar.js';
import { isTerminal, styleFor } from './style.js';
import { formatSummary, formatTable } from './table.js';

export async function runInit(command: InitCommand, signal: AbortSignal): Promise<void> {
  const spec = await readSpecFile(command.specPath);
  await refuseOwnSpec(command);
  await using engine = new Engine(command.threads === undefined ? {} : { threads: command.threads });
  const showsBar = command.output === 'table' && isTerminal(process.stderr);
  const bar = showsBar ? new ProgressBar(process.stderr) : undefined;
  try {
    const { out, force, checksum, seed } = command;
    const onProgress = bar?.draw.bind(bar);
    const report = await engine.initModel(spec, { out, force, checksum, seed, signal, onProgress });
    bar?.clear();
    printReport(report, command.output);
  } finally {
    bar?.clear();
  }
}

/** With --force the report of a slip of the keyboard would be the loss of the spec. */
async function refuseOwnSpec({ specPath, out }: InitCommand): Promise<void> {
  const [spec, output] = await Promise.all(
    [specPath, out].map((path) => realpath(path).catch(() => undefined)),
  );
  if (spec === undefined || spec !== output) return;
  throw new ValueError('BAD_OPTION', `--out is the spec itself, ${specPath}.`, 'Name another file to write.');
}

function printReport(report: ModelReport, output: InitCommand['output']): void {
  for (const warning of report.warnings) process.stderr.write(`jumpfill: warning: ${warning}\n`);
  if (output === 'json') process.stdout.write(`${formatJson(report)}\n`);
  if (output !== 'table') return;
  const style = styleFor(process.stdout);
  process.stdout.write(`${formatTable(report.tensors, style)}\n\n${formatSummary(report)}\n`);
}

/** The report; the seed as a decimal string, because readers of JSON round numbers beyond 2^53, and infinities as in a spec. */
const formatJson = (report: ModelReport): string =>
  JSON.stringify({ ...report, seed: String(report.seed) }, (_, value: unknown) => writeNumber(value), 2);
