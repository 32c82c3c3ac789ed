/**
 * The bench's command line: what may be written there, and what it means.
 * @module
 */
import { parseArgs } from 'node:util';
import { suggest } from '#built/base/wording.js';
import { ValueError } from '#built/base/errors.js';
import type { Question } from './measure/question.js';

export const HELP = `npm run bench [-- NAME... | model SPEC.json] [options]

  Without a name every question is asked but those that --list marks, in under five minutes. --list tells their names.
  model SPEC.json times a model of yours, to a file in a temporary folder.

Options
  --json         the results as JSON on standard output, and nothing else (with npm: npm run -s bench -- --json)
  --out FOLDER   where results.json and index.html are written; bench/results by default. Answers to other questions
                 that are there already stay, with their own machine, commit and date
  --quick        everything small and once: whether it runs, not how fast; into bench/results/quick
  --install      with peers: first install the JavaScript peers, into bench/peers
  --list         the questions
  --help         this text

Environment
  JUMPFILL_BENCH_FOLDER   where files are written for a moment; the system's temporary folder by default
  PYTHON                  the Python of the peers; python3 by default
`;

const OPTIONS = {
  json: { type: 'boolean' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  install: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface RunCommand {
  readonly kind: 'run';
  /** In the order given; without one, all but those on request. */
  readonly names: readonly string[];
  /** Of the question `model`. */
  readonly specPath?: string;
  readonly isJson: boolean;
  readonly isQuick: boolean;
  readonly installsPeers: boolean;
  readonly outFolder: string | undefined;
}

export type Command = RunCommand | { readonly kind: 'list' } | { readonly kind: 'help' };

const usageError = (found: string, remedy: string): ValueError => new ValueError('BAD_OPTION', found, remedy);

/** As much of a question as decides what is asked. */
export type NamedQuestion = Pick<Question, 'name' | 'isOnRequest'>;

/**
 * @param questions  those that may be named
 * @throws {ValueError} BAD_OPTION
 */
export function parseCommand(argv: readonly string[], questions: readonly NamedQuestion[]): Command {
  const known = questions.map(({ name }) => name);
  const { values, positionals } = readArguments(argv);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const common = {
    kind: 'run',
    isJson: values.json ?? false,
    isQuick: values.quick ?? false,
    installsPeers: values.install ?? false,
    outFolder: values.out,
  } as const;
  if (positionals[0] === 'model') return { ...common, names: [], specPath: readSpecPath(positionals) };
  for (const name of positionals) {
    if (!known.includes(name))
      throw usageError(`There is no bench "${name}".`, suggest(name, [...known, 'model']));
  }
  if (common.installsPeers && !positionals.includes('peers')) {
    throw usageError('--install is about the peers.', 'Try: npm run bench -- peers --install');
  }
  const usual = questions.filter(({ isOnRequest }) => !isOnRequest).map(({ name }) => name);
  return { ...common, names: positionals.length === 0 ? usual : positionals };
}

function readSpecPath([, specPath, ...rest]: readonly string[]): string {
  if (specPath === undefined)
    throw usageError('model: no spec was given.', 'Try: npm run bench -- model SPEC.json');
  if (rest.length > 0) throw usageError(`model: "${rest.join(' ')}" is too much.`, 'It takes one spec.');
  return specPath;
}

function readArguments(
  argv: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    throw usageError(`${message}.`, 'See npm run bench -- --help.');
  }
}
