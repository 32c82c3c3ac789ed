import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GROUP_BYTES } from '#built/engine/simd/groups.js';

test('the kernels and their callers agree on the size of a group', () => {
  const source = readFileSync('workers/simd/group.ts', 'utf8');
  const constants = Object.fromEntries(
    [...source.matchAll(/export const (\w+): usize = (\d+);/g)].map(([, name, value]) => [
      String(name),
      Number(value),
    ]),
  );
  expect(constants).toEqual({ GROUP_BYTES, GROUP_BYTES_LOG2: Math.log2(GROUP_BYTES) });
});
