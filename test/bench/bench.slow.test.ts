/** Every question of the bench, as small as it goes: it runs, its bytes are right, and every target finds its number. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Results } from '../../bench/measure/answer.js';
import { QUESTIONS } from '../../bench/questions.js';
import { judgeTargets } from '../../bench/targets/judge.js';
import { countThreads } from '../../src/engine/host/threads.js';
import { compileBench, runBench } from '../support/bench.js';
import { makeFolder } from '../support/folder.js';

beforeAll(compileBench);

const NAMES = QUESTIONS.filter(({ parameter }) => parameter === undefined).map(({ name }) => name);

/** A comparison that takes two threads. */
const needsTwoThreads = (label: string): boolean => label.endsWith(' over 1');

test('every question is answered or says why not, and every target finds its number', () => {
  const out = makeFolder();
  const { status, stderr } = runBench([...NAMES, '--quick', '--out', out]);
  expect({ status, failures: stderr.match(/^bench: .*$/gm) }).toEqual({ status: 0, failures: null });
  const { answers } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Results;
  expect(answers.map(({ name }) => name)).toEqual(NAMES);
  for (const { name, tables, leftOut = [] } of answers) {
    expect({ name, parts: tables.length + leftOut.length }).not.toEqual({ name, parts: 0 });
  }
  const isLeftOut = (question: string): boolean =>
    answers.some(({ name, tables }) => name === question && tables.length === 0);
  const targets = judgeTargets(answers);
  expect(targets.length).toBeGreaterThan(20);
  for (const { target, verdict } of targets) {
    const { label, question } = target;
    const mayLack = isLeftOut(question) || (needsTwoThreads(label) && countThreads() < 2);
    const kinds = mayLack ? ['unjudged', 'unmeasured'] : ['unjudged'];
    expect({ label, isExpected: kinds.includes(verdict.kind) }).toEqual({ label, isExpected: true });
  }
  expect(readFileSync(join(out, 'index.html'), 'utf8')).not.toContain('npm run bench -- jumps');
  const checked = runBench(['targets', '--out', out]);
  expect(checked).toMatchObject({ status: 0, stderr: '' });
  expect(checked.stdout).toMatch(
    /^state of any block .* not judged: --quick +5 +1 +us +npm run bench -- jumps$/m,
  );
});
