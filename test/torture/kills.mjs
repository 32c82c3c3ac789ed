/** Kills: a run, or its parts, is killed at calls of its threads and at any moment, resumed, killed again, and resumed to the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { makeRandom } from '../fuzz/random.mjs';
import { References } from './models.mjs';
import { endure, makeTask, pickBreak } from './ordeal.mjs';
import { checkFinished, checkNothingLeft, writeFiles } from './output.mjs';
import { Run } from './processes.mjs';

export const USUAL_SECONDS = 900;

/** Consecutive cases share a model. */
const CASES_OF_MODEL = 4;

export function openKills({ cli, folder, seed, counts }) {
  const references = new References(cli, join(folder, 'references'));
  Object.assign(counts, { 'kills at calls': 0, 'kills at any moment': 0 });
  return {
    *names() {
      for (let number = 0; ; number++) yield String(number);
    },
    run: async (name, caseFolder) => {
      const number = seed + Number(name);
      const random = makeRandom(number);
      const reference = await references.find(Math.floor(number / CASES_OF_MODEL));
      const task = makeTask(reference, caseFolder, random);
      writeFiles(caseFolder, task.reference.before ?? []);
      await endure(cli, task, random, (parameters) => kill(cli, parameters, reference, random, counts));
      checkFinished(caseFolder, reference);
      checkNothingLeft(caseFolder);
    },
  };
}

async function kill(cli, parameters, reference, random, counts) {
  const { points, delayMs } = pickBreak(parameters, reference, 0.75, random);
  const isAtCall = points.length > 0;
  const run = new Run(cli, parameters, { signal: 'SIGKILL', points });
  if (!isAtCall) {
    await Promise.race([run.ended, sleep(delayMs)]);
    run.send('SIGKILL');
  }
  await run.finished();
  const isBroken = run.outcome.signal === 'SIGKILL';
  if (isBroken) counts[isAtCall ? 'kills at calls' : 'kills at any moment']++;
  return { run, isBroken };
}
