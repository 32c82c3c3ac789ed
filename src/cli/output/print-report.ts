/**
 * Prints reports: warnings and notes on standard error, JSON or text on standard output.
 * @module
 */
import { escapeControls, escapeJson } from '../../text/printable.js';
import type { OutputFormat } from '../arguments/command.js';
import { nameFlags } from './flags.js';

/** @param text  may quote names from an untrusted file */
export function printNote(text: string): void {
  process.stderr.write(`jumpfill: ${escapeControls(text)}\n`);
}

export function printWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) printNote(`warning: ${nameFlags(warning)}`);
}

/** @param stream  standard error where standard output takes a model's bytes */
export function printReport(
  report: object,
  format: () => string,
  output: OutputFormat,
  stream: NodeJS.WriteStream = process.stdout,
): void {
  if (output === 'json') stream.write(`${formatJson(report)}\n`);
  if (output === 'table') stream.write(`${format()}\n`);
}

/** A list of numbers, a line each as JSON.stringify indents it. No string in JSON holds a line break. */
const NUMBER_ROWS = /\[\n\s+(-?\d[^\n"{}[\]]*(?:,\n\s+-?\d[^\n"{}[\]]*)*)\n\s+\]/g;

/** A report is JSON as it is; here a list of numbers is one line. */
const formatJson = (report: object): string =>
  escapeJson(
    JSON.stringify(report, null, 2).replace(
      NUMBER_ROWS,
      (_, row: string) => `[${row.replace(/\n\s+/g, ' ')}]`,
    ),
  );
