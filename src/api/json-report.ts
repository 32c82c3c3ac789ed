/**
 * Reports that JSON can write: it knows neither a bigint, which seeds are, nor an infinity, which a bound may be.
 * @module
 */
import { writeValue } from '../base/wording.js';

/** The same report: JSON has its seeds in decimal digits and its infinities as "inf", as `--json` prints them and a spec takes them. */
export function withJson<Report extends object>(report: Report): Report {
  // Not enumerable: copies, comparisons and messages to a thread have the report's own fields and nothing else.
  return Object.defineProperty(report, 'toJSON', { value: () => writeReport(report) });
}

const writeReport = (report: object): unknown =>
  JSON.parse(JSON.stringify({ ...report }, (_, value: unknown) => writeValue(value)));
