/**
 * `npm run bench`: argv -> questions -> terminal, results.json and a page.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleFor } from '#built/text/colours.js';
import { JumpfillError, isBadInput } from '#built/base/errors.js';
import type { Answer, Facts, NamedAnswer, Results, TargetRow } from './measure/answer.js';
import { HELP, parseCommand, type RunCommand } from './arguments.js';
import { pathInBench } from './measure/folders.js';
import { collectGarbage } from './measure/garbage.js';
import { describeMachine, describeNoise } from './measure/machine.js';
import type { Question } from './measure/question.js';
import { mergeAnswers, readAnswers } from './stored-answers.js';
import { chooseScale } from './measure/scale.js';
import { askModel } from './questions/checkpoints/model.js';
import { installPeers } from './questions/peers/peers.js';
import { judgeTargets } from './targets.js';
import { QUESTIONS } from './questions.js';
import { renderPage } from './render/page.js';
import { formatAnswer } from './render/terminal.js';

/** 0 is Node's own. */
const EXIT = { failed: 1, usage: 2 } as const;

const PAGE = 'index.html';
const TARGETS_NAME = 'targets';

const RESULTS_FOLDER = pathInBench('results/');

const argv = process.argv.slice(2);

async function main(): Promise<void> {
  const command = parseCommand(argv, QUESTIONS);
  if (command.kind === 'help') process.stdout.write(HELP);
  else if (command.kind === 'list') process.stdout.write(listQuestions());
  else await run(command);
}

const listQuestions = (): string => {
  const width = Math.max(...QUESTIONS.map(({ name }) => name.length));
  return QUESTIONS.map(({ name, asks, isOnRequest }) => {
    const when = isOnRequest ? ' (only if named)' : '';
    return `${name.padEnd(width)}  ${asks}${when}\n`;
  }).join('');
};

async function run(command: RunCommand): Promise<void> {
  if (command.installsPeers) installPeers();
  const machine = describeMachine(['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' '));
  const print = (text: string): void => {
    if (!command.isJson) process.stdout.write(text);
  };
  print(`${formatMachine(machine)}\n`);
  const answers: NamedAnswer[] = [];
  for (const question of chooseQuestions(command)) {
    const answer = await ask(question, command.isQuick, machine);
    answers.push(answer);
    print(`\n${formatAnswer(answer, styleFor(process.stdout))}\n`);
  }
  const targets = judgeTargets(
    answers,
    answers.map(({ name }) => name),
  );
  if (targets.length > 0) print(`\n${formatAnswer(answerTargets(targets), styleFor(process.stdout))}\n`);
  const noise = describeNoise(answers);
  print(`\n${formatMachine(noise)}\n`);
  const folder = command.outFolder ?? (command.isQuick ? join(RESULTS_FOLDER, 'quick') : RESULTS_FOLDER);
  const results = writeResults({ ...machine, ...noise }, answers, folder);
  process.stdout.write(
    command.isJson ? `${JSON.stringify(results, null, 2)}\n` : `\nWritten: ${join(folder, PAGE)}\n`,
  );
}

function chooseQuestions({ names, specPath }: RunCommand): readonly Question[] {
  if (specPath !== undefined) return [askModel(specPath)];
  return names.flatMap((name) => QUESTIONS.filter((question) => question.name === name));
}

/** A question that fails is an answer without numbers: the others are asked all the same. */
async function ask({ name, asks, answer }: Question, isQuick: boolean, machine: Facts): Promise<NamedAnswer> {
  process.stderr.write(`${styleFor(process.stderr)('dim', `... ${name}`)}\n`);
  const scale = chooseScale(isQuick);
  const { threads, elements } = scale;
  const answered = await answerOrFail(name, () => answer(scale));
  collectGarbage();
  const conditions = { isQuick, threads, elements };
  return { name, asks, machine: { ...machine, ...describeNoise([answered]) }, conditions, ...answered };
}

async function answerOrFail(name: string, answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    // Of a spec, say: there is nothing else to ask then.
    if (isBadInput(error)) throw error;
    process.exitCode = EXIT.failed;
    process.stderr.write(`bench: ${name}: ${explain(error)}\n`);
    const why = error instanceof Error ? error.message : String(error);
    return { tables: [], notes: [], leftOut: [{ what: name, why: `it failed: ${why}` }] };
  }
}

const explain = (error: unknown): string =>
  error instanceof JumpfillError
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);

const answerTargets = (rows: readonly TargetRow[]): Pick<NamedAnswer, 'name' | 'asks'> & Answer => ({
  name: TARGETS_NAME,
  asks: 'What was to be reached, and was it?',
  tables: [{ kind: 'targets', title: 'Floor: owed. Aim: hoped for', rows }],
  notes: ['Medians, on an otherwise idle machine of two cores; under other load they say little.'],
});

const formatMachine = (machine: Facts): string =>
  Object.entries(machine)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');

/** Beside what earlier runs have left of other questions. */
function writeResults(machine: Facts, answers: readonly NamedAnswer[], folder: string): Results {
  const path = join(folder, 'results.json');
  const before = readAnswers(path).filter(({ name }) => name !== TARGETS_NAME);
  const merged = mergeAnswers(
    before,
    answers,
    QUESTIONS.map(({ name }) => name),
  );
  const conditions = answers[0]?.conditions ?? { isQuick: false, threads: 0, elements: 0 };
  const targets = { ...answerTargets(judgeTargets(merged)), machine, conditions };
  const results = { machine, answers: [targets, ...merged] };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, PAGE), renderPage(results));
  return results;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${explain(error)}\n`);
  process.exitCode = isBadInput(error) ? EXIT.usage : EXIT.failed;
}
