/**
 * `jumpfill plan`: what init would write.
 * @module
 */
import { Engine } from '../index.js';
import type { PlanCommand } from './arguments.js';
import { readSource } from './model-source.js';
import { sayReport, sayWarnings } from './say.js';
import { styleFor } from './style.js';
import { formatPlan } from './table.js';

export async function runPlan(command: PlanCommand): Promise<void> {
  const spec = await readSource(command);
  const { out, part, seed, shardSize, like } = command;
  // No thread is started.
  const plan = await new Engine({ threads: 1 }).planModel(spec, { out, part, seed, shardSize, like });
  sayWarnings(plan.warnings);
  sayReport(plan, () => formatPlan(plan, styleFor(process.stdout)), command.output);
}
