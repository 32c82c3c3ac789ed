/**
 * Feeds broken headers, indices, recipes, specs, journals and answers of the Hub to their readers, for some seconds or cases. Each is either refused with a
 * JumpfillError, or read as JSON.parse reads it. Anything else is saved and reported with its seed, and the exit code is 1.
 *
 *     node test/fuzz/main.mjs [SECONDS] [--cases N] [--seed N] [--readers MODULE]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { JumpfillError } from '../../dist/src/base/errors.js';
import { makeRandom } from './random.mjs';
import { makeTargets } from './targets.mjs';

const USUAL_SECONDS = 60;
/** Processor time of one case: more is a failure, since the inputs are short. */
const SLOW_MS = 10_000;
/** Characters that a message must escape. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const SAVED = 'build/fuzz';

const { values, positionals } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, readers: { type: 'string' } },
  allowPositionals: true,
});
const seconds = Number(positionals[0] ?? USUAL_SECONDS);
const cases = values.cases === undefined ? Infinity : Number(values.cases);
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);

if (![seconds, cases].every((limit) => limit > 0) || !Number.isSafeInteger(seed)) {
  throw new TypeError('SECONDS and N are numbers: node test/fuzz/main.mjs [SECONDS] [--cases N] [--seed N]');
}

/** Readers in place of the real ones: this program's test plants bugs. */
const readers = values.readers === undefined ? {} : await import(pathToFileURL(values.readers).href);

/** Returns the fault of a case; undefined if it has none. */
async function complaintOf(target, input, count) {
  const startedAt = process.cpuUsage();
  count.all++;
  try {
    await target.run(input);
    count.read++;
  } catch (error) {
    if (!(error instanceof JumpfillError)) return error instanceof Error ? error.stack : String(error);
    if (!error.message.includes(error.found) || error.found === '')
      return `the message is empty: ${error.message}`;
    if (UNPRINTABLE.test(error.message))
      return `the message would control a terminal: ${JSON.stringify(error.message)}`;
  }
  const { user, system } = process.cpuUsage(startedAt);
  const elapsedMs = (user + system) / 1000;
  return elapsedMs > SLOW_MS ? `it took ${elapsedMs.toFixed(0)} ms` : undefined;
}

const folder = mkdtempSync(join(tmpdir(), 'jumpfill-fuzz-'));
const targets = makeTargets(folder, readers);
const endsAt = performance.now() + 1000 * seconds;
/** For each target, the inputs in all and those that were read. */
const counts = targets.map(() => ({ all: 0, read: 0 }));
let done = 0;
let failed = false;

console.log(`seed ${seed}`);
while (!failed && done < cases && (cases < Infinity || performance.now() < endsAt)) {
  const caseSeed = (seed + done) % 2 ** 32;
  const random = makeRandom(caseSeed);
  const target = targets[done % targets.length];
  const count = counts[done % targets.length];
  const input = target.make(random);
  const complaint = await complaintOf(target, input, count);
  done++;
  if (complaint === undefined) continue;
  failed = true;
  mkdirSync(SAVED, { recursive: true });
  const path = join(SAVED, `${target.name}-${caseSeed}`);
  writeFileSync(path, input);
  console.log(`${target.name}, case ${done - 1} of seed ${seed}, saved as ${path}:\n${complaint}`);
}
rmSync(folder, { recursive: true });

const summary = targets.map(({ name }, i) => `${name}: ${counts[i].all} (${counts[i].read} read)`);
console.log(`${done} cases: ${summary.join(', ')}`);
process.exitCode = failed ? 1 : 0;
