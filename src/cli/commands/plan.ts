/**
 * `jumpfill plan`
 * @module
 */
import { randomSeed } from '../../engine/host/random-seed.js';
import { planCheckpoint } from '../../storage/write/plan-checkpoint.js';
import type { PlanCommand } from '../arguments/command.js';
import { warnOfName } from '../arguments/output-name.js';
import { readSource } from './model-source.js';
import { printReport, printWarnings } from '../output/print-report.js';
import { roomOf, styleFor } from '../../text/colours.js';
import { formatPlan } from '../output/model-tables.js';

export async function runPlan(command: PlanCommand): Promise<void> {
  const spec = await readSource(command);
  const { out, part, seed, generator, shardSize, like } = command;
  // In place of an engine, whose threads and kernels would have to be loaded.
  const engine = { threads: 1, seed: randomSeed(), isSeedRandom: true };
  const plan = await planCheckpoint(engine, spec, { out, part, seed, generator, shardSize, like });
  printWarnings([...warnOfName(out), ...plan.warnings]);
  // `init` would draw another random one.
  const chosen = plan.seed === String(engine.seed) ? undefined : plan.seed;
  const format = (): string => formatPlan(plan, chosen, roomOf(process.stdout), styleFor(process.stdout));
  printReport(plan, format, command.output);
}
