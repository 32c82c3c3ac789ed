/**
 * `jumpfill merge`
 * @module
 */
import { mergeCheckpoint } from '../../api/merge-checkpoint.js';
import type { MergeReport } from '../../storage/write/merge.js';
import { formatCount } from '../../text/numbers.js';
import { escapeControls } from '../../text/printable.js';
import type { MergeCommand } from '../arguments/command.js';
import { printReport } from '../output/print-report.js';

export async function runMerge({ out, force, output }: MergeCommand): Promise<void> {
  const report = await mergeCheckpoint({ out, force });
  printReport(report, () => formatMerge(report), output);
}

function formatMerge({ indexPath, files, tensorCount, totalSize, seed }: MergeReport): string {
  const counts = [
    formatCount(files.length, 'shard'),
    formatCount(tensorCount, 'tensor'),
    `${formatCount(totalSize, 'byte')} of tensors`,
  ];
  return `${escapeControls(indexPath)}: ${counts.join(', ')}, seed ${seed}`;
}
