/** Files of a work folder are opened without following links. */
import { constants, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openNoFollow, readFileSafely } from '../../../src/storage/files/open-file.js';
import { makeFolder } from '../../support/folder.js';

describe('links', () => {
  test.each([
    ['where the system refuses them', undefined],
    ['where it cannot (Windows), by a check beforehand', {}],
  ])('are not opened, %s', async (_, flags) => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'content');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    await expect(openNoFollow(join(folder, 'link'), constants.O_RDONLY, flags)).rejects.toMatchObject({
      code: 'ELOOP',
    });
    const handle = await openNoFollow(join(folder, 'file'), constants.O_RDONLY, flags);
    expect(await handle.readFile('utf8')).toBe('content');
    await handle.close();
  });

  test('are not read, nor are files that are too large for their kind', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'content');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    expect(await readFileSafely(join(folder, 'link'), 100)).toBeUndefined();
    expect(await readFileSafely(folder, 100)).toBeUndefined();
    expect(await readFileSafely(join(folder, 'file'), 6)).toBeUndefined();
    expect(await readFileSafely(join(folder, 'file'), 7)).toBe('content');
  });
});
