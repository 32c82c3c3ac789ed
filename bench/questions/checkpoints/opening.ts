/**
 * Opening and planning a model of 723 tensors, which touches no tensor's bytes, in processes of their own.
 * @module
 */
import { join } from 'node:path';
import { at } from '#built/base/at.js';
import { readSpecFile } from '#built/storage/read/spec-file.js';
import { figureOf, type Figure } from '../../measure/answer.js';
import { clockCli, clockNode } from '../../measure/clock-command.js';
import { layOutModel } from '../../contestants/model-writers.js';
import type { Scale } from '../../measure/scale.js';
import { writeSparseCheckpoint } from './sparse-checkpoint.js';
import { runProbe } from '../../measure/run-probe.js';
import type { TemporaryFolder } from '../../measure/temporary-files.js';
import type { OpenedCheckpoint } from '../../probes/open-checkpoint.js';
import { LLAMA_70B_PATH } from './models.js';

export const FIRST_OPENING = 'openCheckpoint, the first of a process';
export const PLAN = 'jumpfill plan, the whole command';

const ROUNDS = { full: 11, quick: 1 } as const;

const LATER_OPENINGS = 20;

/**
 * Opens it in a separate process, once and then repeatedly.
 * @returns undefined where the file system has no sparse files
 */
export async function timeOpening(
  folder: TemporaryFolder,
  { isQuick }: Scale,
): Promise<Figure[] | undefined> {
  const { layout } = await layOutModel(await readSpecFile(LLAMA_70B_PATH));
  const path = writeSparseCheckpoint(layout, folder.renewFolder('sparse'));
  if (path === undefined) return undefined;
  const opened: OpenedCheckpoint[] = [];
  for (let round = 0; round < ROUNDS[isQuick ? 'quick' : 'full']; round++)
    opened.push(await runProbe<OpenedCheckpoint>('open-checkpoint', [path, LATER_OPENINGS]));
  const of = (label: string, read: (one: OpenedCheckpoint) => readonly number[]): Figure =>
    figureOf(label, 'ms', opened.flatMap(read));
  return [
    of(FIRST_OPENING, ({ firstMs }) => [firstMs]),
    of('openCheckpoint, later', ({ laterMs }) => laterMs),
    of('import of the library', ({ importMs }) => [importMs]),
  ];
}

/** Commands take turns, as contestants do. */
export async function timeCommands(folder: TemporaryFolder, { isQuick }: Scale): Promise<Figure[]> {
  const out = join(folder.path, 'model.safetensors');
  const commands = [
    { label: PLAN, call: () => clockCli('plan', LLAMA_70B_PATH, '--out', out) },
    { label: 'jumpfill --help', call: () => clockCli('--help') },
    { label: 'Node alone: node -e 0', call: () => clockNode('-e', '0') },
  ];
  const times = commands.map((): number[] => []);
  for (let round = 0; round < ROUNDS[isQuick ? 'quick' : 'full']; round++) {
    for (const [i, { call }] of commands.entries()) at(times, i).push(await call());
  }
  return commands.map(({ label }, i) => figureOf(label, 'ms', at(times, i)));
}
