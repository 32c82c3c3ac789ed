/**
 * Writing: whole calls, beside threads that write constant bytes in the same pattern.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import type { Table } from '../../measure/answer.js';
import { runContest } from '../../measure/contest.js';
import { ConstantModels, layOutModel, modelContest } from '../../contestants/model-writers.js';
import type { Scale } from '../../measure/scale.js';
import { SEED } from '../../contestants/subjects.js';
import type { TemporaryFolder } from '../../measure/temporary-files.js';
import { readGpt2, RECIPES } from './models.js';

const SHARD_SIZES = { full: '100MB', quick: '10MB' } as const;

export type Placing = 'one file' | 'shards';

export const PLACINGS: readonly Placing[] = ['one file', 'shards'];

export const nameWriting = (recipe: string, placing: Placing): string =>
  `writeCheckpoint, ${recipe}, ${placing}`;

export async function timeWriting(folder: TemporaryFolder, scale: Scale, placing: Placing): Promise<Table> {
  const shardSize = placing === 'shards' ? SHARD_SIZES[scale.isQuick ? 'quick' : 'full'] : undefined;
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  await using writers = new ConstantModels(scale.threads);
  const models = await Promise.all(
    RECIPES.map(async (recipe) => ({
      label: nameWriting(recipe.label, placing),
      model: await layOutModel(await readGpt2(recipe, scale.isQuick), shardSize),
    })),
  );
  const rows = await runContest(modelContest(engine, writers, folder, models), scale);
  const title = `Writing GPT-2's layers, float32, ${shardSize === undefined ? 'one file' : `shards of ${shardSize}`}`;
  return { kind: 'throughput', title, rows, ratio: 'of writing' };
}
