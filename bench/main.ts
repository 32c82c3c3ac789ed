/**
 * `npm run bench`: argv -> questions -> terminal, results.json and a page.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleFor } from '#built/cli/style.js';
import { InitError, isBadInput } from '#built/errors.js';
import type { NamedAnswer, Results } from './harness/answer.js';
import { HELP, parseCommand, type RunCommand } from './harness/arguments.js';
import { collectGarbage } from './harness/garbage.js';
import { describeMachine, describeNoise } from './harness/machine.js';
import type { Question } from './harness/question.js';
import { chooseScale } from './harness/scale.js';
import { askModel } from './model.js';
import { installPeers } from './peers.js';
import { judgeTargets } from './targets.js';
import { QUESTIONS } from './questions.js';
import { renderPage } from './report/page.js';
import { formatAnswer } from './report/terminal.js';

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

// Seen from build/bench/.
const RESULTS_FOLDER = fileURLToPath(new URL('../../bench/results/', import.meta.url));

const argv = process.argv.slice(2);

async function main(): Promise<void> {
  const command = parseCommand(
    argv,
    QUESTIONS.map(({ name }) => name),
  );
  if (command.kind === 'help') process.stdout.write(HELP);
  else if (command.kind === 'list') process.stdout.write(listQuestions());
  else await run(command);
}

const listQuestions = (): string => {
  const width = Math.max(...QUESTIONS.map(({ name }) => name.length));
  return QUESTIONS.map(({ name, asks }) => `${name.padEnd(width)}  ${asks}\n`).join('');
};

async function run(command: RunCommand): Promise<void> {
  if (command.installsPeers) installPeers();
  const machine = describeMachine(['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' '));
  if (!command.isJson) process.stdout.write(`${formatMachine(machine)}\n`);
  const answers: NamedAnswer[] = [];
  for (const question of chooseQuestions(command)) answers.push(await ask(question, command));
  const targets = judgeTargets(answers);
  if (targets && !command.isJson)
    process.stdout.write(`\n${formatAnswer(targets, styleFor(process.stdout))}\n`);
  const noise = describeNoise(answers);
  if (!command.isJson) process.stdout.write(`\n${formatMachine(noise)}\n`);
  const results: Results = {
    machine: { ...machine, ...noise },
    answers: [...(targets ? [targets] : []), ...answers],
  };
  const page = writeResults(results, command.outFolder ?? RESULTS_FOLDER);
  process.stdout.write(command.isJson ? `${JSON.stringify(results, null, 2)}\n` : `\nWritten: ${page}\n`);
}

function chooseQuestions({ names, specPath }: RunCommand): readonly Question[] {
  if (specPath !== undefined) return [askModel(specPath)];
  return names.flatMap((name) => QUESTIONS.filter((question) => question.name === name));
}

async function ask({ name, asks, answer }: Question, { isJson, isQuick }: RunCommand): Promise<NamedAnswer> {
  process.stderr.write(`${styleFor(process.stderr)('dim', `... ${name}`)}\n`);
  const named = { name, asks, ...(await answer(chooseScale(isQuick))) };
  collectGarbage();
  if (!isJson) process.stdout.write(`\n${formatAnswer(named, styleFor(process.stdout))}\n`);
  return named;
}

const formatMachine = (machine: Results['machine']): string =>
  Object.entries(machine)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');

/** @returns the page's path */
function writeResults(results: Results, folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const page = join(folder, 'index.html');
  writeFileSync(page, renderPage(results));
  return page;
}

try {
  await main();
  process.exitCode = EXIT.done;
} catch (error) {
  const text =
    error instanceof InitError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`bench: ${text ?? ''}\n`);
  process.exitCode = isBadInput(error) ? EXIT.usage : EXIT.failed;
}
