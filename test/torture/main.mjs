/**
 * Breaks runs of the command line on purpose, for so many seconds or cases, and looks at what is left.
 *
 *     node test/torture/main.mjs kills|holders|power [SECONDS] [--seed N] [--cases N] [--case NAME]... [--cli FILE]
 *
 * kills    SIGKILL at calls and at any moment, resumed to the end
 * holders  stopped while others take over, then let go on
 * power    an ext4 file system whose power is cut; needs root, a loop device, and python3 or perl
 *
 * Every file is compared with an unbroken run's. Whatever is wrong is told with its case, which --seed and --case run again, its folder is
 * saved, and the exit code is 1.
 */
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault, FAULT_KINDS } from './fault.mjs';
import * as holders from './holders.mjs';
import * as kills from './kills.mjs';
import * as power from './power.mjs';
import { endAll, formatTrace, trace } from './processes.mjs';

const CAMPAIGNS = {
  kills: { open: kills.openKills, seconds: kills.USUAL_SECONDS },
  holders: { open: holders.openHolders, seconds: holders.USUAL_SECONDS },
  power: { open: power.openPower, seconds: power.USUAL_SECONDS },
};
const USAGE =
  'node test/torture/main.mjs kills|holders|power [SECONDS] [--seed N] [--cases N] [--case NAME]... [--cli FILE]';
const SAVED = 'build/torture';
const MOST_SAVED = 5;
const TELL_EVERY_MS = 30_000;

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string' },
    cases: { type: 'string' },
    case: { type: 'string', multiple: true },
    cli: { type: 'string', default: 'dist/src/cli.js' },
  },
  allowPositionals: true,
});
const [campaignName = '', secondsText] = positionals;
const campaign = Object.hasOwn(CAMPAIGNS, campaignName) ? CAMPAIGNS[campaignName] : undefined;
const seconds = Number(secondsText ?? campaign?.seconds);
const cases = Number(values.cases ?? Infinity);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (campaign === undefined || !(seconds > 0) || !(cases > 0) || !Number.isSafeInteger(seed)) {
  throw new TypeError(USAGE);
}

const folder = mkdtempSync(join(tmpdir(), 'jumpfill-torture-'));
const counts = { runs: 0 };
const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0]));
const faultCount = () => Object.values(faults).reduce((a, b) => a + b, 0);
let opened;
let done = 0;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (isInterrupted = true));

const describe = (numbers) =>
  Object.entries(numbers)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
const summary = () =>
  `${done}${opened?.total ? ` of ${opened.total}` : ''} cases: ${describe(counts)}; ${describe(faults)}`;

let toldAt = performance.now();
function tellProgress() {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${summary()}`);
  else if (performance.now() - toldAt > TELL_EVERY_MS) {
    toldAt = performance.now();
    process.stderr.write(`${summary()}\n`);
  }
}

async function runCase(name) {
  const place = join(folder, 'case');
  mkdirSync(place);
  trace.length = 0;
  try {
    await opened.run(name, place);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    tellFault(error, name, place);
  } finally {
    await endAll();
    counts.runs += trace.length;
    rmSync(place, { recursive: true });
  }
}

function tellFault({ kind, message }, name, place) {
  faults[kind]++;
  const replay = `npm run torture -- ${campaignName} --seed ${seed} --case '${name}'`;
  let saved = '';
  if (faultCount() <= MOST_SAVED) {
    const path = join(SAVED, `${campaignName}-${seed}-${name.replaceAll(/[^a-z0-9]+/g, '-')}`);
    cpSync(place, path, { recursive: true, force: true });
    writeFileSync(join(path, 'trace'), formatTrace());
    saved = `, left as ${path}`;
  }
  console.log(`${kind}: ${message.trim()}\n  again: ${replay}${saved}`);
}

/** The cases that are to be run, one by one. */
async function* listCases() {
  if (values.case !== undefined) yield* values.case;
  else yield* opened.names();
}

console.log(`${campaignName}, seed ${seed}`);
try {
  opened = campaign.open({ cli: values.cli, folder, seed, counts });
  if (opened.skipped !== undefined) console.log(`skipped: ${opened.skipped}`);
  else {
    const endsAt = performance.now() + 1000 * seconds;
    for await (const name of listCases()) {
      if (isInterrupted || done >= cases || (cases === Infinity && performance.now() > endsAt)) break;
      await runCase(name);
      done++;
      tellProgress();
    }
    if (process.stderr.isTTY) process.stderr.write('\n');
    console.log(summary());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faultCount() > 0 ? 1 : 0;
