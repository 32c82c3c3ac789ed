/**
 * `jumpfill merge`
 * @module
 */
import { mergeCheckpoint } from '../../api/merge-checkpoint.js';
import type { MergeReport } from '../../storage/write/merge.js';
import { formatCount } from '../../text/numbers.js';
import { escapeControls } from '../../text/printable.js';
import type { MergeCommand } from '../arguments/command.js';
import { formatSource } from '../../domain/streams/seed.js';
import { printReport } from '../output/print-report.js';

export async function runMerge({ out, force, output }: MergeCommand): Promise<void> {
  const report = await mergeCheckpoint({ out, force });
  printReport(report, () => formatMerge(report), output);
}

function formatMerge(report: MergeReport): string {
  const { indexPath, files, tensorCount, totalSize } = report;
  const counts = [
    formatCount(files.length, 'shard'),
    formatCount(tensorCount, 'tensor'),
    `${formatCount(totalSize, 'byte')} of tensors`,
    ...formatSource(report),
  ];
  return `${escapeControls(indexPath)}: ${counts.join(', ')}`;
}
