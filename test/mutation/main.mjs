/**
 * A mutation campaign: makes small changes to the sources, one at a time, and runs the fast tests that reach each. A change that no test
 * notices is a law that is missing, or is no change at all.
 *
 *     node test/mutation/main.mjs [--seed N] [--count N] [--folder F] [--minutes N] [--budget SECONDS] [--again] [--page]
 *
 * --seed     which mutants; 1 by default
 * --count    how many; 300 by default
 * --folder   of these sources only, such as src/engine/jobs
 * --minutes  stops after so many; a campaign that was stopped goes on where it stopped, with the sources with which it began
 * --budget   what the tests of one mutant may take together, by their own times; 60 by default
 * --again    makes those again that no test noticed and nobody called equivalent, in today's sources and with today's tests
 * --page     writes the results that today's sources still allow into README.md beside this file, and nothing else
 *
 * Results are lines of JSON in build/mutation/SEED.jsonl. Two processes work at once, at a low priority.
 */
import { parseArgs } from 'node:util';
import { collect, MOST_WORKERS, readMap, ROOMS } from '../coverage/collect.mjs';
import { openRooms } from '../coverage/rooms.mjs';
import { readResults, runCampaign } from './campaign.mjs';
import { formatSummary, readKnown, writePage } from './report.mjs';
import { allMutants, sample } from './sample.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '300' },
    folder: { type: 'string', default: 'src' },
    minutes: { type: 'string', default: 'Infinity' },
    budget: { type: 'string', default: '60' },
    again: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const [seed, count, minutes, budget] = ['seed', 'count', 'minutes', 'budget'].map((name) =>
  Number(values[name]),
);
if (!Number.isSafeInteger(seed) || !(count > 0) || !(minutes > 0) || !(budget > 0))
  throw new TypeError('--seed is a whole number; --count, --minutes and --budget are above 0.');

const path = `build/mutation/${seed}.jsonl`;
const log = (line) => console.log(line);
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (isInterrupted = true));
const end = Date.now() + minutes * 60_000;
const isOver = () => isInterrupted || Date.now() > end;

const isNoticed = ({ status }) => status === 'killed' || status === 'timed out';

/** Those of the seed that have no result yet; or, of those that no test noticed, the ones that today's sources still allow. */
function chooseMutants(pristine, results) {
  const all = allMutants(pristine, values.folder);
  if (!values.again) return sample(all, { seed, count }).filter(({ id }) => !results.has(id));
  const known = readKnown();
  const isOpen = (result) => !isNoticed(result) && known(result)?.verdict !== 'equivalent';
  const open = new Set([...results.values()].filter(isOpen).map(({ id }) => id));
  return [...all.values()].flat().filter(({ id }) => open.has(id));
}

async function main() {
  const results = readResults(path);
  const { pristine, folders } = await openRooms(ROOMS, MOST_WORKERS, results.size > 0 && !values.again);
  await collect({ pristine, folders, log, isOver });
  const mutants = chooseMutants(pristine, results);
  const settings = { path, budgetMs: budget * 1000, log, isOver };
  await runCampaign({ mutants, pristine, folders, rows: readMap(), ...settings });
}

/** Results of changes that somebody could still make: of others the code is gone. */
function readPossible() {
  const possible = new Set([...allMutants('.').values()].flat().map(({ id }) => id));
  return [...readResults(path).values()].filter(({ id }) => possible.has(id));
}

if (values.page) writePage(seed, readPossible());
else {
  await main();
  log(formatSummary([...readResults(path).values()]));
}
