/**
 * Breaks off runs of the command line on purpose, for a number of seconds or cases, and checks what is left.
 *
 *     node test/torture/main.mjs kills|takeovers|power [SECONDS] [--seed N] [--cases N] [--case NAME]... [--cli FILE]
 *
 * kills      runs get SIGKILL at calls and at any moment, and are resumed to the end
 * takeovers  runs are stopped while others take over, then continued
 * power      an ext4 file system loses its power; needs root, a loop device, and python3 or perl
 *
 * Every file is compared with an unbroken run's. A fault is reported with its case, which --seed and --case repeat; its folder is saved,
 * and the exit code is 1.
 */
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault, FAULT_KINDS } from './fault.mjs';
import * as kills from './kills.mjs';
import * as power from './power.mjs';
import { endAll, formatTrace, trace } from './processes.mjs';
import * as takeovers from './takeovers.mjs';

const CAMPAIGNS = {
  kills: { open: kills.openKills, seconds: kills.USUAL_SECONDS },
  takeovers: { open: takeovers.openTakeovers, seconds: takeovers.USUAL_SECONDS },
  power: { open: power.openPower, seconds: power.USUAL_SECONDS },
};
const USAGE =
  'node test/torture/main.mjs kills|takeovers|power [SECONDS] [--seed N] [--cases N] [--case NAME]... [--cli FILE]';
const SAVED = 'build/torture';
const MOST_SAVED = 5;
const REPORT_EVERY_MS = 30_000;

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

let reportedAt = performance.now();
function reportProgress() {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${summary()}`);
  else if (performance.now() - reportedAt > REPORT_EVERY_MS) {
    reportedAt = performance.now();
    process.stderr.write(`${summary()}\n`);
  }
}

async function runCase(name) {
  const caseFolder = join(folder, 'case');
  mkdirSync(caseFolder);
  trace.length = 0;
  try {
    await opened.run(name, caseFolder);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    reportFault(error, name, caseFolder);
  } finally {
    await endAll();
    counts.runs += trace.length;
    rmSync(caseFolder, { recursive: true });
  }
}

function reportFault({ kind, message }, name, caseFolder) {
  faults[kind]++;
  const replay = `npm run torture -- ${campaignName} --seed ${seed} --case '${name}'`;
  let saved = '';
  if (faultCount() <= MOST_SAVED) {
    const path = join(SAVED, `${campaignName}-${seed}-${name.replaceAll(/[^a-z0-9]+/g, '-')}`);
    cpSync(caseFolder, path, { recursive: true, force: true });
    writeFileSync(join(path, 'trace'), formatTrace());
    saved = `, left as ${path}`;
  }
  console.log(`${kind}: ${message.trim()}\n  again: ${replay}${saved}`);
}

/** The cases to run, one by one. */
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
      reportProgress();
    }
    if (process.stderr.isTTY) process.stderr.write('\n');
    console.log(summary());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faultCount() > 0 ? 1 : 0;
