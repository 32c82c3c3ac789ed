/**
 * `jumpfill plan`: what init would write.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { planCheckpoint } from '../../storage/write/plan-model.js';
import type { PlanCommand } from '../arguments/parse-command.js';
import { readSource } from './model-source.js';
import { warnOfName } from '../arguments/output-name.js';
import { printReport, printWarnings } from '../output/print-report.js';
import { roomOf, styleFor } from '../../text/colours.js';
import { formatPlan } from '../output/model-tables.js';

/** No engine: its threads and kernels would have to be loaded. If nobody chose the seed, any will do. */
const NOBODY = { threads: 1, seed: randomBytes(8).readBigUInt64LE(), isSeedRandom: true };

export async function runPlan(command: PlanCommand): Promise<void> {
  const spec = await readSource(command);
  const { out, part, seed, shardSize, like } = command;
  const plan = await planCheckpoint(NOBODY, spec, { out, part, seed, shardSize, like });
  printWarnings([...warnOfName(out), ...plan.warnings]);
  printReport(plan, () => formatPlan(plan, roomOf(process.stdout), styleFor(process.stdout)), command.output);
}
