/** Which kernels are chosen. In processes of their own: what was tried, found and warned of is remembered for life. */
import { expect, test } from 'vitest';
import { evaluate } from '../../support/program.js';

const IMPORTS = `import { chooseKernels, warnOfFallback } from './dist/src/engine/choice/kernel-choice.js';`;

/** Every division of the transforms is a multiplication. */
const WRONG_TRANSFORMS = `
  import fs from 'node:fs';
  const { readFileSync } = fs;
  fs.readFileSync = (...parameters) => {
    const bytes = readFileSync(...parameters);
    if (!/transforms\\.wasm$/.test(String(parameters[0]))) return bytes;
    const division = Buffer.from([0xfd, 0xe7, 0x01]);
    for (let at = bytes.indexOf(division); at >= 0; at = bytes.indexOf(division)) bytes[at + 1] = 0xe6;
    return bytes;
  };`;

/** A Node that has a revectorizer, and a trial process that ends like this. */
const trialThat = (end: object): string => `
  import childProcess from 'node:child_process';
  Object.defineProperty(process, 'versions', { value: { ...process.versions, v8: '13.6' } });
  childProcess.spawnSync = () => (${JSON.stringify({ status: null, signal: null, stderr: '', ...end })});`;

interface Outcome {
  readonly names: string[];
  readonly warnings: string[];
}

/** @param program  prints JSON last */
function run(program: string): Outcome {
  const { code, stdout, stderr } = evaluate(`${IMPORTS} ${program}`);
  expect(code, stderr).toBe(0);
  const warnings = stderr.split('\n').filter((line) => line.includes('JUMPFILL_SLOW_KERNELS'));
  return { names: JSON.parse(stdout.split('\n').at(-2) ?? '') as string[], warnings };
}

interface Choice {
  readonly simd?: boolean;
  readonly revectorize?: boolean;
  /** @defaultValue those that are usual */
  readonly families?: readonly string[];
}

/** The kernels of each choice, one after another, and what was warned of. */
function choose(choices: readonly Choice[], circumstances = ''): Outcome {
  const asked = choices.map((choice) => ({ simd: true, revectorize: false, ...choice }));
  return run(`
    ${circumstances}
    const choices = ${JSON.stringify(asked)};
    const names = choices.map(({ families, ...choice }) => chooseKernels(choice, families).name);
    console.log(JSON.stringify(names));`);
}

test('SIMD is chosen without a word, and tries no revectorizer; the specification is, where it is asked for', () => {
  const choices = [{}, { simd: false, revectorize: true }, { families: ['normal', 'float16'] }];
  expect(choose(choices)).toEqual({ names: ['simd', 'specification', 'simd'], warnings: [] });
});

test('whoever names no family gets what is true of the usual ones, before anything was drawn', () => {
  const { names, warnings } = choose([{}], WRONG_TRANSFORMS);
  expect(names).toEqual(['specification']);
  expect(warnings).toEqual([expect.stringMatching(/simd kernels.*truncated_normal.*scalar kernels/)]);
});

test('jobs with a family that is wrong get the specification, others do not, and it is warned of once', () => {
  const uniform = { families: ['uniform'] };
  const both = { families: ['uniform', 'truncated_normal'] };
  const { names, warnings } = choose([uniform, both, uniform, both], WRONG_TRANSFORMS);
  expect(names).toEqual(['simd', 'specification', 'simd', 'specification']);
  expect(warnings).toHaveLength(1);
});

test('a file that cannot be read when a family first needs it leaves the others as they are', () => {
  const { names, warnings } = choose(
    [{ families: ['uniform', 'comparisons'] }, { families: ['uniform'] }],
    `import fs from 'node:fs';
    const { readFileSync } = fs;
    fs.readFileSync = (...parameters) => {
      if (String(parameters[0]).endsWith('comparisons.wasm')) throw new Error('EIO: i/o error, read');
      return readFileSync(...parameters);
    };`,
  );
  expect(names).toEqual(['specification', 'simd']);
  expect(warnings).toEqual([expect.stringContaining('cannot be used: EIO: i/o error, read. Same bytes')]);
});

test.each([
  [
    'reports an error',
    { status: 1, stderr: 'file:1\n\nError: no room for code.\n    at x' },
    'no room for code',
  ],
  ['is ended', { signal: 'SIGABRT' }, 'the trial process ended with SIGABRT'],
  ['says nothing', { status: 7 }, 'the trial process ended with code 7'],
  ['does not begin', { error: { message: 'spawn EAGAIN' } }, 'the trial process: spawn EAGAIN'],
])('a trial process that %s leaves the plain SIMD kernels, with the reason', (_, end, reason) => {
  const { names, warnings } = choose([{ revectorize: true }, { revectorize: true }], trialThat(end));
  expect(names).toEqual(['simd', 'simd']);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(
    `simd-revectorized kernels of jumpfill cannot be used: ${reason}. Same bytes`,
  );
  expect(warnings[0]).toContain('the plain SIMD kernels are used instead');
});

test('a trial process that ends well lets this process compile as it did', () => {
  const { names, warnings } = choose([{ revectorize: true, families: [] }], trialThat({ status: 0 }));
  expect(names).toEqual(['simd-revectorized']);
  expect(warnings).toEqual([]);
});

test('kernels that cannot be set up on threads are warned of once, whatever each thread says', () => {
  const { warnings } = run(`
    warnOfFallback('simd', undefined);
    for (const thread of [1, 2, 3]) warnOfFallback('simd', 'no room on thread ' + thread + '.');
    console.log('[]');`);
  expect(warnings).toEqual([
    expect.stringMatching(/simd kernels .* cannot be used on a thread: no room on thread 1\. Same bytes/),
  ]);
});
