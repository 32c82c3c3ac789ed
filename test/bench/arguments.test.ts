/** The bench's command line, over a table of questions made up for it. */
import { describe, expect, test } from 'vitest';
import { formatHelp, parseCommand, type Command } from '../../bench/arguments.js';
import type { Question } from '../../bench/questions.js';

const ask = (name: string, rest: Partial<Question> = {}): Question => ({
  ...{ name, group: 'kernels', asks: `What about ${name}?` },
  ...rest,
});
const USUAL = ['kernels', 'threads', 'peers'];
const QUESTIONS = [
  ...USUAL.map((name) => ask(name)),
  ask('large', { isOnRequest: true }),
  ask('model', { isOnRequest: true, parameter: 'SPEC.json' }),
];
const parse = (...argv: string[]): Command => parseCommand(argv, QUESTIONS);

function asked(...argv: string[]): readonly string[] {
  const command = parse(...argv);
  return command.kind === 'run' ? command.asked.map(({ question }) => question.name) : [];
}

test('without a name every question is asked, except those on request', () => {
  expect(asked()).toEqual(USUAL);
  expect(asked('large')).toEqual(['large']);
  expect(asked('threads', 'kernels')).toEqual(['threads', 'kernels']);
});

test('options belong to a run', () => {
  expect(parse()).toMatchObject({ kind: 'run', isJson: false, isQuick: false, installsPeers: false });
  expect(parse('threads', '--json', '--quick', '--out', 'x')).toMatchObject({
    isJson: true,
    isQuick: true,
    outFolder: 'x',
  });
  expect(parse('peers', '--install')).toMatchObject({ installsPeers: true });
});

test('a question with a parameter takes it and stands alone', () => {
  expect(parse('model', 'a.json')).toMatchObject({
    asked: [{ question: { name: 'model' }, parameter: 'a.json' }],
  });
});

test('targets, tables, --list and --help ask nothing', () => {
  for (const kind of ['targets', 'tables'])
    expect(parse(kind, '--out', 'x')).toEqual({ kind, outFolder: 'x' });
  expect(parse('--list')).toEqual({ kind: 'list' });
  expect(parse('kernels', '--help')).toEqual({ kind: 'help' });
});

test('help has every question with its sentence, and marks those on request', () => {
  const help = formatHelp(QUESTIONS);
  for (const { name, asks } of QUESTIONS)
    expect(help).toMatch(new RegExp(`^  ${name}.* ${asks.slice(0, -1)}`, 'm'));
  expect(help).toMatch(/^  large +What about large\? \(only if named\)$/m);
  expect(help).toMatch(/^  model SPEC\.json +What about model\?/m);
});

describe('a mistake is named, with the known names', () => {
  test.each([
    [
      ['kernel'],
      /"kernel" is not a question.*Did you mean "kernels"\? Known: kernels, threads, peers, large, model, targets, tables\./,
    ],
    [['warp'], /"warp" is not a question.*Known: kernels, threads, peers, large, model, targets, tables\./],
    [['--fast'], /--fast/],
    [['model'], /model: SPEC\.json is missing/],
    [['model', 'a.json', 'b.json'], /model takes one argument, not also "b\.json"/],
    [['kernels', 'model'], /model is asked on its own/],
    [['kernels', '--install'], /--install installs peers only/],
  ])('%j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });
});
