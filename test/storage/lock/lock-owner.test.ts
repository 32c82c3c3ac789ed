/** What stands in a lock's file is an owner only if all of it is there. */
import { expect, test } from 'vitest';
import { describeSelf, parseLockOwner } from '../../../src/storage/lock/lock-owner.js';

const self = describeSelf();
const written = JSON.stringify(self);

test('what a process writes is read back, with the spaces of heartbeats and a zero byte of a power failure behind it', () => {
  for (const tail of ['', '  ', '   \0', '\0\0']) expect(parseLockOwner(`${written}${tail}`)).toEqual(self);
});

test.each(['host', 'boot', 'namespace', 'started', 'pid'] as const)(
  'without its %s, or with one of another type, it is no owner',
  (key) => {
    expect(parseLockOwner(JSON.stringify({ ...self, [key]: undefined }))).toBeUndefined();
    expect(parseLockOwner(JSON.stringify({ ...self, [key]: true }))).toBeUndefined();
  },
);

test.each(['', '{', 'null', '[]', written.slice(0, -2)])('%j is no owner', (text) => {
  expect(parseLockOwner(text)).toBeUndefined();
});

test.each([0, -1])('no process has the number %i', (pid) => {
  expect(parseLockOwner(JSON.stringify({ ...self, pid }))).toBeUndefined();
});
