/**
 * Takeovers of one lock: the first owner is stopped at a call, a second takes over and finishes, the first is continued; then the same with
 * the second stopped, and a third; then random pairs. An owner that has lost its lock changes nothing any more, and ends with LOCK_LOST.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeRandom } from '../fuzz/random.mjs';
import { Fault } from './fault.mjs';
import { countCalls, OUT, pickPoint, RECORD, References } from './models.mjs';
import { checkFinished, checkNothingLeft, checkSeen, isFinished, writeFiles } from './output.mjs';
import { codeOf, mustSucceed, Run } from './processes.mjs';

export const USUAL_SECONDS = 3600;

const PAIRS = 200;

const TENSORS = [
  { name: 'a', shape: [2 ** 18 + 5000], dtype: 'bfloat16', init: { kind: 'normal' } },
  { name: 'b', shape: [300, 300], dtype: 'float32', init: { kind: 'truncated_normal' } },
  { name: 'c', shape: [200, 200], dtype: 'float64', init: { kind: 'uniform', low: -1, high: 1 } },
];
const LAYOUTS = {
  single: { spec: { seed: 1, tensors: TENSORS }, force: false },
  shards: { spec: { seed: 1, shard_size: '550KB', tensors: TENSORS }, force: false },
  forced: { spec: { seed: 1, shard_size: '550KB', tensors: TENSORS }, force: true },
};

const TAKE_OVER = ['--resume', '--take-over'];

export function openTakeovers({ cli, folder, seed, counts }) {
  const references = new References(cli, join(folder, 'references'));
  const random = makeRandom(seed);
  Object.assign(counts, { 'first stopped': 0, 'second stopped': 0, pairs: 0, 'not reached': 0 });
  const open = async (layout, caseFolder) => {
    const { spec, force } = LAYOUTS[layout];
    const reference = await references.find(layout, spec);
    return new Scene(cli, caseFolder, reference, force, 1, counts);
  };
  return {
    /** The number of cases, known with their names. */
    total: undefined,
    async *names() {
      const names = shuffle([...(await listStops(open, folder)), ...listPairs()], random);
      this.total = names.length;
      yield* names;
    },
    run: async (name, caseFolder) => {
      const [kind, layout, ...rest] = name.split('/');
      const caseRandom = makeRandom(seed ^ hash(name));
      if (kind === 'pair') {
        const reference = await references.find(seed + Math.floor(Number(layout) / 4));
        await runPair(new Scene(cli, caseFolder, reference, caseRandom.chance(0.4), 2, counts), caseRandom);
      } else if (kind === 'first') await stopFirst(await open(layout, caseFolder), rest, caseRandom);
      else await stopSecond(await open(layout, caseFolder), rest, caseRandom);
    },
  };
}

const hash = (text) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);

function shuffle(items, random) {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0]);
}

const listPairs = () => Array.from({ length: PAIRS }, (_, i) => `pair/${i}`);

/** Lists a case for every call of a first run, and of a second that takes over from one stopped halfway. */
async function listStops(open, folder) {
  const names = [];
  for (const layout of Object.keys(LAYOUTS)) {
    const scene = await open(layout, join(folder, `sample-${layout}`));
    const { calls } = scene.reference;
    for (const point of listPoints(calls)) names.push(`first/${layout}/${point}`);
    for (const point of listPoints(
      await scene.countCallsOfSecond(`main ${Math.ceil(calls.main / 2)} after`),
    )) {
      names.push(`second/${layout}/${point}/first goes on`, `second/${layout}/${point}/third takes over`);
    }
  }
  return names;
}

const listPoints = ({ main, worker }) =>
  [...listCalls('main', main), ...listCalls('worker', worker)].flatMap((call) => [
    `${call} before`,
    `${call} after`,
  ]);

const listCalls = (thread, count) => Array.from({ length: count }, (_, i) => `${thread} ${i + 1}`);

/** One output, and the runs that write it. */
class Scene {
  constructor(cli, caseFolder, reference, isForced, threads, counts) {
    Object.assign(this, { cli, caseFolder, isForced, threads, counts });
    this.reference = { ...reference, before: isForced ? reference.before : undefined };
    this.reset();
  }

  reset() {
    writeFiles(this.caseFolder, this.reference.before ?? []);
  }

  start(options, points, log) {
    const init = [...this.reference.init, '--out', join(this.caseFolder, OUT), '--quiet', ...RECORD];
    const force = this.isForced ? ['--force'] : [];
    const parameters = [...init, '--threads', String(this.threads), ...force, ...options];
    return new Run(this.cli, parameters, points && { signal: 'SIGSTOP', points, log });
  }

  /** Takes over without being stopped; this must succeed. */
  async takeOver(why) {
    const run = this.start(TAKE_OVER);
    await run.finished();
    mustSucceed(run, why);
    checkFinished(this.caseFolder, this.reference);
  }

  async countCallsOfSecond(point) {
    const log = `${this.caseFolder}.log`;
    const first = this.start(['--resume'], [point]);
    await first.halted();
    const second = this.start(TAKE_OVER, [], log);
    await second.finished();
    mustSucceed(second, 'taking over');
    await first.finished();
    return countCalls(log);
  }

  /** Counts how a run ended. */
  note(who, run) {
    const code = codeOf(run);
    if (code === 'LOCK_LOST' && run.outcome.code !== 1) {
      throw new Fault('wrong exit', `${run.outcome.code} with LOCK_LOST: ${run.command}`);
    }
    const key = `${who} ended: ${code ?? 'done'}`;
    this.counts[key] = (this.counts[key] ?? 0) + 1;
  }

  /** Checks whether the lock is held; if it is not, this finishes the work. */
  async isHeld() {
    const probe = this.start(['--resume']);
    const { code } = await probe.finished();
    if (codeOf(probe) === undefined) return false;
    if (code === 75 && codeOf(probe) === 'OUTPUT_LOCKED') return true;
    throw new Fault(
      'wrong exit',
      `${code}, beside a run that is stopped: ${probe.command}\n${probe.outcome.stderr}`,
    );
  }

  checkEnd() {
    checkFinished(this.caseFolder, this.reference);
    checkNothingLeft(this.caseFolder);
  }
}

async function stopFirst(scene, [point], random) {
  const first = scene.start(random.chance(0.5) ? ['--resume'] : [], [point]);
  if ((await first.halted()) !== undefined) return endedBefore(scene, first);
  scene.counts['first stopped']++;
  checkSeen(scene.caseFolder, scene.reference);
  const wasFinished = isFinished(scene.caseFolder, scene.reference);
  const isHeld = random.chance(0.5) && (await scene.isHeld());
  await scene.takeOver('taking over');
  await first.finished();
  scene.note('first', first);
  if (isHeld && !wasFinished && first.outcome.code === 0) {
    throw new Fault(
      'wrong exit',
      `it lost its lock before it had finished, and ended with 0: ${first.command}`,
    );
  }
  scene.checkEnd();
}

/** The number of calls that a run makes depends on time, too. */
function endedBefore(scene, run) {
  scene.counts['not reached']++;
  mustSucceed(run, 'a run that was not stopped');
  scene.checkEnd();
}

async function stopSecond(scene, [point, next], random) {
  const first = scene.start(['--resume'], [pickPoint(scene.reference.calls, random)]);
  await first.halted();
  const second = scene.start(TAKE_OVER, [point]);
  if ((await second.halted()) !== undefined) scene.counts['not reached']++;
  else scene.counts['second stopped']++;
  checkSeen(scene.caseFolder, scene.reference);
  if (next === 'third takes over') await scene.takeOver('the third, taking over');
  const isFirstNext = next === 'first goes on' || random.chance(0.5);
  for (const run of isFirstNext ? [first, second] : [second, first]) await run.finished();
  scene.note('first', first);
  if (next === 'first goes on') mustSucceed(second, 'the second, from which nobody took over');
  else scene.note('second', second);
  scene.checkEnd();
}

/** Both stop and continue at random; the second took over last, so it must succeed. */
async function runPair(scene, random) {
  const { calls } = scene.reference;
  const points = () => Array.from({ length: 1 + random.below(3) }, () => pickPoint(calls, random));
  const first = scene.start(random.chance(0.7) ? ['--resume'] : [], points());
  await first.halted();
  const second = scene.start(TAKE_OVER, points());
  await second.halted();
  scene.counts.pairs++;
  checkSeen(scene.caseFolder, scene.reference);
  for (let round = random.below(5); round > 0; round--) {
    await continueForAWhile(random.pick([[first], [second], [first, second]]), random);
    checkSeen(scene.caseFolder, scene.reference);
  }
  await Promise.all([first.finished(), second.finished()]);
  scene.note('first', first);
  mustSucceed(second, 'the second, from which nobody took over');
  scene.checkEnd();
}

/** Continues runs until they stop by themselves, or are stopped after some milliseconds. */
async function continueForAWhile(runs, random) {
  for (const run of runs) run.send('SIGCONT');
  if (random.chance(0.5)) {
    await Promise.race([...runs.map(({ ended }) => ended), sleep(random.below(150))]);
    for (const run of runs) run.send('SIGSTOP');
  }
  for (const run of runs) await run.halted();
}
