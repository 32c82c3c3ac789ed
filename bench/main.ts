/**
 * `npm run bench`: asks questions and prints the answers; results.json and a page keep them.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBadInput, JumpfillError, messageOf, traceOf } from '#built/base/errors.js';
import { styleFor } from '#built/text/colours.js';
import { formatHelp, parseCommand, type Asked, type RunCommand } from './arguments.js';
import type { Answer, Facts, NamedAnswer, Results } from './measure/answer.js';
import { pathInBench } from './measure/folders.js';
import { collectGarbage } from './measure/garbage.js';
import { describeMachine, describeNoise } from './measure/machine.js';
import { chooseScale } from './measure/scale.js';
import { installPeers } from './peers/install.js';
import { listQuestions, loadQuestion, QUESTIONS } from './questions.js';
import { renderPage } from './render/page.js';
import { formatAnswer } from './render/terminal.js';
import { mergeAnswers, readAnswers } from './stored-answers.js';

/** 0 is Node's own. */
const EXIT = { failed: 1, usage: 2 } as const;

const PAGE = 'index.html';
const RESULTS = 'results.json';
const RESULTS_FOLDER = pathInBench('results/');

const argv = process.argv.slice(2);

async function main(): Promise<void> {
  const command = parseCommand(argv, QUESTIONS);
  switch (command.kind) {
    case 'help':
      process.stdout.write(formatHelp(QUESTIONS));
      return;
    case 'list':
      process.stdout.write(listQuestions(QUESTIONS));
      return;
    case 'targets':
      await checkTargets(command.outFolder ?? RESULTS_FOLDER);
      return;
    case 'tables': {
      const { writeTables } = await import('./write-tables.js');
      writeTables(readAnswers(join(command.outFolder ?? RESULTS_FOLDER, RESULTS)));
      return;
    }
    case 'run':
      await run(command);
  }
}

async function run(command: RunCommand): Promise<void> {
  if (command.installsPeers) installPeers();
  const machine = describeMachine(['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' '));
  const print = (text: string): void => {
    if (!command.isJson) process.stdout.write(text);
  };
  print(`${formatFacts(machine)}\n`);
  const answers: NamedAnswer[] = [];
  for (const asked of command.asked) {
    const answer = await ask(asked, command.isQuick, machine);
    answers.push(answer);
    print(`\n${formatAnswer(answer, styleFor(process.stdout))}\n`);
  }
  const noise = describeNoise(answers);
  print(`\n${formatFacts(noise)}\n`);
  const folder = command.outFolder ?? (command.isQuick ? join(RESULTS_FOLDER, 'quick') : RESULTS_FOLDER);
  const results = writeResults({ ...machine, ...noise }, answers, folder);
  process.stdout.write(
    command.isJson ? `${JSON.stringify(results, null, 2)}\n` : `\nWritten: ${join(folder, PAGE)}\n`,
  );
}

/** A question that fails is an answer without numbers, and the others are still asked. */
async function ask({ question, parameter }: Asked, isQuick: boolean, machine: Facts): Promise<NamedAnswer> {
  const { name, asks } = question;
  process.stderr.write(`${styleFor(process.stderr)('dim', `... ${name}`)}\n`);
  const scale = chooseScale(isQuick);
  const { threads, elements } = scale;
  const answered = await answerOrFail(name, async () => {
    const { answer } = await loadQuestion(question);
    return await answer(scale, parameter);
  });
  collectGarbage();
  const conditions = { isQuick, threads, elements };
  return { name, asks, machine: { ...machine, ...describeNoise([answered]) }, conditions, ...answered };
}

async function answerOrFail(name: string, answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    // A bad spec, say: the only question is about it.
    if (isBadInput(error)) throw error;
    process.exitCode = EXIT.failed;
    process.stderr.write(`bench: ${name}: ${explain(error)}\n`);
    return { tables: [], notes: [], leftOut: [{ what: name, why: `it failed: ${messageOf(error)}` }] };
  }
}

/** An error that is not ours comes with its stack. */
function explain(error: unknown): string {
  if (error instanceof JumpfillError) return error.message;
  return traceOf(error);
}

const formatFacts = (facts: Facts): string =>
  Object.entries(facts)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');

/** Keeps what earlier runs have answered to other questions. */
function writeResults(machine: Facts, answers: readonly NamedAnswer[], folder: string): Results {
  const path = join(folder, RESULTS);
  const order = QUESTIONS.map(({ name }) => name);
  const results = { machine, answers: mergeAnswers(readAnswers(path), answers, order) };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, PAGE), renderPage(results));
  return results;
}

/** Loaded here, since it takes the labels of nearly every question. */
async function checkTargets(folder: string): Promise<void> {
  const { judgeTargets, formatTargets } = await import('./targets/judge.js');
  const targets = judgeTargets(readAnswers(join(folder, RESULTS)));
  process.stdout.write(`${formatTargets(targets, styleFor(process.stdout))}\n`);
  if (targets.some(({ verdict }) => verdict.kind === 'missed')) process.exitCode = EXIT.failed;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${explain(error)}\n`);
  process.exitCode = isBadInput(error) ? EXIT.usage : EXIT.failed;
}
