/** What owners before left in a work folder: of two files of one kind the newer counts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeToken } from '#built/storage/lock/run-token.js';
import { WorkFolder } from '#built/storage/lock/work-folder.js';
import { workFolderOf } from '#built/storage/lock/work-names.js';
import { listFolder, makeFolder } from '../../support/folder.js';

test('the newest journal is read first, and the newest of two shards is adopted', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const tokens = [makeToken()];
  for (let i = 0; i < 2; i++) tokens.push(makeToken(tokens.at(-1)));
  const [first = '', second = '', third = ''] = tokens;
  // The last owner has ended: it left no owner file.
  const own = join(workFolderOf(out, undefined), 'run', third);
  mkdirSync(own, { recursive: true });
  for (const token of [second, first, third]) {
    writeFileSync(join(own, `journal.${token}`), '');
    if (token !== third) writeFileSync(join(own, `shard-1.${token}`), `by ${token}`);
  }
  const work = await WorkFolder.open(out, undefined, { takeOver: false, resume: true });
  expect(work.hasLeftovers).toBe(true);
  expect(await work.listJournals()).toEqual(
    [third, second, first].map((token) => join(work.lock.path, `journal.${token}`)),
  );
  await work.adoptShards();
  expect(readFileSync(work.shardPath(0), 'utf8')).toBe(`by ${second}`);
  // What is not adopted goes; what was adopted stays.
  await work.removeOld();
  const { token } = work.lock;
  expect(listFolder(work.lock.path)).toEqual([`owner.${token}`, `shard-1.${token}`]);
  await work.remove();
  expect(listFolder(join(out, '..'))).toEqual([]);
});
