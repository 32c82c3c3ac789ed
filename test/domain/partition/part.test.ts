import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../src/base/errors.js';
import { parsePart, readPart, shardsOfPart } from '../../../src/domain/partition/part.js';
import type { Environment } from '../../../src/domain/partition/job-array.js';

const slurm = (id: number, min: number, count: number, max?: number, step?: number): Environment => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_COUNT: String(count),
  SLURM_ARRAY_TASK_MAX: max === undefined ? undefined : String(max),
  SLURM_ARRAY_TASK_STEP: step === undefined ? undefined : String(step),
});
const awsBatch = (index: number, size: number): Environment => ({
  AWS_BATCH_JOB_ARRAY_INDEX: String(index),
  AWS_BATCH_JOB_ARRAY_SIZE: String(size),
});
const kubernetes = (index: string): Environment => ({ JOB_COMPLETION_INDEX: index });
const pbs = (index: number): Environment => ({ PBS_ARRAY_INDEX: String(index) });
const torque = (index: number): Environment => ({ PBS_ARRAYID: String(index) });
const gridEngine = (id: number | string, first: number, last: number, step = 1): Environment => ({
  SGE_TASK_ID: String(id),
  SGE_TASK_FIRST: String(first),
  SGE_TASK_LAST: String(last),
  SGE_TASK_STEPSIZE: String(step),
});
const lsf = (index: number, end = index): Environment => ({
  LSB_JOBINDEX: String(index),
  LSB_JOBINDEX_END: String(end),
  LSB_JOBINDEX_STEP: '1',
});
/** What Grid Engine and LSF set in a job outside of an array. */
const NO_ARRAY: Environment = {
  SGE_TASK_ID: 'undefined',
  SGE_TASK_FIRST: 'undefined',
  SGE_TASK_LAST: 'undefined',
  SGE_TASK_STEPSIZE: 'undefined',
  LSB_JOBINDEX: '0',
  LSB_JOBINDEX_END: '0',
};

test.each<[text: string, environment: Environment, part: number, parts: number]>([
  ['1/1', {}, 1, 1],
  ['2/8', {}, 2, 8],
  ['2/8', slurm(3, 1, 4), 2, 8],
  // An array from 1, or from 0, without gaps, is the whole.
  ['auto', slurm(1, 1, 8), 1, 8],
  ['auto', slurm(8, 1, 8, 8, 1), 8, 8],
  ['auto', slurm(0, 0, 4, 3, 1), 1, 4],
  ['auto', slurm(3, 0, 4, 3), 4, 4],
  ['auto', awsBatch(0, 4), 1, 4],
  ['auto', awsBatch(3, 4), 4, 4],
  ['auto', gridEngine(1, 1, 5), 1, 5],
  ['auto', gridEngine(5, 1, 5), 5, 5],
  // The task's own number, in whichever array it is submitted.
  ['auto/8', slurm(3, 1, 8, 8, 1), 3, 8],
  ['auto/8', slurm(2, 2, 1, 2, 0), 2, 8],
  ['auto/15', slurm(8, 4, 3, 15, 1), 8, 15],
  ['auto/8', slurm(3, 3, 6), 3, 8],
  ['auto/8', { SLURM_ARRAY_TASK_ID: '8', SLURM_ARRAY_TASK_MIN: 'lost' }, 8, 8],
  ['auto0/8', slurm(0, 0, 8, 7, 1), 1, 8],
  ['auto0/8', slurm(2, 2, 1, 2, 0), 3, 8],
  ['auto0/16', slurm(15, 4, 3, 15, 1), 16, 16],
  ['auto/8', pbs(3), 3, 8],
  ['auto0/8', pbs(3), 4, 8],
  ['auto/8', torque(8), 8, 8],
  ['auto0/8', torque(0), 1, 8],
  ['auto/8', gridEngine(7, 7, 7), 7, 8],
  ['auto/9', gridEngine(5, 1, 9, 4), 5, 9],
  ['auto/8', lsf(8), 8, 8],
  // These schedulers always count from 0, so auto does too.
  ['auto/8', awsBatch(0, 4), 1, 8],
  ['auto0/8', awsBatch(7, 8), 8, 8],
  ['auto/8', kubernetes('0'), 1, 8],
  ['auto/8', kubernetes('7'), 8, 8],
  ['auto0/8', kubernetes('7'), 8, 8],
  // Beside other schedulers' variables that are empty or agree.
  ['auto', { ...slurm(2, 1, 4), JOB_COMPLETION_INDEX: '' }, 2, 4],
  ['auto', { ...NO_ARRAY, ...slurm(2, 1, 4, 4, 1) }, 2, 4],
  ['auto/4', { ...NO_ARRAY, ...pbs(2), ...torque(2) }, 2, 4],
  ['auto', { ...kubernetes('1'), ...awsBatch(1, 4) }, 2, 4],
])('%s in %o is part %d of %d', (text, environment, part, parts) => {
  expect(parsePart(text, environment)).toEqual({ part, parts });
});

describe('an invalid part is refused:', () => {
  const whole =
    /Write auto\/N, with the number of parts in place of N \(auto0\/N if the tasks count from 0\)\.$/;
  const refused: [text: string, environment: Environment, found: RegExp, remedy?: RegExp][] = [
    ['', {}, /^The part is ""\. /, /Write 2\/8; or auto\/8 /],
    ['2', {}, /^The part is "2"/],
    ['auto/', {}, /^The part is "auto\/"/],
    ['auto0', slurm(0, 0, 8), /^The part is "auto0"/],
    ['auto1/8', slurm(1, 1, 8), /^The part is "auto1\/8"/],
    ['-1/8', {}, /^The part is "-1\/8"/],
    ['1.5/8', {}, /^The part is "1\.5\/8"/],
    ['0/8', {}, /^The part "0\/8" is part 0 of 8\. Parts count from 1: there are only 8, 1\/8 to 8\/8\./],
    ['9/8', {}, /^The part "9\/8" is part 9 of 8\./],
    ['0/0', {}, /is part 0 of 0/],
    ['auto/0', slurm(1, 1, 8), /is part 1 of 0/],
    [`1/${2n ** 60n}`, {}, /^The part /],
    [
      'auto',
      {},
      /^This process is not a task of a job array: the environment has none of SLURM_ARRAY_TASK_ID, .*LSB_JOBINDEX\./,
    ],
    ['auto/8', {}, /^This process is not a task of a job array/, /Pass the scheduler's variables on .* 2\/8/],
    ['auto/8', NO_ARRAY, /^This process is not a task of a job array/],

    // Arrays that cannot be all parts: a single task, a few tasks, steps, another first number.
    [
      'auto',
      slurm(2, 2, 1, 2, 0),
      /^The part "auto" finds an array of one task, .*SLURM_ARRAY_TASK_ID is 2, which may also be one task of a larger array/,
      whole,
    ],
    ['auto', slurm(1, 1, 1, 1, 0), /an array of one task, SLURM_ARRAY_TASK_ID is 1,/, whole],
    ['auto', slurm(0, 0, 1, 0, 0), /an array of one task, SLURM_ARRAY_TASK_ID is 0,/, whole],
    [
      'auto',
      slurm(8, 4, 3, 15, 1),
      /an array of 3 tasks from 4 to 15, SLURM_ARRAY_TASK_ID is 8\. These are not all numbers from 1 or 0 on/,
      whole,
    ],
    ['auto', slurm(7, 1, 3, 7, 1), /an array of 3 tasks from 1 to 7/, whole],
    ['auto', slurm(4, 0, 3, 4, 1), /an array of 3 tasks from 0 to 4/, whole],
    ['auto', slurm(2, 0, 4, 6, 2), /an array of 4 tasks from 0 to 6/, whole],
    ['auto', slurm(2, 0, 4, undefined, 2), /an array of 4 tasks from 0 to 6/, whole],
    ['auto', slurm(3, 2, 7, 8, 1), /an array of 7 tasks from 2 to 8/, whole],
    ['auto', gridEngine(7, 7, 7), /an array of one task, .*SGE_TASK_ID is 7,/, whole],
    ['auto', gridEngine(5, 1, 9, 4), /an array of 3 tasks from 1 to 9/, whole],
    ['auto', slurm(9, 1, 8, 8, 1), /an array of 8 tasks from 1 to 8, but SLURM_ARRAY_TASK_ID is 9\./],
    ['auto', awsBatch(4, 4), /0 to 3, but AWS_BATCH_JOB_ARRAY_INDEX is 4\./],

    // Schedulers that do not say how many.
    [
      'auto',
      kubernetes('3'),
      /^JOB_COMPLETION_INDEX is 3, but Kubernetes does not say how many tasks there are\./,
      whole,
    ],
    ['auto', pbs(3), /^PBS_ARRAY_INDEX is 3, but PBS does not say how many tasks there are\./, whole],
    ['auto', torque(3), /^PBS_ARRAYID is 3, but Torque does not/, whole],
    ['auto', lsf(3, 8), /^LSB_JOBINDEX is 3, but LSF does not/, whole],
    [
      'auto',
      { SLURM_ARRAY_TASK_ID: '0' },
      /is 0, but SLURM_ARRAY_TASK_COUNT and SLURM_ARRAY_TASK_MIN are missing\./,
      whole,
    ],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '0' }, /is 0, but AWS_BATCH_JOB_ARRAY_SIZE is missing\./, whole],

    // A number outside of the parts.
    ['auto/4', slurm(5, 1, 8), /^The part "auto\/4" takes the tasks 1 to 4, but SLURM_ARRAY_TASK_ID is 5\./],
    [
      'auto/4',
      slurm(0, 0, 4),
      /takes the tasks 1 to 4, but SLURM_ARRAY_TASK_ID is 0\./,
      /auto0\/4 in one from 0 to 3/,
    ],
    [
      'auto0/4',
      slurm(4, 1, 4),
      /takes the tasks 0 to 3, but SLURM_ARRAY_TASK_ID is 4\./,
      /auto\/4 in an array from 1 to 4/,
    ],
    ['auto/4', pbs(0), /PBS_ARRAY_INDEX is 0\./],
    ['auto/8', kubernetes('8'), /takes the tasks 0 to 7, but JOB_COMPLETION_INDEX is 8\./],
    ['auto/8', kubernetes('x'), /^JOB_COMPLETION_INDEX is "x", not a whole number/],
    ['auto', { ...slurm(1, 1, 8), SLURM_ARRAY_TASK_ID: '-1' }, /^SLURM_ARRAY_TASK_ID is "-1"/],

    // Two schedulers that do not agree.
    [
      'auto/8',
      { ...slurm(3, 1, 8), ...kubernetes('3') },
      /^SLURM_ARRAY_TASK_ID is 3 and JOB_COMPLETION_INDEX is 3: these are different/,
    ],
    [
      'auto/8',
      { ...pbs(3), ...torque(4) },
      /^PBS_ARRAY_INDEX is 3 and PBS_ARRAYID is 4: /,
      /Unset one of them/,
    ],
  ];
  test.each(refused)('%s in %o', (text, environment, found, remedy = /./) => {
    const parse = (): unknown => parsePart(text, environment);
    expect(parse).toThrow(ValueError);
    expect(parse).toThrow(found);
    expect(parse).toThrow(remedy);
  });
});

test('the tasks of an array, each with its number, cover each part once, however they are submitted', () => {
  const anyTasks = fc.record({
    parts: fc.integer({ min: 1, max: 40 }),
    from: fc.constantFrom(0, 1),
    // Where each part is submitted: in the first array, or again in another.
    seed: fc.infiniteStream(fc.boolean()),
  });
  const law = fc.property(anyTasks, ({ parts, from, seed }) => {
    const ids = Array.from({ length: parts }, (_, i) => i + from);
    const isIn = new Map(ids.map((id) => [id, seed.next().value]));
    const arrays = [true, false].map((side) => ids.filter((id) => isIn.get(id) === side));
    const found = arrays.flatMap((array) =>
      array.map((id) => {
        const environment = slurm(id, Math.min(...array), array.length, Math.max(...array));
        return parsePart(`${from === 0 ? 'auto0' : 'auto'}/${parts}`, environment).part;
      }),
    );
    expect(found.sort((a, b) => a - b)).toEqual(ids.map((id) => id - from + 1));
  });
  fc.assert(law);
});

test('auto refuses an array that lacks a task below its highest', () => {
  const law = fc.property(fc.uniqueArray(fc.nat(12), { minLength: 1 }), (ids) => {
    const [min, max] = [Math.min(...ids), Math.max(...ids)];
    const isFull = (min === 0 && ids.length === max + 1) || (min === 1 && ids.length === max);
    const isWhole = isFull && ids.length > 1;
    for (const id of ids) {
      const parse = (): unknown => parsePart('auto', slurm(id, min, ids.length, max));
      if (isWhole) expect(parse()).toEqual({ part: id - min + 1, parts: ids.length });
      else expect(parse).toThrow(ValueError);
    }
  });
  fc.assert(law);
});

test('the parts together have each shard once, and their counts differ by at most one', () => {
  const law = fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(100), (parts, shardCount) => {
    const shares = Array.from({ length: parts }, (_, i) => shardsOfPart({ part: i + 1, parts }, shardCount));
    expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: shardCount }, (_, i) => i));
    const counts = shares.map((share) => share.length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });
  fc.assert(law);
});

test('part 2 of 3 has the shards 2, 5 and 8, counted from 1', () => {
  expect(shardsOfPart({ part: 2, parts: 3 }, 8)).toEqual([1, 4, 7]);
});

test('a caller may pass the text of a part', () => {
  expect(readPart('1/2', 'x', {})).toEqual({ part: 1, parts: 2 });
  expect(readPart('auto/4', 'x', slurm(3, 3, 1))).toEqual({ part: 3, parts: 4 });
  expect(readPart({ part: 1, parts: 2 }, 'x', {})).toEqual({ part: 1, parts: 2 });
});

test.each([[null], [2], [[1, 2]], [{}], [{ part: 1 }], [true]])(
  '%o is not a part, and the error shows valid ones',
  (value) => {
    expect(() => readPart(value, 'writeCheckpoint: part', {})).toThrow(
      /^writeCheckpoint: part is .*Pass \{ part: 2, parts: 8 \}, or "2\/8"\./,
    );
  },
);
