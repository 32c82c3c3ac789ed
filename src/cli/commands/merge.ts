/**
 * `jumpfill merge`: the index of shards that parts have written.
 * @module
 */
import { mergeCheckpoint } from '../../api/merging.js';
import type { MergeReport } from '../../storage/write/merge.js';
import { escapeControls } from '../../text/printable.js';
import type { MergeCommand } from '../arguments/parse-command.js';
import { printReport } from '../output/print-report.js';
import { groupDigits } from '../output/model-tables.js';

export async function runMerge({ out, force, output }: MergeCommand): Promise<void> {
  const report = await mergeCheckpoint({ out, force });
  printReport(report, () => formatMerge(report), output);
}

const formatMerge = ({ indexPath, files, tensorCount, totalSize, seed }: MergeReport): string =>
  `${escapeControls(indexPath)}: ${files.length} shards, ${groupDigits(tensorCount)} tensors, ${groupDigits(totalSize)} bytes of them, seed ${seed}`;
