import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../bench/arguments.js';

const NAMES = ['kernels', 'threads', 'peers'];
const QUESTIONS = [...NAMES.map((name) => ({ name })), { name: 'large', isOnRequest: true }];
const parse = (...argv: string[]): ReturnType<typeof parseCommand> => parseCommand(argv, QUESTIONS);

test('without a name every question is asked that is not on request', () => {
  expect(parse()).toMatchObject({ kind: 'run', names: NAMES, isJson: false, isQuick: false });
  expect(parse('large')).toMatchObject({ kind: 'run', names: ['large'] });
  expect(parse('threads', '--json', '--quick', '--out', 'x')).toMatchObject({
    names: ['threads'],
    isJson: true,
    isQuick: true,
    outFolder: 'x',
  });
});

test('model takes a spec', () => {
  expect(parse('model', 'a.json')).toMatchObject({ kind: 'run', specPath: 'a.json' });
});

test('--list and --help ask nothing', () => {
  expect(parse('--list')).toEqual({ kind: 'list' });
  expect(parse('kernels', '--help')).toEqual({ kind: 'help' });
});

describe('a slip is named, with what there is', () => {
  test.each([
    [
      ['kernel'],
      /no bench "kernel".*Did you mean "kernels"\? Known: kernels, threads, peers, large, model\./,
    ],
    [['warp'], /no bench "warp".*Known: kernels, threads, peers, large, model\./],
    [['--fast'], /--fast/],
    [['model'], /model: no spec/],
    [['model', 'a.json', 'b.json'], /"b.json" is too much/],
    [['kernels', '--install'], /--install is about the peers/],
  ])('%j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });
});
