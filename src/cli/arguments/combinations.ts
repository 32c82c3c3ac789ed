/**
 * Options that cannot be combined: refused, because one of them would be ignored.
 * @module
 */
import { usageError, type Values } from './argv.js';
import { STDOUT, type CommandName } from './commands.js';
import { describeOption, OPTION_NAMES, type OptionName } from './options.js';

/** The second would undo what the first asks for. */
const CONTRADICTIONS: readonly (readonly [OptionName, OptionName])[] = [
  ['quiet', 'json'],
  ['quiet', 'checksum'],
  ['wait', 'take-over'],
];

interface Requirement {
  readonly option: OptionName;
  readonly needs: OptionName;
  /** The only command that requires it; undefined: every command. */
  readonly command?: CommandName;
  /** What is possible with --from, which takes no --like. */
  readonly besideFrom?: string;
}

const REQUIREMENTS: readonly Requirement[] = [
  { option: 'sample-seed', needs: 'sample' },
  {
    option: 'init',
    needs: 'like',
    besideFrom:
      'Leave out --init: --from takes each initialiser from the checkpoint. Or pass --like in place of --from.',
  },
  {
    option: 'with-config',
    needs: 'like',
    besideFrom:
      'Leave out --with-config, and copy config.json and the tokenizer yourself; or pass --like in place of --from, with rules or --init.',
  },
  { option: 'seed', needs: 'like', command: 'recipe' },
  { option: 'generator', needs: 'like', command: 'recipe' },
  { option: 'force', needs: 'html', command: 'inspect' },
  { option: 'generator', needs: 'spec', command: 'verify' },
  { option: 'generator', needs: 'spec', command: 'inspect' },
];

/** @throws {UsageError} BAD_OPTION */
export function checkCombination(command: CommandName, values: Values): void {
  refuseStdout(command, values);
  const isGiven = (name: OptionName): boolean => values[name] !== undefined && values[name] !== false;
  const contradiction = CONTRADICTIONS.find((options) => options.every(isGiven));
  if (contradiction !== undefined) {
    const [one, other] = contradiction;
    throw usageError(`${command}: --${one} cannot be combined with --${other}.`, 'Leave one of them out.');
  }
  const unmet = REQUIREMENTS.find(
    ({ option, needs, command: only = command }) => only === command && isGiven(option) && !isGiven(needs),
  );
  if (unmet === undefined) return;
  const { option, needs, besideFrom } = unmet;
  if (besideFrom !== undefined && isGiven('from'))
    throw usageError(`${command}: --${option} goes with --${needs}, which --from does not take.`, besideFrom);
  throw usageError(`${command}: --${option} needs --${needs}.`, 'Pass both, or neither.');
}

function refuseStdout(command: CommandName, values: Values): void {
  if (values.html === STDOUT)
    throw usageError(`${command}: --html takes a file, not "-".`, 'Name one: --html FILE.html');
  if (values.out !== STDOUT) return;
  if (command === 'plan') {
    const found = 'plan: --out - is standard output, where init would write no file.';
    throw usageError(found, 'Leave out --out, or name a file.');
  }
  const option = OPTION_NAMES.find((name) => describeOption(name).forFiles && values[name] !== undefined);
  if (option === undefined) return;
  throw usageError(
    `${command}: --${option} is for files, and --out - is standard output.`,
    `Leave out --${option}, or name a file.`,
  );
}
