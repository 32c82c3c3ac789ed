/** The campaign against torch: a recording of its answers everywhere, and torch itself where there is one. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INIT_KINDS } from '../../src/domain/recipes/init.js';
import { makeFolder } from '../support/folder.js';
import { runProgram } from '../support/program.js';
import { isThorough } from '../support/thorough.js';
import { TORCH_DTYPES } from '../support/torch-calls.js';
import { compareElements } from './compare-elements.mjs';

const RECORDING = 'test/vectors/torch_calls.json';
const MAIN = 'test/torch/main.mjs';

interface Recording {
  readonly sequences: readonly {
    readonly steps: readonly { readonly kind?: string; readonly dtype?: string }[];
  }[];
  readonly answers: { sha256?: string; state?: string; refused?: string }[];
}

const readRecording = (): Recording => JSON.parse(readFileSync(RECORDING, 'utf8')) as Recording;

test('two hundred calls, states between them included, give the bits that torch gave', () => {
  const { code, stdout } = runProgram([MAIN, '--recorded', RECORDING]);
  expect(stdout).toMatch(/^20\d calls in \d+ sequences/m);
  expect(stdout).toMatch(/^differences: 0$/m);
  expect(code).toBe(0);
});

test('among them are all dtypes, and the kinds that torch draws with one call', () => {
  const steps = readRecording().sequences.flatMap((sequence) => sequence.steps);
  expect(new Set(steps.map(({ dtype }) => dtype))).toEqual(new Set([...TORCH_DTYPES, undefined]));
  const kinds = INIT_KINDS.filter((kind) =>
    /^(wage|uniform|normal|truncated_normal|(kaiming|xavier)_\w+)$/.test(kind),
  );
  expect(steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds));
});

test.each(['sha256', 'state'] as const)(
  'another %s in an answer is a difference, and is printed with its call',
  (key) => {
    const recording = readRecording();
    const answer = recording.answers.find((candidate) => candidate.sha256 !== undefined);
    if (answer !== undefined) answer[key] = 'something else';
    const path = join(makeFolder(), 'recording.json');
    writeFileSync(path, JSON.stringify(recording));
    const { code, stdout } = runProgram([MAIN, '--recorded', path]);
    expect(stdout).toMatch(
      /^call \d+: the (?:elements of|state after) \{"do":"fill".*"torch":"something else"/m,
    );
    expect(stdout).toMatch(/^differences: 1$/m);
    expect(code).toBe(1);
  },
);

test('without torch the campaign says so and does nothing', () => {
  const { code, stdout } = runProgram([MAIN], undefined, { JUMPFILL_PYTHON: 'no-such-python' });
  expect(stdout).toBe(
    'skipped: no-such-python has no torch; JUMPFILL_PYTHON names an interpreter that has it\n',
  );
  expect(code).toBe(0);
});

const python = process.env['JUMPFILL_PYTHON'] ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;

test.skipIf(!hasTorch)('torch itself agrees, where Python has it', () => {
  const { code, stdout } = runProgram([
    MAIN,
    ...(isThorough ? [] : ['--calls', '150', '--elements', '2000']),
  ]);
  expect(stdout).toMatch(/^differences: 0$/m);
  expect(code).toBe(0);
});

test('the first element that differs is found, and distances in units in the last place cross zero', () => {
  const bytes = (...values: readonly number[]): Uint8Array =>
    new Uint8Array(Float64Array.from(values).buffer);
  expect(compareElements('float64', bytes(1, 2), bytes(1, 2))).toBeUndefined();
  const next = 1 + Number.EPSILON;
  expect(compareElements('float64', bytes(3, 1, 1), bytes(3, next, 1))).toEqual({
    ...{ element: 1, count: 1, ulps: 1 },
    ...{ here: '3ff0000000000000', torch: '3ff0000000000001' },
  });
  const { MIN_VALUE } = Number;
  expect(compareElements('float64', bytes(-MIN_VALUE, 7), bytes(MIN_VALUE, 7))).toMatchObject({
    element: 0,
    ulps: 2,
  });
  const halves = (...bits: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer);
  expect(compareElements('float16', halves(0x3c00, 0x3c00), halves(0x3c01, 0x3bfe))).toMatchObject({
    count: 2,
    ulps: 2,
  });
});
