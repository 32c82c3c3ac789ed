/**
 * Options that mean nothing together: refused, since one of them would be ignored.
 * @module
 */
import { usageError, type Values } from './argv.js';
import { STDOUT, type CommandName } from './commands.js';
import { describeOption, OPTION_NAMES } from './options.js';

/** @throws {ValueError} BAD_OPTION */
export function checkCombination(command: CommandName, values: Values): void {
  refuseStdout(command, values);
  if (values.quiet && (values.checksum ?? values.json)) {
    throw usageError(
      `${command}: --quiet prints nothing, not even what --checksum or --json asks for.`,
      'Leave one of them out.',
    );
  }
  if (values.wait !== undefined && values['take-over']) {
    throw usageError(
      `${command}: --wait waits for whoever holds the output, and --take-over does not.`,
      'Leave one of them out.',
    );
  }
  if (values['sample-seed'] !== undefined && values.sample === undefined)
    throw usageError(`${command}: there is a --sample-seed, and no --sample.`, 'Pass both, or none.');
  if (command === 'inspect' && values.force && values.html === undefined) {
    throw usageError(
      'inspect: --force replaces the page of --html, and there is no --html.',
      'Pass both, or none.',
    );
  }
  if (values.html === STDOUT)
    throw usageError(`${command}: --html takes a file, and "-" is none.`, 'Name it: --html FILE.html');
}

/** Standard output is one stream: no file to replace, to go on with, or to sum up. */
function refuseStdout(command: CommandName, values: Values): void {
  if (values.out !== STDOUT) return;
  if (command === 'plan') {
    const found = 'plan: --out - is standard output, where init would write no file.';
    throw usageError(found, 'Leave --out out, or name a file.');
  }
  const option = OPTION_NAMES.find((name) => describeOption(name).ofFiles && values[name] !== undefined);
  if (option === undefined) return;
  throw usageError(
    `${command}: --${option} is of files, and --out - is standard output.`,
    `Leave --${option} out, or name a file.`,
  );
}
