/** The options of writeCheckpoint: numbers beyond what a timer can wait, and waits that contradict each other. */
import { expect, test } from 'vitest';
import { parseWriteOptions } from '#built/storage/write/write-options.js';

const parse = (options: object): ReturnType<typeof parseWriteOptions> =>
  parseWriteOptions({ out: 'm.safetensors', ...options }, {});

test.each([-1, NaN, Infinity, 2 ** 31, '5', null])('recordIntervalMs is not %j', (recordIntervalMs) => {
  expect(() => parse({ recordIntervalMs })).toThrow('Pass milliseconds from 0 to 2^31 - 1.');
});

test('recordIntervalMs is anything from 0 to the longest wait of a timer, by default 5 s', () => {
  for (const recordIntervalMs of [0, 0.5, 2 ** 31 - 1]) {
    expect(parse({ recordIntervalMs })).toMatchObject({ recordIntervalMs });
  }
  expect(parse({})).toMatchObject({ recordIntervalMs: 5000 });
});

test.each([
  [undefined, 0],
  [false, 0],
  [true, Infinity],
  [1500, 1500],
  [0, 0],
])('waitForLock %j waits for at most %d ms', (waitForLock, waitMs) => {
  expect(parse({ waitForLock })).toMatchObject({ waitMs });
});

test.each([-1, NaN, 'yes', null])('waitForLock is not %j', (waitForLock) => {
  expect(() => parse({ waitForLock })).toThrow('Pass true, or milliseconds from 0.');
});

test('waiting for the owner and taking over from it contradict each other', () => {
  expect(() => parse({ waitForLock: 5, takeOver: true })).toThrow('omit one');
  expect(parse({ waitForLock: false, takeOver: true })).toMatchObject({ takeOver: true, waitMs: 0 });
});
