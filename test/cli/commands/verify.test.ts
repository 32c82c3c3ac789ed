/** The output of `jumpfill verify`. Arguments and exit codes are tested in cli.test.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { Engine, openCheckpoint, type VerifyReport } from 'jumpfill';
import type { VerifyCommand } from '#built/cli/arguments/command.js';
import { runVerify } from '#built/cli/commands/verify.js';
import { formatVerification } from '#built/cli/output/verification.js';
import { asTerminal } from '../../support/cli.js';
import { makeFolder } from '../../support/folder.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());
afterEach(() => {
  vi.restoreAllMocks();
});

const SPEC = {
  seed: 42,
  tensors: [
    { name: 'w', shape: [10, 10], init: { kind: 'wage', bits: 2 } },
    { name: 'bias', shape: [10], init: { kind: 'zeros' } },
  ],
};

async function writeCheckpoint(): Promise<string> {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  return out;
}

async function setByte(path: string, name: string, byte: number, value: number): Promise<void> {
  const { byteOffset } = (await openCheckpoint(path)).entry(name);
  const bytes = readFileSync(path);
  bytes[byteOffset + byte] = value;
  writeFileSync(path, bytes);
}

async function run(command: Partial<VerifyCommand> & { checkpointPath: string }): Promise<[boolean, string]> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const usual = {
    specPath: undefined,
    like: undefined,
    seed: undefined,
    generator: undefined,
    sample: undefined,
    sampleSeed: undefined,
    tensors: undefined,
  };
  const equal = await runVerify(
    { kind: 'verify', output: 'table', threads: 1, ...usual, ...command },
    new AbortController().signal,
  );
  return [equal, printed];
}

test('an equal checkpoint takes one line', async () => {
  const checkpointPath = await writeCheckpoint();
  const [equal, printed] = await run({ checkpointPath });
  expect(equal).toBe(true);
  expect(printed).toMatch(
    /^\S+m\.safetensors: equal: 110 elements, 440 bytes, [\d.]+ s, [\d.]+ [KMG]?B\/s, 1 thread, seed 42\n$/,
  );
  const [, part] = await run({ checkpointPath, tensors: ['bias'], sample: 0.5 });
  expect(part).toMatch(/10 elements, 40 bytes.*, seed 42, 9\.09 % of all bytes, sample seed \d+\n$/);
});

test('a difference is reported with its first element and the number of differences in each tensor', async () => {
  const checkpointPath = await writeCheckpoint();
  await setByte(checkpointPath, 'bias', 39, 0x80);
  await setByte(checkpointPath, 'bias', 15, 0x3f);
  const [equal, printed] = await run({ checkpointPath });
  expect(equal).toBe(false);
  const [verdict, first, count, ...rest] = printed.split('\n');
  expect(verdict).toMatch(/m\.safetensors: different: 110 elements/);
  expect(first).toMatch(/^ {2}"bias": element 3 is 0\.5, expected 0: byte \d+ of \/.*m\.safetensors$/);
  expect([count, ...rest]).toEqual(['  "bias"  2 elements differ', '']);
  await setByte(checkpointPath, 'w', 0, 0);
  await setByte(checkpointPath, 'w', 1, 0xff);
  expect((await run({ checkpointPath }))[1]).toMatch(
    /"w": element 0, \[0, 0\], is -?[\d.]+, expected -?[\d.]+:/,
  );
  expect((await run({ checkpointPath }))[1]).toMatch(
    /\n {2}"w" {5}1 element differs\n {2}"bias" {2}2 elements differ\n/,
  );
});

test('values that look alike are shown with their bits', async () => {
  const checkpointPath = await writeCheckpoint();
  await setByte(checkpointPath, 'bias', 3, 0x80);
  expect((await run({ checkpointPath }))[1]).toContain('is 0 (0x80000000), expected 0 (0x00000000)');
});

test('--json is the report, --quiet is nothing', async () => {
  const checkpointPath = await writeCheckpoint();
  const [, json] = await run({ checkpointPath, output: 'json', sample: 1 });
  const report = JSON.parse(json) as object;
  expect(report).toMatchObject({
    equal: true,
    seed: '42',
    sampleSeed: expect.stringMatching(/^\d+$/) as string,
  });
  expect(await run({ checkpointPath, output: 'quiet' })).toEqual([true, '']);
  await setByte(checkpointPath, 'bias', 0, 1);
  expect(await run({ checkpointPath, output: 'quiet' })).toEqual([false, '']);
});

test('a spec file says what the checkpoint should be', async () => {
  const checkpointPath = await writeCheckpoint();
  const specPath = join(makeFolder(), 'spec.json');
  writeFileSync(specPath, JSON.stringify({ ...SPEC, seed: 43 }));
  const [equal, printed] = await run({ checkpointPath, specPath });
  expect(equal).toBe(false);
  expect(printed).toMatch(/seed 43\n.*"w": element \d+.*\n {2}"w" {2}\d+ elements differ\n$/);
});

test('metadata that differ, or cannot be compared, are reported', () => {
  const report: VerifyReport = {
    path: '/m',
    equal: false,
    generator: 'torch',
    seed: '1',
    threads: 2,
    checkedElements: 1,
    checkedBytes: 4,
    totalBytes: 4,
    elapsedMs: 1,
    differences: [],
    metadataDifferences: [
      { name: 'w', figure: 'weightScale', stored: 32, expected: 16 },
      { name: 'w', figure: 'step', stored: undefined, expected: 0.5 },
      { name: 'w', figure: 'firstWord', stored: 7, expected: 0 },
    ],
    missing: [],
    unchecked: [],
    warnings: [],
    metadataFault: 'they are not JSON.',
  };
  expect(
    formatVerification(report, (_, text) => text)
      .split('\n')
      .slice(1),
  ).toEqual([
    '  metadata of "w": weight_scale is 32, expected 16',
    '  metadata of "w": step is missing, expected 0.5',
    '  metadata of "w": first_word is 7, expected 0',
    '  metadata: they are not JSON.',
  ]);
});

test('a verification that fails leaves no bar on the terminal', async () => {
  const checkpointPath = await writeCheckpoint();
  const like = join(makeFolder(), 'other.safetensors');
  await engine.writeCheckpoint(
    { tensors: [{ name: 'v', shape: [2], init: { kind: 'ones' } }] },
    { out: like },
  );
  const specPath = join(makeFolder(), 'spec.json');
  writeFileSync(specPath, JSON.stringify({ default: { init: { kind: 'keep' } } }));
  let shown = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += String(text);
    return true;
  });
  await asTerminal(process.stderr, async () => {
    await expect(run({ checkpointPath, specPath, like })).rejects.toThrow('have different tensors');
  });
  expect(shown).toContain('reading headers');
  expect(shown.endsWith('\r\x1b[2K')).toBe(true);
});
