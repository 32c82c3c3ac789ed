/**
 * TestU01's batteries, one test at a time: each starts at a place of its own in the arrangement and leaves a file behind, so that a battery
 * can be interrupted, resumed, and divided among machines.
 * @module
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { lattice24Start } from '../streams/lattice24-start.js';
import { run as runProgram, testWords } from './pipeline.js';

export type Battery = 'small' | 'crush' | 'big';

/** TestU01's names, and the tests of each. */
export const BATTERIES: Readonly<Record<Battery, { readonly title: string; readonly tests: number }>> = {
  small: { title: 'SmallCrush', tests: 10 },
  crush: { title: 'Crush', tests: 96 },
  big: { title: 'BigCrush', tests: 106 },
};

export interface BatteryRun {
  readonly battery: Battery;
  readonly arrangement: string;
  readonly tests: readonly number[];
  /** 0, or the number of a repetition, which has words of its own. */
  readonly again: number;
  /** Tests at once. */
  readonly jobs: number;
  readonly driver: string;
  readonly folder: string;
  readonly report: (line: string) => void;
}

export const testFile = (battery: Battery, arrangement: string, test: number): string =>
  `testu01-${battery}-${arrangement}-${String(test).padStart(3, '0')}.txt`;

/** The name of an arrangement in results: a repetition has its number behind it. */
const labelOf = ({ arrangement, again }: BatteryRun): string =>
  again === 0 ? arrangement : `${arrangement}.${again}`;

/** Tests have places below this, those of a repetition above. */
const PLACES = 1000;

/** Runs the tests that have no file yet. @returns  how many of them did not end as they should */
export async function runBattery(run: BatteryRun): Promise<number> {
  mkdirSync(run.folder, { recursive: true });
  const waiting = run.tests.filter(
    (test) => !existsSync(join(run.folder, testFile(run.battery, labelOf(run), test))),
  );
  let broken = 0;
  const work = async (): Promise<void> => {
    for (let test = waiting.shift(); test !== undefined; test = waiting.shift())
      if (!(await runTest(run, test))) broken++;
  };
  await Promise.all(Array.from({ length: run.jobs }, work));
  return broken;
}

async function runTest(run: BatteryRun, test: number): Promise<boolean> {
  const { battery, arrangement, driver, folder, report } = run;
  const path = join(folder, testFile(battery, labelOf(run), test));
  const place = PLACES * run.again + test;
  const command = (words: string): string[] => [driver, battery, words, String(test)];
  const code =
    arrangement === 'lattice24'
      ? await runProgram(command(lattice24Start(place)), `${path}.part`)
      : await testWords(arrangement, place, command('-'), `${path}.part`);
  if (code === 0) renameSync(`${path}.part`, path);
  report(
    `${BATTERIES[battery].title} ${test}, ${labelOf(run)}: ${code === 0 ? 'done' : `exit code ${code}`}`,
  );
  return code === 0;
}
