/**
 * What was to be reached, and was it? The floors are what a plain prototype reached on two cores, so they are owed; both
 * columns are for warm runs over 2^28 elements.
 * @module
 */
import type { NamedAnswer, TargetRow } from './harness/answer.js';
import { truncatedNormal, wage } from './harness/subjects.js';
import { ANY_BLOCK } from './jumps.js';
import { FIRST_FILL } from './start.js';

type Read = (answers: readonly NamedAnswer[]) => number | undefined;

interface Target extends Omit<TargetRow, 'value' | 'command'> {
  /** The bench that measures it. */
  readonly bench: string;
  readonly read: Read;
}

/** The row's ratio to its ceiling. @param threads  of several tables with such a row the one with so many */
const ratio =
  (bench: string, label: string, threads?: (counts: readonly number[]) => number): Read =>
  (answers) => {
    const rows = answers
      .filter(({ name }) => name === bench)
      .flatMap(({ tables }) => tables)
      .flatMap((table) => (table.kind === 'throughput' ? table.rows : []))
      .filter((row) => row.label === label);
    const wanted = threads?.(rows.map((row) => row.threads));
    return rows.find((row) => wanted === undefined || row.threads === wanted)?.ofCeiling?.median;
  };

const figure =
  (bench: string, label: (text: string) => boolean): Read =>
  (answers) =>
    answers
      .filter(({ name }) => name === bench)
      .flatMap(({ tables }) => tables)
      .flatMap((table) => (table.kind === 'figures' ? table.rows : []))
      // The fastest kernels come last.
      .findLast((row) => label(row.label))?.value;

const one = (): number => 1;
const most = (counts: readonly number[]): number => Math.max(...counts);

const OF_FILL = { unit: 'of fill', isLowerBetter: false } as const;

const ofFill = (label: string, floor: number, aim: number, bench: string, read: Read): Target => ({
  ...OF_FILL,
  ...{ label, floor, aim, bench, read },
});

const less = (
  label: string,
  unit: string,
  floor: number,
  aim: number,
  bench: string,
  read: Read,
): Target => ({
  ...{ label, unit, floor, aim, isLowerBetter: true, bench, read },
});

const [w, t] = [wage.label, truncatedNormal.label];

const TARGETS: readonly Target[] = [
  ofFill('wageInit_, own memory, 1 thread', 0.65, 0.75, 'kernels', ratio('kernels', w, one)),
  ofFill('wageInit_, own memory, all threads', 0.65, 0.75, 'kernels', ratio('kernels', w, most)),
  ofFill('truncatedNormal_, own memory, 1 thread', 0.43, 0.55, 'kernels', ratio('kernels', t, one)),
  ofFill('truncatedNormal_, own memory, all threads', 0.43, 0.55, 'kernels', ratio('kernels', t, most)),
  ofFill('wageInit_, wrapped, 1 thread', 0.46, 0.55, 'wrapped', ratio('wrapped', `${w}, wrapped`, one)),
  ofFill('wageInit_, wrapped, all threads', 0.46, 0.55, 'wrapped', ratio('wrapped', `${w}, wrapped`, most)),
  ofFill('truncatedNormal_, wrapped, 1 thread', 0.32, 0.4, 'wrapped', ratio('wrapped', `${t}, wrapped`, one)),
  ofFill(
    'truncatedNormal_, wrapped, all threads',
    0.32,
    0.4,
    'wrapped',
    ratio('wrapped', `${t}, wrapped`, most),
  ),
  ofFill('truncatedNormal_, revectorized, 1 thread', 0.6, 0.7, 'revectorize', ratio('revectorize', t, one)),
  {
    ...{ label: 'wageInit_, 2 threads over 1', unit: 'x', floor: 1.9, aim: 1.95, isLowerBetter: false },
    bench: 'threads',
    read: figure('threads', (text) => text === `${w}, 2 over 1`),
  },
  {
    ...{
      label: 'truncatedNormal_, 2 threads over 1',
      unit: 'x',
      floor: 1.9,
      aim: 1.95,
      isLowerBetter: false,
    },
    bench: 'threads',
    read: figure('threads', (text) => text === `${t}, 2 over 1`),
  },
  ofFill('wageInit_, fresh tensor, of a fill of one', 0.85, 0.95, 'fresh', ratio('fresh', w)),
  ofFill('truncatedNormal_, fresh tensor, of a fill of one', 0.85, 0.95, 'fresh', ratio('fresh', t)),
  {
    ...ofFill('wageInit_, to a file', 0.8, 0.95, 'files', ratio('files', `${w}, to a file`)),
    unit: 'of writing',
  },
  {
    ...ofFill('truncatedNormal_, to a file', 0.8, 0.95, 'files', ratio('files', `${t}, to a file`)),
    unit: 'of writing',
  },
  less(
    'wageInit_, 1,000 elements',
    'us',
    30,
    15,
    'start',
    figure('start', (text) => text === `${w}, 1000 elements`),
  ),
  less(
    'wageInit_, 65,536 elements',
    'us',
    100,
    60,
    'start',
    figure('start', (text) => text === `${w}, 65536 elements`),
  ),
  less(
    'first fill of a process, 2^20 elements',
    'ms',
    120,
    80,
    'start',
    figure('start', (text) => text === FIRST_FILL),
  ),
  less(
    'state of any block',
    'us',
    5,
    1,
    'jumps',
    figure('jumps', (text) => text.startsWith(ANY_BLOCK)),
  ),
  less(
    'memory of a thread, beyond tensor and Node',
    'MiB',
    2,
    2,
    'memory',
    figure('memory', (text) => text === 'fill, own: each thread, more than Node'),
  ),
  less(
    'memory of the process, beyond tensor and Node',
    'MiB',
    40,
    40,
    'memory',
    figure('memory', (text) => text === 'fill, own: process, more than Node'),
  ),
];

/** The targets that these answers say something of, as an answer of its own; undefined without any. */
export function judgeTargets(answers: readonly NamedAnswer[]): NamedAnswer | undefined {
  const rows = TARGETS.flatMap(({ bench, read, ...target }): TargetRow[] => {
    const value = read(answers);
    return value === undefined ? [] : [{ ...target, value, command: `npm run bench -- ${bench}` }];
  });
  if (rows.length === 0) return undefined;
  return {
    name: 'targets',
    asks: 'What was to be reached, and was it?',
    tables: [{ kind: 'targets', title: 'Floor: owed. Aim: hoped for', rows }],
    notes: ['Medians, on an otherwise idle machine of two cores; under other load they say little.'],
  };
}
