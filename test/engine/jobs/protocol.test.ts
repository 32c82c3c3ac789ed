/** An error crosses from a thread as data, and is one again. */
import { expect, test } from 'vitest';
import { JumpfillError } from '#built/base/errors.js';
import { describeFailure, rebuildError } from '#built/engine/jobs/protocol.js';

const crossed = (error: unknown): JumpfillError => rebuildError(structuredClone(describeFailure(error)));

test('our own keeps its code and its words, and its cause has the stack of the thread', () => {
  const error = new JumpfillError('NO_SPACE', 'The disk is full.', 'Free some space.');
  const { code, message, cause } = crossed(error);
  expect({ code, message }).toEqual({ code: 'NO_SPACE', message: error.message });
  expect((cause as Error).stack).toBe(error.stack);
});

test('any other is a failure of a thread, with what it says and its stack', () => {
  const error = new TypeError('x is not a function');
  const { code, message, cause } = crossed(error);
  expect(code).toBe('WORKER_FAILED');
  expect(message).toContain('x is not a function');
  expect((cause as Error).stack).toBe(error.stack);
});

test('a thrown value that is not an Error is reported all the same', () => {
  expect(crossed('just words').message).toContain('just words');
  expect((crossed('just words').cause as Error).message).toBe('in a worker thread');
});
