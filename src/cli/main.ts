/**
 * The command line: argv -> one library call -> exit code.
 * @module
 */
import { parseCommand } from './arguments/parse-command.js';
import type { Command } from './arguments/command.js';
import { UsageError } from './arguments/argv.js';
import { findCommand, STDOUT } from './arguments/commands.js';
import { writeCommandHelp, writeHelp } from './arguments/help.js';
import { InterruptedError } from './commands/interrupted.js';
import { nameFlags } from './output/flags.js';
import { roomOf, styleFor } from '../text/colours.js';
import { JumpfillError, isBadInput, traceOf, ValueError } from '../base/errors.js';
import { escapeControls } from '../text/printable.js';
import { readVersion } from '../engine/host/package-version.js';

/** `locked` is EX_TEMPFAIL of sysexits.h: nothing is wrong, and it may work later. */
const EXIT = { done: 0, failed: 1, usage: 2, locked: 75 } as const;

/** A shell's code for a process that a signal ended: 128 + the signal's number. */
const SIGNAL_EXITS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type EndingSignal = keyof typeof SIGNAL_EXITS;

/** Commands that heed the signal, since they clean up. The others have nothing to clean up: a signal ends them as it ends any process. */
const STOPPABLE: readonly Command['kind'][] = ['init', 'verify', 'inspect'];

/** A plan or recipe like another checkpoint ends its requests to a server. Without one it may wait for a spec from a pipe, which nothing else would end. */
const isStoppable = (command: Command): boolean =>
  STOPPABLE.includes(command.kind) ||
  ((command.kind === 'plan' || command.kind === 'recipe') && command.like !== undefined);

/** Whether it is process 1 of a container: the kernel keeps from that one every signal for which it has no handler. */
const isFirstProcess = process.pid === 1;

/**
 * Loads a command's module when the command is called: `plan` needs no reader of checkpoints, `verify` no page.
 * @returns whether all is well: false if a checkpoint is not what it should be
 */
async function run(command: Command, signal: AbortSignal): Promise<boolean> {
  const room = roomOf(process.stdout);
  switch (command.kind) {
    case 'help':
      process.stdout.write(command.of === undefined ? writeHelp(room) : writeCommandHelp(command.of, room));
      break;
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      break;
    case 'schema': {
      const { describeSpec } = await import('../domain/specs/json-schema.js');
      process.stdout.write(`${JSON.stringify(describeSpec(), null, 2)}\n`);
      break;
    }
    case 'init':
      await (await import('./commands/init.js')).runInit(command, signal);
      break;
    case 'plan':
      await (await import('./commands/plan.js')).runPlan(command, signal);
      break;
    case 'merge':
      await (await import('./commands/merge.js')).runMerge(command);
      break;
    case 'verify':
      return await (await import('./commands/verify.js')).runVerify(command, signal);
    case 'inspect':
      return await (await import('./commands/inspect.js')).runInspect(command, signal);
    case 'models':
      await (await import('./commands/models.js')).runModels(command);
      break;
    case 'recipe':
      await (await import('./commands/recipe.js')).runRecipe(command, signal);
      break;
  }
  return true;
}

/** Messages may quote names from untrusted files. */
function explain(error: unknown): string {
  const style = styleFor(process.stderr);
  const lines =
    error instanceof JumpfillError
      ? [`${nameFlags(error.message)} [${error.code}]`]
      : traceOf(error).split('\n');
  if (error instanceof UsageError) lines.push(writePointer(process.argv.slice(2)));
  return `${style('red', 'jumpfill:')} ${lines.map(escapeControls).join('\n')}\n`;
}

/** Points to the help of the command. */
function writePointer(argv: readonly string[]): string {
  const command = findCommand(argv);
  return `See jumpfill ${command === undefined ? '' : `${command} `}--help.`;
}

/** A reader may stop reading (`| head`), but the work is still done. A full disk is a failure. */
function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`jumpfill: the report could not be written: ${error.message}.\n`);
    process.exitCode = EXIT.failed;
  });
}

/** Turns errors about typed values (a size, a part, a seed) into usage errors, including those that the library found. */
function readCommand(): Command {
  try {
    return parseCommand(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ValueError) || error instanceof UsageError) throw error;
    throw new UsageError(error.code, error.found, error.remedy, { cause: error });
  }
}

/** Ends this process at a signal, as the kernel does with all but the first one. */
function endAt(name: EndingSignal): void {
  if (isFirstProcess) process.once(name, () => process.exit(SIGNAL_EXITS[name]));
}

/** @param stop  called at the first signal of a name; a second one ends the process at once */
function heedSignals(command: Command, stop: (name: EndingSignal) => void): void {
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    if (!isStoppable(command)) endAt(name);
    else
      process.once(name, () => {
        endAt(name);
        stop(name);
      });
  }
}

/** Does what the arguments of the process ask for, and sets its exit code. */
export async function runCommandLine(): Promise<void> {
  process.exitCode = (await main()) || process.exitCode;
}

async function main(): Promise<number> {
  const abort = new AbortController();
  let interrupted: EndingSignal | undefined;
  try {
    const command = readCommand();
    // init itself watches standard output where it takes a model's bytes.
    if (!(command.kind === 'init' && command.out === STDOUT)) watchOutput();
    heedSignals(command, (name) => {
      interrupted = name;
      abort.abort(new Error(`interrupted by ${name}`));
    });
    const isWell = await run(command, abort.signal);
    return isWell ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (interrupted) {
      const kept = error instanceof InterruptedError ? error.message : 'nothing was left behind';
      process.stderr.write(`jumpfill: interrupted; ${escapeControls(kept)}.\n`);
      return SIGNAL_EXITS[interrupted];
    }
    process.stderr.write(explain(error));
    if (isBadInput(error)) return EXIT.usage;
    return error instanceof JumpfillError && error.code === 'OUTPUT_LOCKED' ? EXIT.locked : EXIT.failed;
  }
}
