import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf } from '../../support/stored-files.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

// Counters have 32 bits. The file is a hole of 4.3 GB, except for two elements that only the later runs reach.
test('a tensor of 2^32 + 5 elements is measured to the last element', async () => {
  const elements = 2 ** 32 + 5;
  const path = join(makeFolder(), 'zeros.safetensors');
  const header = frame(headerOf({ w: ['I8', [elements], 0, elements] }));
  writeFileSync(path, header);
  truncateSync(path, header.length + elements);
  const file = openSync(path, 'r+');
  writeSync(file, Int8Array.of(7), 0, 1, header.length + 2 ** 31 + 1);
  writeSync(file, Int8Array.of(-9), 0, 1, header.length + elements - 1);
  closeSync(file);
  const { tensors } = await engine.inspectCheckpoint(path);
  expect(tensors[0]?.figures).toMatchObject({
    ...{ finiteCount: elements, zeros: elements - 2, min: -9, max: 7, levels: 3 },
  });
});
