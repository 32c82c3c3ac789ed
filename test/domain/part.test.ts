import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/errors.js';
import { parsePart, shardsOfPart, type Environment } from '../../src/domain/part.js';

const slurm = (id: number, min: number, count: number, step?: number, max?: number): Environment => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_COUNT: String(count),
  SLURM_ARRAY_TASK_STEP: step === undefined ? undefined : String(step),
  SLURM_ARRAY_TASK_MAX: max === undefined ? undefined : String(max),
});
const kubernetes = (index: string): Environment => ({ JOB_COMPLETION_INDEX: index });

test.each<[text: string, environment: Environment, part: number, parts: number]>([
  ['1/1', {}, 1, 1],
  ['2/8', {}, 2, 8],
  ['2/8', slurm(3, 1, 4), 2, 8],
  ['auto', slurm(1, 1, 8), 1, 8],
  ['auto', slurm(8, 1, 8, 1, 8), 8, 8],
  ['auto', slurm(0, 0, 4), 1, 4],
  ['auto', slurm(6, 0, 4, 2, 6), 4, 4],
  ['auto', slurm(16, 10, 3, 3, 16), 3, 3],
  ['auto/8', slurm(3, 1, 8), 3, 8],
  ['auto/8', kubernetes('0'), 1, 8],
  ['auto/8', kubernetes('7'), 8, 8],
  ['auto', { ...slurm(2, 1, 4), JOB_COMPLETION_INDEX: '' }, 2, 4],
])('%s in %o is part %d of %d', (text, environment, part, parts) => {
  expect(parsePart(text, environment)).toEqual({ part, parts });
});

describe('a part is refused that is none:', () => {
  const refused: [text: string, environment: Environment, message: RegExp][] = [
    ['', {}, /^The part is ""\. Write --part 2\/8, /],
    ['2', {}, /^The part is "2"/],
    ['auto/', {}, /^The part is "auto\/"/],
    ['-1/8', {}, /^The part is "-1\/8"/],
    ['1.5/8', {}, /^The part is "1\.5\/8"/],
    ['0/8', {}, /^The part "0\/8" is part 0 of 8\. Parts count from 1/],
    ['9/8', {}, /^The part "9\/8" is part 9 of 8\./],
    ['0/0', {}, /is part 0 of 0/],
    [`1/${2n ** 60n}`, {}, /^The part /],
    [
      'auto',
      {},
      /finds neither SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT nor JOB_COMPLETION_INDEX\./,
    ],
    ['auto/8', {}, /finds neither SLURM/],
    [
      'auto',
      kubernetes('3'),
      /^JOB_COMPLETION_INDEX is 3, and Kubernetes does not tell of how many\. Write --part auto\/8/,
    ],
    ['auto/8', kubernetes('8'), /is part 9 of 8/],
    ['auto/8', kubernetes('x'), /^JOB_COMPLETION_INDEX is "x", which is no whole number/],
    ['auto', { ...slurm(1, 1, 8), SLURM_ARRAY_TASK_ID: '-1' }, /^SLURM_ARRAY_TASK_ID is "-1"/],
    ['auto/8', slurm(3, 3, 1), /^There are to be 8 parts, and SLURM_ARRAY_TASK_COUNT is 1\. .* --part 2\/8/],
    // --array=1,2,7: three tasks, from 1, in steps of 1. None may write: together they would leave a part out.
    [
      'auto',
      slurm(7, 1, 3),
      /^Task 7 of a Slurm array of 3 from 1 in steps of 1 has no place in it\. .*without gaps/,
    ],
    ['auto', slurm(2, 1, 3, 1, 7), /from 1 in steps of 1 ends at 7: it has gaps/],
    ['auto', slurm(3, 0, 4, 2), /^Task 3 of a Slurm array of 4 from 0 in steps of 2/],
    ['auto', slurm(1, 2, 4), /^Task 1 /],
    ['auto', slurm(2, 1, 4, 0), /in steps of 0/],
  ];
  test.each(refused)('%s in %o', (text, environment, message) => {
    const parse = (): unknown => parsePart(text, environment);
    expect(parse).toThrow(ValueError);
    expect(parse).toThrow(message);
  });
});

test('the parts together have each shard once, and none has two more than another', () => {
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

test('auto tells the gap of a Slurm array, and the variables that are missing', () => {
  const slurm = { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '3' };
  expect(() => parsePart('auto', { ...slurm, SLURM_ARRAY_TASK_MAX: '4' })).toThrow(/ends at 4: it has gaps/);
  expect(() => parsePart('auto', { SLURM_ARRAY_TASK_ID: '0' })).toThrow(
    /a Slurm array without SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT\. /,
  );
});
