import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { makeFolder } from '../support/folder.js';
import { frame, headerOf } from '../support/stored-files.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

// A counter has 32 bits; the file is a hole of 4.3 GB.
test('a tensor of 2^32 + 5 equal elements is counted to the last one', async () => {
  const elements = 2 ** 32 + 5;
  const path = join(makeFolder(), 'zeros.safetensors');
  const header = frame(headerOf({ w: ['I8', [elements], 0, elements] }));
  writeFileSync(path, header);
  truncateSync(path, header.length + elements);
  const { tensors } = await engine.inspect(path);
  expect(tensors[0]?.figures).toMatchObject({ finiteCount: elements, zeros: elements, std: 0, levels: 1 });
});
