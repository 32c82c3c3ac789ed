/**
 * `jumpfill verify`
 * @module
 */
import { Engine } from '../../api/engine.js';
import type { VerifyCommand } from '../arguments/command.js';
import { readSpec } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printReport, printWarnings } from '../output/print-report.js';
import { formatVerification } from '../output/verification.js';
import { styleFor } from '../../text/colours.js';

/** @returns whether the checkpoint is equal to what its recipe draws */
export async function runVerify(command: VerifyCommand, signal: AbortSignal): Promise<boolean> {
  const { checkpointPath, specPath, like, seed, generator, sample, sampleSeed, tensors } = command;
  const { threads, output } = command;
  const spec = specPath === undefined ? undefined : await readSpec(specPath);
  await using engine = new Engine(threads === undefined ? {} : { threads });
  const bar = output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  try {
    const onProgress = bar?.show.bind(bar);
    const onHeaders = bar?.showHeaders.bind(bar);
    const options = { spec, like, seed, generator, sample, sampleSeed, tensors };
    const report = await engine.verifyCheckpoint(checkpointPath, {
      ...options,
      signal,
      onProgress,
      onHeaders,
    });
    bar?.clear();
    printWarnings(report.warnings);
    printReport(report, () => formatVerification(report, styleFor(process.stdout)), output);
    return report.equal;
  } finally {
    bar?.clear();
  }
}
