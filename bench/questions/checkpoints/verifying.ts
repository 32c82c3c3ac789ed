/**
 * Verifying: whole calls beside other readers of the same file, and the steps of a thread in them.
 * @module
 */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '#built/api/engine.js';
import { completeInit } from '#built/domain/recipes/init.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { PIECE_BYTES } from '#built/storage/verify/compare-work.js';
import type { WriteReport } from '#built/storage/write/write-checkpoint.js';
import type { GridRow, Table, ThroughputRow } from '../../measure/answer.js';
import { STEPS, timeSteps } from './verifying-steps.js';
import { measureBy, runContest } from '../../measure/contest.js';
import { Crew } from '../../contestants/crew/crew.js';
import { catRun, readRun, verifyRun } from '../../contestants/readers.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { drawOf, SEED } from '../../contestants/subjects.js';
import type { TemporaryFolder } from '../../measure/temporary-files.js';
import { HALF, readGpt2, RECIPES } from './models.js';

export const VERIFIED = [...RECIPES, HALF];

export const nameVerifying = (recipe: string): string => `verify, ${recipe}`;

/** Enough for a steady median: a run takes a tenth of a second at most. */
const BUDGET_MS = 3000;

export async function timeVerifying(folder: TemporaryFolder, scale: Scale): Promise<readonly Table[]> {
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  await using crew = await Crew.start(scale.threads);
  const rows: ThroughputRow[] = [];
  const steps: GridRow[] = [];
  for (const recipe of VERIFIED) {
    const out = join(folder.renewFolder('verify'), 'model.safetensors');
    const report = await engine.writeCheckpoint(await readGpt2(recipe, scale.isQuick), { out });
    rows.push(...(await timeReaders(engine, crew, report, recipe.label, scale)));
    steps.push({ label: recipe.label, values: stepsOf(report, scale) });
  }
  const columns = STEPS.map((step) => `${step}, GB/s`);
  return [
    { kind: 'throughput', title: "Verifying GPT-2's layers, in the page cache", rows, ratio: 'of cat' },
    { kind: 'grid', title: 'The steps of one thread, each alone', columns, rows: steps },
  ];
}

async function timeReaders(
  engine: Engine,
  crew: Crew,
  report: WriteReport,
  label: string,
  scale: Scale,
): Promise<ThroughputRow[]> {
  const descriptor = openSync(report.path, 'r');
  try {
    const readers = [...new Set([1, scale.threads])].map((threads) =>
      readRun(crew, descriptor, report, threads),
    );
    const runs = [{ ...verifyRun(engine, report), label: nameVerifying(label) }, ...readers];
    const ceiling = { ...catRun(report), label: `cat to /dev/null, ${label}` };
    return await runContest(measureBy(ceiling, runs), shrink(scale, scale.elements, BUDGET_MS));
  } finally {
    closeSync(descriptor);
  }
}

/** Beyond every cache. */
const MOST_PIECES = 256;

/** Rates of the steps, over the largest tensor. */
function stepsOf({ path, tensors, seed }: WriteReport, { isQuick }: Scale): readonly number[] {
  const [largest] = tensors.toSorted((a, b) => b.byteLength - a.byteLength);
  if (largest === undefined) throw new RangeError(`${path} has no tensors`);
  const { name, dtype, shape, init, byteOffset, byteLength } = largest;
  const descriptor = openSync(path, 'r');
  try {
    const pieces = Math.min(MOST_PIECES, Math.floor(byteLength / PIECE_BYTES));
    const elementCount = (pieces * PIECE_BYTES) / DTYPES[dtype].byteWidth;
    const draw = drawOf(completeInit(init), shape, { dtype, name, seed: BigInt(seed) });
    return timeSteps({ draw, descriptor, path, position: byteOffset, elementCount }, isQuick ? 1 : 9);
  } finally {
    closeSync(descriptor);
  }
}
