/**
 * Reports as they are printed: warnings on standard error, JSON or text on standard output.
 * @module
 */
import { writeValue } from '../../base/wording.js';
import { escapeControls, escapeJson } from '../../text/printable.js';
import type { OutputFormat } from '../arguments/parse-command.js';

export function printWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`jumpfill: warning: ${escapeControls(warning)}\n`);
}

/**
 * @param stream  where: standard error, when standard output takes the bytes of a model
 */
export function printReport(
  report: object,
  format: () => string,
  saying: OutputFormat,
  stream: NodeJS.WriteStream = process.stdout,
): void {
  if (saying === 'json') stream.write(`${formatJson(report)}\n`);
  if (saying === 'table') stream.write(`${format()}\n`);
}

/** As the report says it itself: seeds as decimal strings, infinities as in a spec. */
const formatJson = (report: object): string =>
  escapeJson(JSON.stringify(report, (_, value: unknown) => writeValue(value), 2));
