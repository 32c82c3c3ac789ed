/** Stored answers: what a later run replaces, and how they are held against the targets. */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Conditions, NamedAnswer } from '../../bench/measure/answer.js';
import { mergeAnswers, readAnswers } from '../../bench/stored-answers.js';
import { ANY_BLOCK } from '../../bench/questions/kernels/jumps.js';
import { judgeTargets, type Verdict } from '../../bench/targets/judge.js';
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

test('a file that is missing, broken or of another version holds no answers', () => {
  const folder = makeFolder();
  const path = `${folder}/results.json`;
  expect(readAnswers(path)).toEqual([]);
  for (const text of ['{', '{}', '{"answers": [{"name": "jumps"}]}']) {
    writeFileSync(path, text);
    expect(readAnswers(path)).toEqual([]);
  }
});

test('answers are read back, without the targets in older files', () => {
  const path = `${makeFolder()}/results.json`;
  const kept = answer('jumps', 'now', 1);
  writeFileSync(path, JSON.stringify({ machine: {}, answers: [answer('targets', 'now', 1), kept] }));
  expect(readAnswers(path)).toEqual([kept]);
});

describe('a target', () => {
  const judge = (value: number | undefined, conditions?: Conditions): Verdict | undefined =>
    judgeTargets([answer('jumps', 'now', value, conditions)]).find(
      ({ target }) => target.question === 'jumps',
    )?.verdict;

  test('is reached, reached in part, or missed', () => {
    expect([0.4, 4, 6].map((value) => judge(value)?.kind)).toEqual(['aim', 'floor', 'missed']);
  });

  test('is judged only under the conditions it is about: two threads, all elements, no --quick', () => {
    const unjudged = (conditions: Partial<Conditions>): Verdict | undefined =>
      judge(0.4, { ...TWO_CORES, ...conditions });
    expect(unjudged({ threads: 8 })).toMatchObject({ kind: 'unjudged', why: '8, not 2 threads' });
    expect(unjudged({ elements: 2 ** 26 })).toMatchObject({ why: '2^26, not 2^28 elements' });
    expect(unjudged({ isQuick: true })).toMatchObject({ why: '--quick' });
    expect(judge(undefined)).toEqual({ kind: 'unmeasured' });
  });
});
