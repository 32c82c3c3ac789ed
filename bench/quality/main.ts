/**
 * `npm run quality`: the words and the values against batteries of tests and against their distributions.
 * @module
 */
import { Engine } from 'jumpfill';
import { isBadInput, messageOf } from '#built/base/errors.js';
import { formatHelp, parseCommand, type Command } from './arguments.js';
import { runPractRand } from './batteries/practrand.js';
import { runBattery } from './batteries/testu01.js';
import { reachesLength, readFiles } from './results/read-files.js';
import { FALSE_ALARM, NO_RESULTS, type ValueResult } from './results/results.js';
import { formatP } from './results/page.js';
import { storeResults } from './results/stored.js';
import { checkPractRand, compileTestu01 } from './sources.js';
import { ARRANGEMENTS } from './streams/arrangements.js';
import { testValues } from './values/run-value-tests.js';

/** 0 is Node's own. */
const EXIT = { failed: 1, usage: 2 } as const;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(command: Command): Promise<void> {
  switch (command.kind) {
    case 'help':
      print(formatHelp(ARRANGEMENTS).trimEnd());
      return;
    case 'values':
      await runValues();
      return;
    case 'page':
      storeResults(readFiles(command.folder));
      return;
    case 'testu01':
      await runTestu01(command);
      return;
    case 'practrand':
      await runLong(command);
  }
}

/** What could not be tested has no result, which is not what the tests say of it. */
const countBroken = (broken: number): void => {
  if (broken > 0) process.exitCode = EXIT.failed;
};

async function runTestu01(command: Extract<Command, { readonly kind: 'testu01' }>): Promise<void> {
  const driver = compileTestu01(command.prefix);
  for (const arrangement of command.arrangements)
    countBroken(await runBattery({ ...command, arrangement, driver, report: print }));
}

async function runLong(command: Extract<Command, { readonly kind: 'practrand' }>): Promise<void> {
  checkPractRand(command.program);
  const isWhole = (printed: string): boolean => reachesLength(printed, command.length);
  for (const arrangement of command.arrangements) {
    const isDone = await runPractRand({ ...command, arrangement, isWhole });
    print(`PractRand, ${arrangement}: ${isDone ? 'done' : `ended before ${command.length}`}`);
    countBroken(isDone ? 0 : 1);
  }
}

async function runValues(): Promise<void> {
  const values: ValueResult[] = [];
  const engine = new Engine();
  await testValues(engine, (result) => {
    values.push(result);
    const { test, of, statistic, pValue } = result;
    print(`${test.padEnd(12)} ${of.padEnd(38)} p = ${formatP(pValue).padEnd(10)} ${statistic}`);
  });
  await engine.close();
  storeResults({ ...NO_RESULTS, values });
  const failed = values.filter(({ pValue }) => pValue < FALSE_ALARM);
  print(`\n${values.length} value tests, ${failed.length} failed (p below ${FALSE_ALARM}).`);
  if (failed.length > 0) process.exitCode = EXIT.failed;
}

try {
  await main(
    parseCommand(
      process.argv.slice(2),
      ARRANGEMENTS.map(({ name }) => name),
    ),
  );
} catch (error) {
  process.stderr.write(`quality: ${messageOf(error)}\n`);
  process.exitCode = isBadInput(error) ? EXIT.usage : EXIT.failed;
}
