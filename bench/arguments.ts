/**
 * The command line of the bench: what it accepts, and what that means.
 * @module
 */
import type { ValueError } from '#built/base/errors.js';
import { suggest } from '#built/base/wording.js';
import { listQuestions, type Question } from './questions.js';
import { readOptions, usageError } from './usage.js';

export const formatHelp = (questions: readonly Question[]): string => `npm run bench [-- NAME...] [options]

  Without a name every question is asked but those marked below, in some ten minutes.

Questions
${listQuestions(questions).replace(/^/gm, '  ').trimEnd()}

For maintainers
  targets  Checks stored results against the project's own targets; exit code 1 if a floor was missed
  tables   Writes the peers' tables of README.md and bench/README.md from stored results

Options
  --json         print the results as JSON and nothing else (with npm: npm run -s bench -- --json)
  --out FOLDER   where results.json and index.html are written, or read by targets and tables; bench/results by default. Answers
                 to other questions stay there, with their own machine, commit and date
  --quick        everything small and once, to see that it runs, not how fast; into bench/results/quick
  --install      with peers or orthogonal: first install the peers, into bench/peers and build/peers
  --list         the questions, one a line
  --help         this text

Environment
  JUMPFILL_BENCH_FOLDER   where temporary files are written; the system's temporary folder by default
  PYTHON                  the Python of the peers; by default that of build/peers, else python3
`;

const OPTIONS = {
  json: { type: 'boolean' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  install: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What is done with stored results. */
const WITH_RESULTS = ['targets', 'tables'] as const;

/** A question to be asked, with its argument: empty if it takes none. */
export interface Asked {
  readonly question: Question;
  readonly parameter: string;
}

export interface RunCommand {
  readonly kind: 'run';
  readonly asked: readonly Asked[];
  readonly isJson: boolean;
  readonly isQuick: boolean;
  readonly installsPeers: boolean;
  readonly outFolder: string | undefined;
}

export type Command =
  | RunCommand
  | { readonly kind: (typeof WITH_RESULTS)[number]; readonly outFolder: string | undefined }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' };

/**
 * @param questions  those that may be named
 * @throws {ValueError} BAD_OPTION
 */
export function parseCommand(argv: readonly string[], questions: readonly Question[]): Command {
  const { values, positionals } = readOptions(argv, OPTIONS, 'npm run bench -- --help');
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const kind = WITH_RESULTS.find((name) => positionals.length === 1 && positionals[0] === name);
  if (kind !== undefined) return { kind, outFolder: values.out };
  const asked = chooseQuestions(positionals, questions);
  const installsPeers = values.install ?? false;
  if (installsPeers && !positionals.some((name) => name === 'peers' || name === 'orthogonal'))
    throw usageError('--install installs peers only.', 'Try: npm run bench -- peers --install');
  return {
    kind: 'run',
    asked,
    isJson: values.json ?? false,
    isQuick: values.quick ?? false,
    installsPeers,
    outFolder: values.out,
  };
}

/** In the order given; without a name, all but those on request. */
function chooseQuestions(positionals: readonly string[], questions: readonly Question[]): readonly Asked[] {
  const find = (name: string): Question | undefined => questions.find((question) => question.name === name);
  const [first, ...rest] = positionals;
  if (first === undefined)
    return questions
      .filter(({ isOnRequest }) => isOnRequest !== true)
      .map((question) => ({ question, parameter: '' }));
  const question = find(first);
  if (question?.parameter !== undefined)
    return [{ question, parameter: readParameter(first, question.parameter, rest) }];
  return positionals.map((name) => {
    const known = find(name);
    if (known === undefined) throw unknownQuestion(name, questions);
    if (known.parameter !== undefined)
      throw usageError(`${name} is asked on its own.`, `Try: npm run bench -- ${name} ${known.parameter}`);
    return { question: known, parameter: '' };
  });
}

const unknownQuestion = (name: string, questions: readonly Question[]): ValueError =>
  usageError(
    `"${name}" is not a question.`,
    suggest(name, [...questions.map((known) => known.name), ...WITH_RESULTS]),
  );

function readParameter(name: string, parameter: string, [value, ...rest]: readonly string[]): string {
  const remedy = `Try: npm run bench -- ${name} ${parameter}`;
  if (value === undefined) throw usageError(`${name}: ${parameter} is missing.`, remedy);
  if (rest.length > 0) throw usageError(`${name} takes one argument, not also "${rest.join(' ')}".`, remedy);
  return value;
}
