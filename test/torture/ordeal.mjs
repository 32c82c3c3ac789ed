/** Writes a checkpoint to its end while its runs are broken off again and again, by kills or by power failures. */
import { join } from 'node:path';
import { checkSeen } from './output.mjs';
import { codeOf, mustSucceed, Run } from './processes.mjs';
import { OUT, pickPoint, RECORD } from './models.mjs';

/** The most breaks per command, on average. */
const MOST_BREAKS = 4;

/** A run without --resume, after one that was broken off, may refuse with these codes. */
const REFUSALS = ['OUTPUT_UNFINISHED', 'OUTPUT_EXISTS'];

/**
 * Makes the commands that write a model: one, or several parts and a merge.
 * @returns `{ reference, folder, inits, merge }`: the parameters of each command; no merge for a whole
 */
export function makeTask(reference, folder, random) {
  const shards = Math.max(1, reference.after.size - 1);
  const parts = shards > 1 && random.chance(0.35) ? 2 + random.below(Math.min(2, shards - 1)) : 1;
  const isForced = random.chance(0.4);
  const common = ['--quiet', ...(isForced ? ['--force'] : [])];
  const out = join(folder, OUT);
  const init = [...reference.init, '--out', out, '--threads', String(1 + random.below(2))];
  const partOptions = Array.from({ length: parts }, (_, i) =>
    parts > 1 ? ['--part', `${i + 1}/${parts}`] : [],
  );
  return {
    reference: { ...reference, before: isForced ? reference.before : undefined },
    folder,
    inits: partOptions.map((part) => [...init, ...common, ...RECORD, ...part]),
    merge: parts > 1 ? ['merge', out, ...common] : undefined,
  };
}

/**
 * Runs all commands to their end.
 * @param breakOff  (parameters) starts a run and breaks it off: `{ run, isBroken }`; not broken if it ended before
 */
export async function endure(cli, task, random, breakOff) {
  const commands = listCommands(task);
  let breaks = commands.length + random.below(MOST_BREAKS);
  const attempt = async (parameters) => {
    if (breaks > 0 && random.chance(0.8)) {
      breaks--;
      return await breakOff(parameters);
    }
    const run = new Run(cli, parameters);
    await run.finished();
    return { run, isBroken: false };
  };
  for (const command of commands) {
    for (let isFirst = true, isDone = false; !isDone; isFirst = false) {
      const isResumed = random.chance(isFirst ? 0.7 : 0.85);
      const resume = command.canResume && isResumed ? ['--resume'] : [];
      const { run, isBroken } = await attempt([...command.parameters, ...resume]);
      checkSeen(task.folder, task.reference);
      isDone = !isBroken && !isRefused(run, isFirst || isResumed || !command.canResume);
    }
  }
}

/** @throws {Fault} a run that resumes, or is the first, was refused */
function isRefused(run, mustSucceedNow) {
  if (!mustSucceedNow && REFUSALS.includes(codeOf(run))) return true;
  mustSucceed(run, 'after a run that was broken off');
  return false;
}

/** The commands in order; a merge always starts over. */
export const listCommands = ({ inits, merge }) => [
  ...inits.map((parameters) => ({ parameters, canResume: true })),
  ...(merge ? [{ parameters: merge, canResume: false }] : []),
];

/** A merge takes the lock, writes the index and releases the lock: about 18 calls. A call that is never made breaks nothing off. */
const CALLS_OF_MERGE = { main: 20, worker: 0 };

/** Picks where to break a command off: at a call, or after a delay if `points` is empty. */
export function pickBreak(parameters, { calls, elapsedMs }, atCall, random) {
  const points = random.chance(atCall)
    ? [pickPoint(parameters[0] === 'merge' ? CALLS_OF_MERGE : calls, random)]
    : [];
  return { points, delayMs: (0.2 + random.below(900) / 1000) * elapsedMs };
}
