import { join } from 'node:path';
import { expect, test } from 'vitest';
import { functionOf, INIT_KINDS } from '../../../src/domain/recipes/init.js';
import * as jumpfill from 'jumpfill';
import { requireLittleEndian, requireSharedDescriptors } from '../../../src/engine/host/platform.js';
import { CLI, writeSpec } from '../../support/cli.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { evaluate, runProgram } from '../../support/program.js';

test('only a big-endian machine is refused for its byte order', () => {
  expect(() => {
    requireLittleEndian('LE');
  }).not.toThrow();
  expect(() => {
    requireLittleEndian('BE');
  }).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_PLATFORM' }) as Error);
});

test('only Deno is refused for its descriptors', () => {
  const { deno, ...node } = process.versions;
  expect(deno).toBeUndefined();
  expect(() => {
    requireSharedDescriptors('x', node);
    requireSharedDescriptors('x', { ...node, bun: '1.2.3' });
  }).not.toThrow();
  expect(() => {
    requireSharedDescriptors('writeCheckpoint', { ...node, deno: '2.9.6' });
  }).toThrow(
    /^writeCheckpoint needs files that all threads can use; in Deno 2\.9\.6, only .* Run it with Node or Bun\./,
  );
});

/** Exports that neither read nor write bytes of a tensor. */
const PURE = [
  ...[
    'InitError',
    'JumpfillError',
    'NotImplementedError',
    'TorchGenerator',
    'ValueError',
    'parsePart',
    'scaleLimit',
    'wageLimits',
  ],
  ...INIT_KINDS.map(functionOf),
];

test('on a big-endian machine exactly the functions that touch bytes of tensors are refused', () => {
  const program = `
    import * as jumpfill from 'jumpfill';
    const { Engine, SharedTensor } = jumpfill;
    const calls = {
      Engine: () => new Engine(),
      SharedTensor: () => SharedTensor.empty([1]),
      TorchGenerator: () => new jumpfill.TorchGenerator(1).getState(),
      parsePart: () => jumpfill.parsePart('1/2'),
      scaleLimit: () => jumpfill.scaleLimit({}, 1, 2),
      wageLimits: () => jumpfill.wageLimits([2, 2], 2),
      uniform: () => jumpfill.uniform({ low: 0, high: 1 }),
      constant: () => jumpfill.constant({ value: 1 }),
      integers: () => jumpfill.integers({ low: 0, high: 9 }),
      logUniform: () => jumpfill.logUniform({ low: 1, high: 2 }),
      bernoulli: () => jumpfill.bernoulli({ p: 0.5 }),
      sparse: () => jumpfill.sparse({ sparsity: 0.5 }),
      values: () => jumpfill.values({ values: [1] }),
      wage: () => jumpfill.wage({ bits: 2 }),
      wageVarianceScaling: () => jumpfill.wageVarianceScaling({ bits: 2 }),
      streamCheckpoint: () => jumpfill.streamCheckpoint({}).next(),
      streamCheckpointFiles: () => jumpfill.streamCheckpointFiles({}).next(),
      InitError: () => new jumpfill.InitError('BAD_NAME', '', ''),
      JumpfillError: () => new jumpfill.JumpfillError('BAD_NAME', '', ''),
      ValueError: () => new jumpfill.ValueError('BAD_NAME', '', ''),
      NotImplementedError: () => new jumpfill.NotImplementedError('', ''),
      openCheckpoint: () => jumpfill.openCheckpoint('x'),
      mergeCheckpoint: () => jumpfill.mergeCheckpoint({ out: 'x' }),
      wrap: () => SharedTensor.wrap(new SharedArrayBuffer(4), [1]),
    };
    const codes = {};
    for (const name of new Set([...Object.keys(jumpfill), ...Object.keys(calls)])) {
      try {
        await (calls[name] ?? (() => jumpfill[name]({}, {}, {})))();
        codes[name] = 'none';
      } catch (error) {
        codes[name] = error.code ?? String(error);
      }
    }
    console.log(JSON.stringify(codes));`;
  const { stdout, stderr } = evaluate(program, 'big-endian');
  expect(stderr).toBe('');
  const names = [...Object.keys(jumpfill), 'wrap'];
  const expected = names.map((name) => [name, PURE.includes(name) ? 'none' : 'UNSUPPORTED_PLATFORM']);
  expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected));
});

const SPEC = { seed: 1, default: { init: { kind: 'zeros' } }, tensors: [{ name: 'a', shape: [4] }] };

test('on a big-endian machine every command that reads or writes a checkpoint is refused, and nothing is written', () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), SPEC);
  const out = join(folder, 'm.safetensors');
  const commands = [
    ['init', spec, '--out', out],
    ['init', spec, '--out', '-'],
    ['plan', spec],
    ['merge', out],
    ['verify', out],
    ['inspect', out],
    ['recipe', out],
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = runProgram([CLI, ...command], 'big-endian');
    expect({ command, code, stdout }).toEqual({ command, code: 1, stdout: '' });
    expect(stderr).toMatch(/^jumpfill: This processor .*big-endian.* \[UNSUPPORTED_PLATFORM\]\n$/);
  }
  expect(listFolder(folder)).toEqual([]);
  expect(runProgram([CLI, '--version'], 'big-endian')).toMatchObject({ code: 0, stderr: '' });
  expect(runProgram([CLI, 'schema'], 'big-endian')).toMatchObject({ code: 0, stderr: '' });
});

test('in Deno commands whose threads share files are refused before anything is written, and the rest works', () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), SPEC);
  const out = join(folder, 'm.safetensors');
  const deno = { VERSIONS: JSON.stringify({ deno: '2.9.6' }) };
  for (const command of [
    ['init', spec, '--out', out],
    ['verify', out],
    ['inspect', out],
  ]) {
    const { code, stderr } = runProgram([CLI, ...command], 'other-versions', deno);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      / needs files that all threads can use; in Deno 2\.9\.6, .* \[UNSUPPORTED_PLATFORM\]\n$/,
    );
  }
  expect(listFolder(folder)).toEqual([]);
  for (const command of [
    ['init', spec, '--out', '-'],
    ['plan', spec],
  ]) {
    expect(runProgram([CLI, ...command], 'other-versions', deno)).toMatchObject({ code: 0 });
  }
});
