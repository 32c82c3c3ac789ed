/** With any damage to the journal, the run starts over or is refused with an error, and never counts as done what was not recorded. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError } from 'jumpfill';
import { at } from '#built/base/at.js';
import { formatRanges, parseJournal } from '#built/storage/write/journal.js';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { sha256 } from '../../support/bytes.js';
import { listFolder, makeQuickFolder } from '../../support/folder.js';
import { PausableRun, watchFiles } from '../../support/pausing.js';
import { findOwn, journalLine, textOfLine } from '../../support/work-folder.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 1 });
let restore: () => void;
beforeAll(async () => {
  restore = await watchFiles();
});
afterAll(async () => {
  restore();
  await engine.close();
});

const SPEC = {
  seed: 7,
  tensors: ['a', 'b', 'c'].map((name) => ({ name, shape: [5000], init: { kind: 'normal' } })),
};
const shardSize = '30KB';

/** Leaves a run with one shard recorded as done, and only zeros in the files of the others. */
async function leaveUnfinished(): Promise<{ out: string; journal: string }> {
  const out = join(makeQuickFolder(), 'm.safetensors');
  const abort = new AbortController();
  const run = new PausableRun(undefined, (name) => {
    // By then all shards are made.
    if (run.log.filter((call) => call === 'truncate').length === 3 && name === 'sync') abort.abort('enough');
  });
  const options = { out, shardSize, resume: true, recordIntervalMs: 1e6, signal: abort.signal };
  await run.run(() => engine.writeCheckpoint(SPEC, options)).catch(() => undefined);
  const work = workFolderOf(out, undefined);
  for (const stem of ['shard-2', 'shard-3']) {
    const path = findOwn(work, stem);
    writeFileSync(path, Buffer.alloc(readFileSync(path).length));
  }
  const journal = findOwn(work, 'journal');
  const [header = ''] = readFileSync(journal, 'utf8').split('\n');
  writeFileSync(journal, `${header}\n${journalLine({ done: '0' })}\n`);
  return { out, journal };
}

let reference: string[];
beforeAll(async () => {
  const out = join(makeQuickFolder(), 'm.safetensors');
  const { files } = await engine.writeCheckpoint(SPEC, { out, shardSize });
  reference = files.map(({ path }) => sha256(readFileSync(path)));
});

/** The right bytes and nothing left over, or an error of this project. */
async function expectRightOrRefused(out: string): Promise<'right' | 'refused'> {
  try {
    const { files } = await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
    expect(files.map(({ path }) => sha256(readFileSync(path)))).toEqual(reference);
    expect(listFolder(join(out, '..')).filter((name) => name.startsWith('.'))).toEqual([]);
    return 'right';
  } catch (error) {
    expect(error).toBeInstanceOf(JumpfillError);
    expect((error as JumpfillError).code).toBe('RESUME_REFUSED');
    return 'refused';
  }
}

test('an intact journal is resumed, and what it records is kept', async () => {
  const { out } = await leaveUnfinished();
  const { keptElements } = await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
  expect(keptElements).toBe(5000);
});

test('with any byte changed, the resumed bytes are right, or the run is refused', async () => {
  const outcomes = new Map<string, number>();
  const law = fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (offset, change) => {
    const { out, journal } = await leaveUnfinished();
    const bytes = readFileSync(journal);
    const position = offset % bytes.length;
    bytes[position] = at(bytes, position) ^ change;
    writeFileSync(journal, bytes);
    const outcome = await expectRightOrRefused(out);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 15, all: 60 }) });
  expect(outcomes.get('right')).toBeGreaterThan(casesOf({ few: 10, all: 50 }));
});

describe.each(['with checksums that fit', 'with those that were there'])('%s', (kind) => {
  const write = (journal: string, header: unknown, ...records: readonly unknown[]): void => {
    const lines = [header, ...records].map((line) =>
      kind === 'with checksums that fit' ? journalLine(line) : `${JSON.stringify(line)} 0123456789abcdef`,
    );
    writeFileSync(journal, `${lines.join('\n')}\n`);
  };

  const anyWrong = fc.constantFrom(
    null,
    5,
    '',
    'x',
    -1,
    1.5,
    1e300,
    {},
    [],
    [5],
    [null],
    [[]],
    [['a']],
    true,
  );
  const anyKey = fc.constantFrom(
    'version',
    'byte_contract',
    'seed',
    'files',
    'tensors',
    'chunk_elements',
    'chunks',
  );
  const anyRecord = fc.oneof(
    anyWrong.map((done): unknown => ({ done })),
    fc
      .constantFrom(
        '30-63',
        '2-1',
        '0-',
        '-',
        ',',
        '0-2,9',
        '0--2',
        '1e3',
        ' 0',
        '00',
        '999999999999999999999',
      )
      .map((done): unknown => ({ done })),
    anyWrong,
  );

  test('with any piece of its header replaced, and any record after it', async () => {
    const law = fc.asyncProperty(
      fc.option(anyKey),
      anyWrong,
      fc.array(anyRecord),
      async (key, value, records) => {
        const { out, journal } = await leaveUnfinished();
        const [line = ''] = readFileSync(journal, 'utf8').split('\n');
        const header = JSON.parse(textOfLine(line)) as object;
        write(journal, key === null ? value : { ...header, [key]: value }, { done: '0' }, ...records);
        await expectRightOrRefused(out);
      },
    );
    await fc.assert(law, { numRuns: casesOf({ few: 15, all: 60 }) });
  });

  test.each([
    { tensors: [5] },
    { files: [null] },
    { chunks: 64 },
    { chunks: 2 },
    { seed: '99999999999999999999' },
    { chunk_elements: 0 },
  ])('%o', async (part) => {
    const { out, journal } = await leaveUnfinished();
    const [line = ''] = readFileSync(journal, 'utf8').split('\n');
    write(
      journal,
      { ...(JSON.parse(textOfLine(line)) as object), ...part },
      { done: '0' },
      { done: '30-63' },
    );
    await expectRightOrRefused(out);
  });
});

test('a journal without a record counts as none: its run had changed nothing yet', () => {
  const header = {
    version: '1',
    byte_contract: 1,
    seed: '1',
    files: [],
    tensors: [],
    chunk_elements: 1,
    chunks: 3,
  };
  const line = journalLine(header);
  expect(parseJournal(`${line}\n`)).toBeUndefined();
  expect(parseJournal(`${line}\n${journalLine({ done: '' })}\n`)?.done).toEqual([]);
  expect(
    parseJournal(`${line}\n${journalLine({ done: '' })}\n${journalLine({ done: '0,2' })}\n{"done":"0-`)?.done,
  ).toEqual([
    [0, 0],
    [2, 2],
  ]);
});

test('chunks that are done are written as ranges, in their order', () => {
  const rangesOf = (done: readonly number[]): string =>
    formatRanges({ chunkCount: 12, isDone: (chunk) => done.includes(chunk) });
  expect(rangesOf([])).toBe('');
  expect(rangesOf([11])).toBe('11');
  expect(rangesOf([0, 1, 2, 5, 7, 8, 11])).toBe('0-2,5,7-8,11');
  expect(rangesOf(Array.from({ length: 12 }, (_, chunk) => chunk))).toBe('0-11');
});
