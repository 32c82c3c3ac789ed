/** Verifying kept tensors: with the checkpoint that they were kept of they are compared, without it they are named. */
import fs, { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { runInit } from '#built/cli/commands/init.js';
import { formatVerification } from '#built/cli/output/verification.js';
import { findKept } from '#built/storage/read/kept-tensors.js';
import { parseRecipe } from '#built/storage/format/recipe-metadata.js';
import { restoreCalls } from '../../support/failing-calls.js';
import { failureOf } from '../../support/failure.js';
import { makeFolder } from '../../support/folder.js';
import { saveSource, type RandomTensor } from '../../support/random-source.js';
import { readSafetensors } from '../../support/safetensors.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

const MODEL: readonly RandomTensor[] = [
  { name: 'first', dtype: 'F32', shape: [600, 600] },
  { name: 'second', dtype: 'I16', shape: [700, 800] },
  { name: 'packed', dtype: 'F4', shape: [8, 8] },
  { name: 'head', dtype: 'F32', shape: [10, 10] },
];
const SPEC = {
  seed: 7,
  default: { init: { kind: 'keep' } },
  rules: [
    { match: 'head', init: { kind: 'normal', std: 0.02 } },
    { match: 'second', rename: 'renamed', init: { kind: 'keep' } },
  ],
};

let like = '';
let path = '';

beforeEach(async () => {
  like = saveSource(MODEL, 2);
  path = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { like, out: path });
});

/** Writes other bytes over an element of a tensor. */
async function change(file: string, name: string, byte: number, bytes: readonly number[]): Promise<void> {
  const { byteOffset } = (await openCheckpoint(file)).entry(name);
  const content = readFileSync(file);
  content.set(bytes, byteOffset + byte);
  writeFileSync(file, content);
}

test('the first element that differs is reported with both values, as for drawn tensors', async () => {
  const { value } = await elementOf('renamed', 700);
  await change(path, 'renamed', 1400, [1, 2]);
  await change(path, 'renamed', 1403, [0xff, 0xff, 0xff]);
  const report = await engine.verifyCheckpoint(path, { like });
  expect(report).toMatchObject({ equal: false, unchecked: [], differences: [{ name: 'renamed' }] });
  const [difference] = report.differences;
  expect(difference?.first).toMatchObject({
    element: 700,
    index: [0, 700],
    expected: { value },
    found: { value: 0x201, bits: '0x0201' },
  });
  expect(difference?.differing).toBeGreaterThan(1);
});

async function elementOf(name: string, element: number): Promise<{ readonly value: number }> {
  const { data } = await (await openCheckpoint(path)).read(name, element, element + 1);
  return { value: Number(data[0]) };
}

test('elements below 8 bits are counted one by one', async () => {
  const { begin, data } =
    readSafetensors(path).tensors.find(({ name }) => name === 'packed') ?? expect.fail('none');
  const bytes = readFileSync(path);
  bytes[begin + 5] = (data[5] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
  expect(await engine.verifyCheckpoint(path, { like })).toMatchObject({
    equal: false,
    differences: [{ name: 'packed', differing: 1, first: { element: 11 } }],
  });
});

test('without the source the others are compared, and a warning says how many were not', async () => {
  await change(path, 'first', 5000, [1]);
  const report = await engine.verifyCheckpoint(path);
  // The packed one has 32 bytes: their hash tells all of it.
  expect(report).toMatchObject({ equal: true, checkedElements: 100 + 64, checkedBytes: 400 + 32 });
  expect([...report.unchecked].sort()).toEqual(['first', 'renamed']);
  expect(report.warnings).toEqual([
    '2 kept tensors were compared at the first and last 4096 bytes only. Pass `like` with the checkpoint that they were kept of to compare them whole.',
  ]);
  expect(formatVerification(report, (_, text) => text)).toMatch(/: equal: 164 elements[^\n]*$/);
  await change(path, 'head', 0, [1]);
  expect(await engine.verifyCheckpoint(path)).toMatchObject({
    equal: false,
    differences: [{ name: 'head' }],
  });
});

test('without the source the first and last bytes of a kept tensor are compared with their recorded hash', async () => {
  for (const [name, byte] of [
    ['first', 0],
    ['renamed', 700 * 800 * 2 - 1],
    ['packed', 5],
  ] as const) {
    const written = readFileSync(path);
    const { byteOffset } = (await openCheckpoint(path)).entry(name);
    await change(path, name, byte, [(written[byteOffset + byte] ?? 0) ^ 1]);
    const report = await engine.verifyCheckpoint(path);
    expect(report).toMatchObject({
      equal: false,
      differences: [],
      metadataDifferences: [{ name, figure: 'sample' }],
    });
    expect(formatVerification(report, (_, text) => text)).toContain(
      `"${name}": its bytes are not those that were kept`,
    );
    writeFileSync(path, written);
  }
});

test('a checkpoint of which nothing can be compared whole is called unchecked', async () => {
  const large = saveSource(MODEL.slice(0, 2), 1);
  const all = join(makeFolder(), 'all.safetensors');
  const spec = { seed: 1, default: { init: { kind: 'keep' } } };
  await engine.writeCheckpoint(spec, { like: large, out: all });
  const report = await engine.verifyCheckpoint(all);
  expect(report).toMatchObject({ equal: true, checkedElements: 0, unchecked: ['first', 'second'] });
  expect(formatVerification(report, (_, text) => text)).toContain(': unchecked: 0 elements');
  const { byteOffset } = (await openCheckpoint(all)).entry('second');
  await change(all, 'second', 1, [(readFileSync(all)[byteOffset + 1] ?? 0) ^ 1]);
  const changed = await engine.verifyCheckpoint(all);
  expect([changed.equal, changed.unchecked]).toEqual([false, ['first']]);
  expect(changed.warnings[0]).toMatch(/^1 kept tensor was compared at the first and last 4096 bytes only\./);
});

test('samples and chosen tensors are checked in the source, too', async () => {
  const sampled = await engine.verifyCheckpoint(path, { like, sample: 0.5, sampleSeed: 1 });
  expect(sampled).toMatchObject({ equal: true, unchecked: [] });
  expect(sampled.checkedElements).toBeLessThan(920_164);
  const chosen = await engine.verifyCheckpoint(path, { tensors: ['renamed', 'head'] });
  expect(chosen.unchecked).toEqual(['renamed']);
  await change(path, 'first', 0, [1]);
  expect(await engine.verifyCheckpoint(path, { like, tensors: ['renamed'] })).toMatchObject({
    equal: true,
    checkedElements: 560_000,
    unchecked: [],
  });
});

/** A copy that says nothing of what its tensors are. */
function withoutMetadata(whole: string): string {
  const bare = join(makeFolder(), 'bare.safetensors');
  const file = readFileSync(whole);
  const length = Number(file.readBigUInt64LE(0));
  const entries = Object.entries(JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<string, unknown>);
  const json = JSON.stringify(Object.fromEntries(entries.filter(([name]) => name !== '__metadata__')));
  file.write(json.padEnd(length), 8);
  writeFileSync(bare, file);
  return bare;
}

test('a spec says what is kept where the metadata do not', async () => {
  expect(await engine.verifyCheckpoint(withoutMetadata(path), { like, spec: SPEC })).toMatchObject({
    equal: true,
    unchecked: [],
  });
});

describe('a source', () => {
  test('with another header and the same bytes is compared, with a warning', async () => {
    const other = saveSource(MODEL, 1);
    const report = await engine.verifyCheckpoint(path, { like: other });
    expect(report).toMatchObject({ equal: true, unchecked: [] });
    expect(report.warnings).toEqual([
      expect.stringContaining('its header is another. The bytes are compared all the same'),
    ]);
  });

  test('that was trained further differs', async () => {
    const other = saveSource(MODEL, 2, makeFolder(), 'further');
    const { equal, differences } = await engine.verifyCheckpoint(path, { like: other });
    expect([equal, differences.map(({ name }) => name).sort()]).toEqual([
      false,
      ['first', 'packed', 'renamed'],
    ]);
  });

  test('is refused if it lacks a tensor, has another shape, or is of no use', async () => {
    const lacking = saveSource(MODEL.slice(1));
    expect(await failureOf(engine.verifyCheckpoint(path, { like: lacking }))).toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining('has no tensor "first"') as string,
    });
    const reshaped = saveSource(MODEL.map((tensor) => ({ ...tensor, shape: [...tensor.shape].reverse() })));
    expect((await failureOf(engine.verifyCheckpoint(path, { like: reshaped }))).message).toMatch(
      /Tensor "renamed" is to be kept as I16 \[700,800\], but is I16 \[800,700\] in/,
    );
    const drawn = join(makeFolder(), 'drawn.safetensors');
    await engine.writeCheckpoint(
      { tensors: [{ name: 'w', shape: [3], init: { kind: 'zeros' } }] },
      { out: drawn },
    );
    const useless = await failureOf(engine.verifyCheckpoint(drawn, { like }));
    expect(useless.code).toBe('BAD_OPTION');
    expect(useless.message).toContain('and no tensor is kept. Leave it out');
  });

  test.each([
    ['hf:meta/Llama@0123abc', 'Run `hf download meta/Llama --revision 0123abc`'],
    ['https://example.org/m.safetensors', 'Download the checkpoint, and pass its path.'],
  ])('that is remote is refused, with the way: %s', async (label, remedy) => {
    const remote = {
      label,
      localPath: undefined,
      openFiles: () => expect.fail('headers are not asked for'),
      readBeside: () => expect.fail('no file is asked for'),
      listBeside: () => expect.fail('no list is asked for'),
    };
    const sought = [{ name: 'w', nameThere: 'w', shape: [1], dtype: 'float32' }] as const;
    const { code, message } = await failureOf(findKept(remote, sought));
    expect(code).toBe('BAD_SPEC');
    expect(message).toContain(`of ${label} headers alone are read. ${remedy}`);
  });
});

test('keeping needs a source: without one the run is refused, and the message names the option', async () => {
  const spec = { tensors: [{ name: 'w', shape: [3], init: { kind: 'keep' } }] };
  const out = join(makeFolder(), 'm.safetensors');
  const { code, message } = await failureOf(engine.writeCheckpoint(spec, { out }));
  expect([code, message]).toEqual([
    'BAD_SPEC',
    'Tensor "w" is to be kept, but of no checkpoint. Pass the checkpoint that has the bytes as `like`.',
  ]);
  const more = ['x', 'y'].map((name) => ({ name, shape: [1], init: { kind: 'keep' } }));
  const several = engine.writeCheckpoint({ tensors: [...spec.tensors, ...more] }, { out });
  expect((await failureOf(several)).message).toContain('Tensor "w", and 2 more are to be kept, but of no');
});

test('init --from is refused where tensors are kept, with the way', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const out = join(makeFolder(), 'm.safetensors');
  const command = { kind: 'init', out, from: path, output: 'quiet', resume: false } as never;
  const { code, message } = await failureOf(runInit(command, new AbortController().signal));
  vi.restoreAllMocks();
  expect(code).toBe('BAD_SPEC');
  expect(message).toContain('has 3 kept tensors: ');
  expect(message).toContain('jumpfill recipe CHECKPOINT > spec.json');
});

describe('metadata', () => {
  const recordOf = (tensor: object): string =>
    JSON.stringify({ byte_contract: 1, seed: '1', tensors: { w: tensor } });
  const KEPT = { of: 'a.safetensors', header: 'a'.repeat(64), sample: 'b'.repeat(32) };
  const read = (tensor: object): unknown =>
    parseRecipe(recordOf(tensor), new Set(['w'])).recipe.tensors.get('w');

  test('say what a tensor was kept of', () => {
    const init = { kind: 'keep' };
    expect(read({ init, kept: KEPT })).toEqual({ init, facts: {}, kept: KEPT });
    expect(read({ init, kept: { ...KEPT, name: 'v' } })).toMatchObject({ kept: { name: 'v' } });
  });

  test.each([
    ['keep without a source', { init: { kind: 'keep' } }, 'kept is missing'],
    ['a source without keep', { init: { kind: 'zeros' }, kept: KEPT }, 'for a tensor of kind keep'],
    ['a path', { init: { kind: 'keep' }, kept: { ...KEPT, of: '../a' } }, 'is not the name of a file'],
    ['no hash', { init: { kind: 'keep' }, kept: { ...KEPT, header: 'A'.repeat(64) } }, 'is not a hash of 64'],
    ['a short sample', { init: { kind: 'keep' }, kept: { ...KEPT, sample: 'b' } }, 'is not a hash of 32'],
    ['no header', { init: { kind: 'keep' }, kept: { of: 'a', sample: KEPT.sample } }, 'header is missing'],
  ])('with %s are refused', (_, tensor, message) => {
    expect(() => read(tensor)).toThrow(message);
  });
});

test('a tied tensor is compared with what the source has by the name of the other', async () => {
  const rules = [{ match: '*', init: { kind: 'keep' } }];
  const tensors = [
    { name: 'first', shape: [600, 600] },
    { name: 'tie', shape: [600, 600], same_as: 'first' },
  ];
  const spec = { seed: 1, rules, tensors };
  const tied = join(makeFolder(), 'tied.safetensors');
  await engine.writeCheckpoint(spec, { like, out: tied });
  const bare = withoutMetadata(tied);
  for (const [file, given] of [
    [tied, undefined],
    [tied, spec],
    [bare, spec],
  ] as const) {
    const report = await engine.verifyCheckpoint(file, { like, spec: given });
    expect(report).toMatchObject({ equal: true, checkedElements: 720_000, unchecked: [] });
  }
});

test('when it has ended, no file is open', async () => {
  const { open } = fs.promises;
  const left = new Set<string>();
  vi.spyOn(fs.promises, 'open').mockImplementation(async (file, ...rest) => {
    const handle = await open(file, ...rest);
    const close = handle.close.bind(handle);
    left.add(String(file));
    handle.close = async () => {
      for (let turns = 0; turns < 20; turns++) await setImmediate();
      await close();
      left.delete(String(file));
    };
    return handle;
  });
  syncBuiltinESMExports();
  await engine.verifyCheckpoint(path, { like });
  expect([...left]).toEqual([]);
  restoreCalls();
});
