/** Every row of FILES_OF_OTHERS.md, as bytes, is read or refused as the page says. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STORED_BITS } from '../../../src/domain/tensors/stored-dtypes.js';
import { JumpfillError } from '../../../src/base/errors.js';
import { openCheckpointFiles } from '../../../src/storage/read/checkpoint-files.js';
import { readHeader } from '../../../src/storage/read/stored-file.js';
import { headerRows, indexRows, officialVersion } from '../../fuzz/others.mjs';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, saveFile } from '../../support/stored-files.js';

/** Whether it is read; a refusal has the code BAD_CHECKPOINT. */
async function verdictOf(reading: Promise<unknown>): Promise<'reads' | 'refuses'> {
  try {
    await reading;
    return 'reads';
  } catch (error) {
    expect(error).toBeInstanceOf(JumpfillError);
    expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
    return 'refuses';
  }
}

describe('a header', () => {
  test('has more than 130 rows', () => {
    expect(headerRows.length).toBeGreaterThan(130);
    expect(officialVersion).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test.each(headerRows)('$section, $what: $here', async ({ here, makeBytes }) => {
    expect(await verdictOf(readHeader(saveFile(makeBytes())))).toBe(here);
  });

  test('that the official reader accepts is refused only for a reason on the page, and one that it refuses is never read', () => {
    for (const { what, official, here, reason } of headerRows) {
      const isStricter = official === 'reads' && here === 'refuses';
      expect(reason !== '', what).toBe(isStricter);
      expect(here === official || isStricter, what).toBe(true);
    }
  });

  test('has a row for every dtype, of the right number of bytes', () => {
    for (const [dtype, bits] of Object.entries(STORED_BITS)) {
      const row = headerRows.find(({ what }) => what === `${dtype}, 4 elements`);
      const header = `{"a":{"dtype":"${dtype}","shape":[4],"data_offsets":[0,${bits / 2}]}}`;
      expect(row?.makeBytes(), dtype).toEqual(frame(header, bits / 2));
    }
  });
});

test.each(indexRows)('an index, $what: $here', async ({ index, here, reason }) => {
  const folder = makeFolder();
  const inner = join(folder, 'inner');
  const sub = join(inner, 'sub');
  mkdirSync(sub, { recursive: true });
  saveFile(frame(headerOf({ a: ['U8', [1], 0, 1], b: ['U8', [1], 1, 2] }), 2), 'm.safetensors', inner);
  saveFile(frame(headerOf({ c: ['U8', [1], 0, 1] }), 1), 'm.safetensors', sub);
  // The file that the index must not reach.
  saveFile(frame(headerOf({ a: ['U8', [1], 0, 1] }), 1), 'm.safetensors', folder);
  const path = saveFile(index, 'i.safetensors.index.json', inner);
  expect(await verdictOf(openCheckpointFiles(path))).toBe(here);
  if (here === 'refuses') {
    expect(reason).not.toBe('');
    return;
  }
  const { tensors } = await openCheckpointFiles(path);
  const { weight_map: places } = JSON.parse(index) as { weight_map: Record<string, string> };
  expect([...tensors.values()].map((tensor) => [tensor.name, tensor.path]).sort()).toEqual(
    Object.entries(places).map(([name, file]) => [name, join(inner, file)]),
  );
});
