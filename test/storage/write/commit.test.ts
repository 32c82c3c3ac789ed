/** The commit, call by call: what is synced before what gets its name (DESIGN.md, "The commit"). */
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, type WriteCheckpointOptions } from 'jumpfill';
import { parseName, parseToken } from '../../../src/storage/lock/run-token.js';
import { makeQuickFolder } from '../../support/folder.js';
import { makeModelFolder, RULES } from '../../support/model-folder.js';
import { PausableRun, watchFiles } from '../../support/pausing.js';

const engine = new Engine({ threads: 1 });
let restore: () => void;
beforeAll(async () => {
  restore = await watchFiles();
});
afterAll(async () => {
  restore();
  await engine.close();
});

/** A model with a config.json and a tokenizer, and nothing else to copy. */
const makeLike = (config = '{}'): string =>
  makeModelFolder({
    ...{ 'config.json': config, 'generation_config.json': undefined, 'tokenizer_config.json': undefined },
    ...{ 'tokenizer.model': undefined, LICENSE: undefined },
  });

/** A name without its token; the output's folder is `.`, its work folder `work`. */
function shorten(path: string, folder: string): string {
  if (path === folder) return '.';
  const name = basename(path);
  if (name.startsWith('.jumpfill-')) return 'work';
  return parseToken(name) === undefined ? (parseName(name)?.stem ?? name) : 'run/TOKEN';
}

/** The calls that make durable, name or remove, from the first file of a checkpoint on. `sync .`: of a folder. */
async function callsOf(options: Omit<WriteCheckpointOptions, 'out'>, before?: object): Promise<string[]> {
  const out = join(makeQuickFolder(), 'model.safetensors');
  const given = { out, like: makeLike(), shardSize: '20KB', recordIntervalMs: 1e6 };
  if (before !== undefined) await engine.writeCheckpoint(before, { ...given, withConfig: true });
  const calls: string[] = [];
  const run = new PausableRun(undefined, (name, [first, second]) => {
    const [from = '', to = ''] = [first, second].map((path) => shorten(String(path), dirname(out)));
    if (name === 'open' && (second === 'r' || second === 'wx')) calls.push(`open ${from}`);
    else if (name === 'link' || name === 'rename') calls.push(`${from} becomes ${to}`);
    else if (name === 'unlink' && ['journal', 'owner'].includes(from)) calls.push(`${from} goes`);
    else if (name === 'rmdir') calls.push(`${from} goes`);
    else if (name === 'appendFile') calls.push('record');
    else if (name === 'sync' || name === 'datasync') calls.push(name);
  });
  await run.run(() => engine.writeCheckpoint(RULES, { ...given, ...options }));
  const all = calls
    .join('\n')
    .replaceAll(/open (\S+)\nsync/g, 'sync $1')
    .split('\n');
  return all.slice(all.indexOf('record') + 1);
}

/** Once the files are synced, all that is done is recorded: their data, the folders that lead to them, the line. */
const RECORD = (files: number): string[] => [
  ...Array<string>(files).fill('datasync'),
  ...['sync run/TOKEN', 'sync run', 'sync work', 'sync .', 'record', 'datasync'],
];
const SHARDS = [1, 2].map((i) => `shard-${i} becomes model-0000${i}-of-00002.safetensors`);
const INDEX = ['sync whole-file', 'whole-file becomes model.safetensors.index.json', 'sync .'];
/** The owner file goes after all other files: until then no other process may begin. */
const END = ['journal goes', 'owner goes', 'run/TOKEN goes', 'run goes', 'work goes', 'sync .'];

describe('the commit of', () => {
  test('one file needs no record', async () => {
    expect(await callsOf({ shardSize: undefined })).toEqual([
      ...['sync', 'shard-1 becomes model.safetensors', 'sync .'],
      ...END,
    ]);
  });

  test('shards syncs and records all of them before the first gets its name, and makes their names durable before the index', async () => {
    const calls = await callsOf({});
    expect(calls).toEqual(['sync', 'sync', ...RECORD(2), ...SHARDS, 'sync .', ...INDEX, ...END]);
  });

  test('a part records its shards as well, and leaves the index to the merge', async () => {
    const calls = await callsOf({ part: { part: 1, parts: 1 } });
    expect(calls).toEqual(['sync', 'sync', ...RECORD(2), ...SHARDS, 'sync .', ...END]);
  });

  test('one file and its companions records it; config.json, synced long before, comes last, durably', async () => {
    expect(await callsOf({ withConfig: true, shardSize: undefined })).toEqual([
      // Of the two companion files, while they are staged; then of the weights.
      ...['sync', 'sync', 'sync', ...RECORD(1)],
      ...['companion-2 becomes tokenizer.json', 'sync .'],
      ...['shard-1 becomes model.safetensors', 'sync .'],
      ...['companion-1 becomes config.json', 'sync .'],
      ...END,
    ]);
  });

  test('shards over others takes the index and config.json away first, durably', async () => {
    const options = { withConfig: true, like: makeLike('{"a": 1}'), force: true };
    expect(await callsOf(options, { ...RULES, seed: 9 })).toEqual([
      ...['sync', 'sync', 'sync', ...RECORD(2)],
      ...['model.safetensors.index.json becomes old-index', 'config.json becomes old-config', 'sync .'],
      ...[...SHARDS, 'sync .', ...INDEX],
      ...['companion-1 becomes config.json', 'sync .'],
      ...END,
    ]);
  });
});
