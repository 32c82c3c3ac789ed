/**
 * From the start of a process to a model's first file: jumpfill's command line, and the shortest script of each library.
 * @module
 */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { messageOf } from '#built/base/errors.js';
import type { GridTable, LeftOut } from '../../measure/answer.js';
import { clockCli } from '../../measure/clock-command.js';
import { clock } from '../../measure/contest.js';
import type { Scale } from '../../measure/scale.js';
import { TemporaryFolder } from '../../measure/temporary-files.js';
import { checkModelFile } from '../../contestants/check-model-file.js';
import { layersOf, listFirstModels, type FirstModel } from '../../contestants/first-models.js';
import { pathInBench } from '../../measure/folders.js';
import { LIBRARIES, LIBRARY_NAMES, pythonEnvironment, pythonPath } from '../../peers/python.js';

const runFile = promisify(execFile);

export const FIRST_MODELS = 'From the start of a process to a file, s';

const JUMPFILL = 'jumpfill';

/** Rounds of each model, the first of which brings programs into the page cache. */
const ROUNDS = 4;

/** @param leaveOut  called for a library whose script fails */
export async function timeFirstModels(
  { isQuick }: Scale,
  leaveOut: (left: LeftOut) => void,
): Promise<GridTable> {
  using folder = new TemporaryFolder();
  const models = listFirstModels(pathInBench('models/'), isQuick);
  const times = new Map<string, (number | undefined)[]>();
  for (const model of models) {
    const writers = listWriters(model, folder);
    const seconds = await timeWriters(writers, model, isQuick ? 1 : ROUNDS, leaveOut);
    for (const [name, value] of seconds) times.set(name, [...(times.get(name) ?? []), value]);
  }
  const rows = [...times].map(([label, values]) => ({ label, values }));
  return { kind: 'grid', title: FIRST_MODELS, columns: models.map(({ label }) => label), rows };
}

interface Writer {
  readonly name: string;
  readonly out: string;
  readonly write: () => Promise<unknown>;
}

function listWriters(model: FirstModel, folder: TemporaryFolder): readonly Writer[] {
  const spec = folder.fileAt('spec.json');
  const layers = folder.fileAt('layers.json');
  const out = folder.fileAt('model.safetensors');
  writeFileSync(spec, JSON.stringify(model.spec));
  writeFileSync(layers, JSON.stringify(layersOf(model)));
  const script = (name: string): string => pathInBench(`peers/python/write_${name}.py`);
  return [
    { name: JUMPFILL, out, write: () => clockCli('init', spec, '--out', out, '--quiet') },
    ...LIBRARY_NAMES.map((name) => ({
      name,
      out,
      write: () =>
        runFile(pythonPath(), [script(LIBRARIES[name]), layers, model.dtype, out], {
          env: pythonEnvironment(),
        }),
    })),
  ];
}

/** In turns; a writer that fails takes no further part. @returns  seconds of the fastest run */
async function timeWriters(
  writers: readonly Writer[],
  model: FirstModel,
  rounds: number,
  leaveOut: (left: LeftOut) => void,
): Promise<ReadonlyMap<string, number | undefined>> {
  const least = new Map<string, number | undefined>(writers.map(({ name }) => [name, Infinity]));
  for (let round = 0; round < rounds; round++) {
    for (const writer of writers) {
      const before = least.get(writer.name);
      if (before === undefined) continue;
      const seconds = await timeWriter(writer, model, leaveOut);
      least.set(writer.name, seconds && Math.min(before, seconds));
    }
  }
  return least;
}

async function timeWriter(
  { name, out, write }: Writer,
  model: FirstModel,
  leaveOut: (left: LeftOut) => void,
): Promise<number | undefined> {
  rmSync(out, { force: true });
  try {
    const elapsedMs = await clock(write);
    checkModelFile(out, model);
    return elapsedMs / 1000;
  } catch (error) {
    if (name === JUMPFILL) throw error;
    leaveOut({ what: `${name}: ${model.label}`, why: messageOf(error).trim().split('\n').at(-1) ?? '' });
    return undefined;
  } finally {
    rmSync(out, { force: true });
  }
}
