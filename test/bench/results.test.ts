/** What a later run replaces, and when a number is judged. */
import { expect, test } from 'vitest';
import type { Conditions, NamedAnswer } from '../../bench/measure/answer.js';
import { mergeAnswers, readAnswers } from '../../bench/stored-answers.js';
import { ANY_BLOCK } from '../../bench/questions/kernels/jumps.js';
import { judgeTargets } from '../../bench/targets.js';
import { makeFolder } from '../support/folder.js';

const TWO_CORES: Conditions = { isQuick: false, threads: 2, elements: 2 ** 28 };

const answer = (name: string, date: string, value?: number, conditions = TWO_CORES): NamedAnswer => ({
  ...{ name, asks: '', notes: [], machine: { date }, conditions },
  tables:
    value === undefined
      ? []
      : [{ kind: 'figures', title: '', rows: [{ label: `${ANY_BLOCK}, simd kernels`, unit: 'us', value }] }],
});

const dates = (answers: readonly NamedAnswer[]): string =>
  answers.map(({ name, machine }) => `${name} ${machine['date'] ?? ''}`).join(', ');

test('answers are replaced by question, kept where the new one has no numbers, and in the order of the questions', () => {
  const before = [answer('jumps', 'old', 1), answer('files', 'old', 1), answer('model', 'old', 1)];
  const now = [answer('files', 'new'), answer('kernels', 'new', 1), answer('jumps', 'new', 2)];
  const merged = mergeAnswers(before, now, ['kernels', 'files', 'jumps']);
  expect(dates(merged)).toBe('kernels new, files old, jumps new, model old');
  expect(dates(mergeAnswers([], [answer('peers', 'new')], []))).toBe('peers new');
});

test('results that are not there are none', () => {
  expect(readAnswers(`${makeFolder()}/results.json`)).toEqual([]);
});

test('a target is judged for what was promised only: two threads, all elements, no --quick', () => {
  const judge = (value: number | undefined, conditions?: Conditions): object | undefined =>
    judgeTargets([answer('jumps', 'now', value, conditions)], ['jumps'])[0];
  expect(judge(0.4)).toMatchObject({ value: 0.4, floor: 5 });
  expect(judge(0.4)).not.toHaveProperty('unjudged');
  expect(judge(0.4, { ...TWO_CORES, threads: 8 })).toHaveProperty('unjudged', '8, not 2 threads');
  expect(judge(0.4, { ...TWO_CORES, elements: 2 ** 26 })).toHaveProperty(
    'unjudged',
    '2^26, not 2^28 elements',
  );
  expect(judge(0.4, { ...TWO_CORES, isQuick: true })).toHaveProperty('unjudged', '--quick');
  expect(judge(undefined)).not.toHaveProperty('value');
});
