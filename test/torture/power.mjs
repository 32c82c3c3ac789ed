/** Power failures at calls of a run's threads, at any moment, and right after its end; then the run is resumed, and repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeRandom } from '../fuzz/random.mjs';
import { Disk, whatIsMissing } from './disk.mjs';
import { References } from './models.mjs';
import { endure, listCommands, makeTask, pickBreak } from './ordeal.mjs';
import { checkFinished, checkNothingLeft, checkSeen, writeFiles } from './output.mjs';
import { codeOf, endAll, mustSucceed, Run } from './processes.mjs';

export const USUAL_SECONDS = 900;

const CASES_OF_MODEL = 4;

export function openPower({ cli, folder, seed, counts }) {
  const missing = whatIsMissing(folder);
  if (missing !== undefined) return { skipped: `it needs ${missing}` };
  const references = new References(cli, join(folder, 'references'));
  Object.assign(counts, { 'power failures': 0, 'of them after the end': 0 });
  return {
    *names() {
      for (let number = 0; ; number++) yield String(number);
    },
    run: async (name, caseFolder) => {
      const number = seed + Number(name);
      const random = makeRandom(number);
      const reference = await references.find(Math.floor(number / CASES_OF_MODEL));
      const disk = new Disk(caseFolder, random.below(100));
      try {
        await runCase({ cli, disk, reference, random, counts });
      } finally {
        await endAll();
        disk.close();
      }
    },
  };
}

async function runCase({ cli, disk, reference, random, counts }) {
  const output = join(disk.path, 'out');
  const task = makeTask(reference, output, random);
  mkdirSync(output);
  writeFiles(output, task.reference.before ?? []);
  disk.mountAgain();
  await endure(cli, task, random, (parameters) =>
    breakOff({ cli, disk, parameters, reference, random, counts }),
  );
  checkFinished(output, reference);
  checkNothingLeft(output);
  if (random.chance(0.4)) await writeAgain({ cli, disk, task, output, counts, random });
}

/** The power fails right after the end: the files of a run that succeeded are there, and a new run is not refused. */
async function writeAgain({ cli, disk, task, output, counts, random }) {
  failPower(disk, random, counts);
  counts['of them after the end']++;
  checkSeen(output, task.reference);
  checkFinished(output, task.reference);
  for (const { parameters } of listCommands(task)) {
    const force = parameters.includes('--force') ? [] : ['--force'];
    const run = new Run(cli, [...parameters, ...force]);
    await run.finished();
    mustSucceed(run, 'with --force after a finished run and a power failure');
  }
  checkFinished(output, task.reference);
  checkNothingLeft(output);
}

/** Stops the run at a call, or lets it work until the disk is gone. */
async function breakOff({ cli, disk, parameters, reference, random, counts }) {
  const { points, delayMs } = pickBreak(parameters, reference, 0.7, random);
  const run = new Run(cli, parameters, { signal: 'SIGSTOP', points });
  if (points.length > 0) await run.halted();
  else await Promise.race([run.ended, sleep(delayMs)]);
  const isBroken = run.outcome === undefined;
  cut(disk, random);
  run.send('SIGKILL');
  const { signal } = await run.ended;
  disk.mountAgain();
  counts['power failures']++;
  if (signal === null) codeOf(run);
  return { run, isBroken };
}

function failPower(disk, random, counts) {
  cut(disk, random);
  disk.mountAgain();
  counts['power failures']++;
}

function cut(disk, random) {
  if (random.chance(0.5)) disk.commitJournal();
  disk.cutPower();
}
