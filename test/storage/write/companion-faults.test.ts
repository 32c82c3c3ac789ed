/**
 * What a run that fails, is killed or loses its lock leaves of companion files: at every call a folder that opens, with a config.json
 * and weights, holds the files of one model. The next run completes it.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, type WriteCheckpointOptions, type WriteReport } from 'jumpfill';
import { runCli } from '../../support/cli.js';
import { listFolder, makeQuickFolder } from '../../support/folder.js';
import { filesOf, initToKill, makeRun } from '../../support/killed-runs.js';
import { COMPANION_NAMES, COMPANIONS, makeModelFolder, RULES } from '../../support/model-folder.js';
import { PausableRun, watchFiles, type Pause } from '../../support/pausing.js';
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

/** A model with the same tensors, whose files all differ. */
const OLD = Object.fromEntries(
  Object.entries(COMPANIONS).map(([name, text]) => [name, text.replace(/[}\w]$/, (end) => ` ${end}`)]),
);
/** One with another tokenizer alone. */
const OTHER_TOKENIZER = { 'tokenizer.json': OLD['tokenizer.json'] };

interface Case {
  /** The companion files that are there before, beside the weights of another seed; undefined: nothing is there. */
  readonly before: Readonly<Record<string, string | undefined>> | undefined;
  readonly shardSize: string | undefined;
}

const CASES: readonly (readonly [string, Case])[] = [
  ['a file', { before: undefined, shardSize: undefined }],
  ['shards', { before: undefined, shardSize: '20KB' }],
  ['a file over another model', { before: OLD, shardSize: undefined }],
  ['shards over another model', { before: OLD, shardSize: '20KB' }],
  ['a file over one with another tokenizer', { before: OTHER_TOKENIZER, shardSize: undefined }],
  ['a file over one without a tokenizer', { before: { 'tokenizer.json': undefined }, shardSize: undefined }],
];

const write = (options: WriteCheckpointOptions): Promise<WriteReport> =>
  engine.writeCheckpoint(RULES, options);

async function makeOutput({
  before,
  shardSize,
}: Case): Promise<{ folder: string; options: WriteCheckpointOptions }> {
  const folder = makeQuickFolder();
  const out = join(folder, 'model.safetensors');
  if (before !== undefined) {
    const like = makeModelFolder(before);
    await engine.writeCheckpoint({ ...RULES, seed: 9 }, { out, like, withConfig: true, shardSize });
  }
  const options = { out, like: makeModelFolder(), withConfig: true, shardSize, force: before !== undefined };
  return { folder, options: { ...options, recordIntervalMs: 0 } };
}

/** The seed in the header of the weights, if they can be opened. */
function seedOf(folder: string): string | undefined {
  const names = ['model.safetensors', 'model.safetensors.index.json'].filter((name) =>
    existsSync(join(folder, name)),
  );
  if (names.length === 0) return undefined;
  const files = listFolder(folder).filter((name) => name.endsWith('.safetensors'));
  const seeds = files.map(
    (name) => /\\"seed\\":\\"(\d+)\\"/.exec(readFileSync(join(folder, name), 'latin1'))?.[1] ?? '?',
  );
  return [...new Set(seeds)].join('+');
}

/** `closed`, or the model whose files the folder has. */
function stateOf(folder: string): string {
  const seed = seedOf(folder);
  if (seed === undefined || !existsSync(join(folder, 'config.json'))) return 'closed';
  const files = COMPANION_NAMES.map((name) => {
    const path = join(folder, name);
    return `${name}=${existsSync(path) ? readFileSync(path, 'utf8') : 'none'}`;
  });
  return [`seed ${seed}`, ...files].join('\n');
}

const NEW = ['seed 5', ...Object.entries(COMPANIONS).map(([name, text]) => `${name}=${text}`)].join('\n');

describe.each(CASES)('writing %s:', (_, chosen) => {
  test('whenever the folder opens, all of its files are of one model, the old or the new', async () => {
    const { folder, options } = await makeOutput(chosen);
    const old = stateOf(folder);
    const seen = new Set<string>();
    const run = new PausableRun(undefined, () => seen.add(stateOf(folder)));
    await run.run(() => write(options));
    seen.add(stateOf(folder));
    expect(seen).toEqual(new Set([old, 'closed', NEW]));
  });

  test('the folder that holds the names is synced between what must come first and what follows', async () => {
    const { options } = await makeOutput(chosen);
    const calls: string[] = [];
    const run = new PausableRun(undefined, (name, parameters) => {
      const paths = parameters
        .filter((value) => typeof value === 'string')
        .map((path) => path.split('/').at(-1));
      calls.push([name, ...paths].join(' '));
    });
    await run.run(() => write(options));
    const named = (pattern: RegExp): number => calls.findIndex((call) => pattern.test(call));
    const tokenizer = named(/^(?:link|rename) companion-\d+\.\S+ tokenizer\.json$/);
    const weights = named(/^(?:link|rename) shard-1\.\S+ model/);
    const config = named(/^(?:link|rename) companion-\d+\.\S+ config\.json$/);
    const away = named(/^rename config\.json old-config\./);
    const order = [...(chosen.before === undefined ? [] : [away]), tokenizer, weights, config];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    for (const [i, from] of order.slice(0, -1).entries()) {
      expect(calls.slice(from, order[i + 1])).toContain('sync');
    }
  });
});

test('of parts that replace a model, no moment mixes two', async () => {
  const { folder, options } = await makeOutput({ before: OLD, shardSize: '20KB' });
  const old = stateOf(folder);
  const seen = new Set<string>();
  for (const part of ['1/2', '2/2']) {
    await new PausableRun(undefined, () => seen.add(stateOf(folder))).run(() => write({ ...options, part }));
  }
  expect(seen).toEqual(new Set([old, 'closed']));
});

async function settle(run: Promise<WriteReport>): Promise<string> {
  return await run.then(
    () => 'done',
    (error: unknown) => (error instanceof JumpfillError ? error.code : Promise.reject(error as Error)),
  );
}

describe('stopped at a call while another run takes over,', () => {
  const FULL: Case = { before: OLD, shardSize: undefined };
  let calls = 0;
  beforeAll(async () => {
    const counted = new PausableRun(undefined);
    const { options } = await makeOutput(FULL);
    await counted.run(() => write({ ...options, resume: true }));
    calls = counted.calls;
  });

  test.each(
    casesOf({ few: [0.95, 0.85, 0.6, 0.1], all: Array.from({ length: 16 }, (_, i) => (i + 0.5) / 16) }),
  )('at %d of its calls, a run changes nothing any more', async (share) => {
    const counted = new PausableRun(undefined);
    const first = await makeOutput(FULL);
    await counted.run(() => write({ ...first.options, resume: true }));
    for (const when of ['before', 'after'] as const) {
      const call = Math.floor(share * calls);
      const pause: Pause = { call, when };
      const { folder, options } = await makeOutput(FULL);
      const run = new PausableRun(pause);
      const outcome = settle(run.run(() => write({ ...options, resume: true })));
      await Promise.race([run.paused, outcome]);
      expect(await settle(write({ ...options, resume: true, takeOver: true }))).toBe('done');
      expect(stateOf(folder)).toBe(NEW);
      run.release();
      expect(['done', 'LOCK_LOST']).toContain(await outcome);
      expect(stateOf(folder)).toBe(NEW);
      expect(listFolder(folder)).toEqual([...COMPANION_NAMES, 'model.safetensors'].sort());
    }
  });
});

describe('a call that fails', () => {
  const failing = (
    code: string,
    isDue: (name: string, parameters: readonly unknown[]) => boolean,
  ): PausableRun =>
    new PausableRun(undefined, (name, parameters) => {
      if (isDue(name, parameters)) throw Object.assign(new Error(`${code}: on purpose`), { code });
    });
  const endsIn = (value: unknown, end: string): boolean => typeof value === 'string' && value.endsWith(end);

  test('for lack of room does so before anything is drawn, and nothing is left behind', async () => {
    const { folder, options } = await makeOutput({ before: undefined, shardSize: undefined });
    const { length } = COMPANIONS['tokenizer.json'];
    const run = failing(
      'ENOSPC',
      (name, [bytes]) => name === 'writeFile' && (bytes as Uint8Array).length === length,
    );
    let drawn = 0;
    const onProgress = (): void => {
      drawn++;
    };
    await expect(run.run(() => write({ ...options, onProgress }))).rejects.toMatchObject({
      code: 'NO_SPACE',
    });
    expect(listFolder(folder)).toEqual([]);
    expect(drawn).toBe(0);
  });

  test.each(['tokenizer.json', 'config.json', 'model.safetensors'])(
    'when %s gets its name leaves a folder that does not open, and the work for the next run',
    async (file) => {
      const { folder, options } = await makeOutput({ before: OLD, shardSize: undefined });
      const run = failing(
        'EIO',
        (name, [from, to]) => name === 'rename' && endsIn(to, `/${file}`) && !endsIn(from, file),
      );
      await expect(run.run(() => write(options))).rejects.toMatchObject({
        code: 'IO_FAILED',
        remedy: expect.stringContaining('Finished work is kept') as string,
      });
      expect(stateOf(folder)).toBe('closed');
      const { keptElements } = await write({ ...options, resume: true });
      expect(keptElements).toBe(64 * 64 + 32 * 64);
      expect(stateOf(folder)).toBe(NEW);
      expect(listFolder(folder)).toEqual([...COMPANION_NAMES, 'model.safetensors'].sort());
    },
  );

  test('because a file has taken the name meanwhile is refused, and that file stays', async () => {
    const { folder, options } = await makeOutput({ before: undefined, shardSize: undefined });
    const mine = join(folder, 'tokenizer.json');
    const run = new PausableRun(undefined, (name, [, to]) => {
      if (name === 'link' && endsIn(to, '/generation_config.json')) writeFileSync(mine, '{"mine": 1}');
    });
    await expect(run.run(() => write(options))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(mine, 'utf8')).toBe('{"mine": 1}');
    expect(stateOf(folder)).toBe('closed');
    await write({ ...options, resume: true, force: true });
    expect(stateOf(folder)).toBe(NEW);
  });
});

describe('killed and resumed,', () => {
  const optionsOf = (like: string): string[] => ['--like', like, '--with-config'];
  const expected = [...COMPANION_NAMES, 'm.safetensors'].sort();
  let like = '';
  let whole = new Map<string, string>();
  let calls = 0;
  beforeAll(async () => {
    // Other folders go after each test.
    like = mkdtempSync(join(tmpdir(), 'jumpfill-like-'));
    cpSync(makeModelFolder(), like, { recursive: true });
    const folder = makeRun(RULES);
    const log = join(folder, 'calls');
    expect(await initToKill(folder, { KILL_LOG: log }, ...optionsOf(like))).toMatchObject({ code: 0 });
    calls = readFileSync(log, 'utf8').split('\n').length;
    whole = filesOf(folder);
  });
  afterAll(() => {
    rmSync(like, { recursive: true });
  });

  test.each(casesOf({ few: [0.6, 0.9], all: Array.from({ length: 12 }, (_, i) => (i + 0.5) / 12) }))(
    'at %d of its calls, a run leaves the folder of an unbroken one',
    async (share) => {
      const folder = makeRun(RULES);
      const KILL_AT = `main ${Math.floor(share * calls)} after`;
      const killed = await initToKill(folder, { KILL_AT }, ...optionsOf(like));
      expect(killed.signal).toBe('SIGKILL');
      const out = join(folder, 'out', 'm.safetensors');
      const again = await runCli([
        ...['init', join(folder, 'spec.json'), '--out', out, '--resume'],
        ...optionsOf(like),
      ]);
      expect(again).toMatchObject({ code: 0 });
      expect(listFolder(join(folder, 'out'))).toEqual(expected);
      expect(filesOf(folder)).toEqual(whole);
    },
  );
});
