/**
 * Planning a model like one of the Hub: the whole command, with a Hub on loopback that answers as late as one far away.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { readSpecFile } from '#built/storage/read/spec-file.js';
import { startHub } from '../../../test/support/hub-server.js';
import { layOutModel } from '../../contestants/model-writers.js';
import { figureOf, type Answer, type Figure } from '../../measure/answer.js';
import { clockCliIn } from '../../measure/clock-command.js';
import type { Scale } from '../../measure/scale.js';
import { TemporaryFolder } from '../../measure/temporary-files.js';
import { LLAMA_70B_PATH } from './models.js';
import { writeSparseCheckpoint } from './sparse-checkpoint.js';

/** Of each answer, redirects included. */
const LATENCY_MS = 20;

export const PLAN_LIKE = `jumpfill plan --like hf:..., the whole command, ${LATENCY_MS} ms a request`;

const ROUNDS = { full: 11, quick: 1 } as const;

const SPEC = { seed: 1, default: { init: { kind: 'normal', std: 0.02 } } };

export async function answer({ isQuick }: Scale): Promise<Answer> {
  using folder = new TemporaryFolder();
  const { layout } = await layOutModel(await readSpecFile(LLAMA_70B_PATH));
  const model = folder.renewFolder('model');
  if (writeSparseCheckpoint(layout, model) === undefined) {
    const why = 'the file system of the temporary folder has no sparse files';
    return { tables: [], notes: [], leftOut: [{ what: PLAN_LIKE, why }] };
  }
  const spec = folder.fileAt('spec.json');
  writeFileSync(spec, JSON.stringify(SPEC));
  const rounds = ROUNDS[isQuick ? 'quick' : 'full'];
  const rows = [
    await timePlans(PLAN_LIKE, model, spec, LATENCY_MS, rounds),
    await timePlans('the same, without latency', model, spec, 0, rounds),
  ];
  const title = `${layout.tensors.length} tensors in ${layout.files.length} files`;
  return {
    tables: [{ kind: 'figures', title, rows }],
    notes: [
      'The Hub is a process of this bench, on the same processors. Each file costs two requests, the redirect to the content server and the range there; eight files are read at once.',
    ],
  };
}

async function timePlans(
  label: string,
  model: string,
  spec: string,
  latencyMs: number,
  rounds: number,
): Promise<Figure> {
  await using hub = await startHub({ models: { 'org/model': model }, latencyMs });
  const times: number[] = [];
  for (let round = 0; round < rounds; round++)
    times.push(await clockCliIn(hub.environment, 'plan', spec, '--like', 'hf:org/model', '--json'));
  return figureOf(label, 'ms', times);
}
