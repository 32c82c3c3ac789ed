/**
 * `jumpfill plan`
 * @module
 */
import { countThreads } from '../../engine/host/threads.js';
import { randomSeed } from '../../engine/host/random-seed.js';
import { planCheckpoint } from '../../storage/write/plan-checkpoint.js';
import type { PlanCommand } from '../arguments/command.js';
import { warnOfName } from '../arguments/output-name.js';
import { readSource } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printReport, printWarnings } from '../output/print-report.js';
import { roomOf, styleFor } from '../../text/colours.js';
import { formatPlan } from '../output/model-tables.js';

export async function runPlan(command: PlanCommand, signal: AbortSignal): Promise<void> {
  const spec = await readSource(command);
  const { out, part, seed, generator, shardSize, like, init, withConfig } = command;
  // In place of an engine, whose threads and kernels would have to be loaded.
  const engine = { threads: countThreads(), seed: randomSeed(), isSeedRandom: true };
  const bar = command.output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  const onHeaders = bar?.showHeaders.bind(bar);
  const options = { out, part, seed, generator, shardSize, like, init, withConfig, signal, onHeaders };
  const plan = await planCheckpoint(engine, spec, options).finally(() => {
    bar?.clear();
  });
  printWarnings([...warnOfName(out), ...plan.warnings]);
  // `init` would draw another random one.
  const chosen = plan.seed === String(engine.seed) ? undefined : plan.seed;
  const format = (): string => formatPlan(plan, chosen, roomOf(process.stdout), styleFor(process.stdout));
  printReport(plan, format, command.output);
}
